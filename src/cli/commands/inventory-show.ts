/** `wgpush inventory show HOST`: all that is known of it, and where its variables come from. */
import { countingVariables, exportedAs } from '../../inventory/listing';
import { suggestion } from '../../inventory/wording';
import { allocate } from '../../model/allocation';
import { meshOf } from '../../model/mesh';
import { type HostPage, hostPageJson, hostPageText } from '../../report/host-page';
import type { Given, Options } from '../options';
import { printProblems, printText, printWarnings } from '../print';
import { load, type Loaded, today } from '../session';
import { UsageError } from '../usage-error';

/** @throws UsageError where there is no such host. */
export async function inventoryShow(options: Options, given: Given): Promise<number> {
  const loaded = await load(options);
  if (loaded.kind === 'invalid') return printProblems(loaded.problems);
  printWarnings(loaded.warnings);
  const page = pageOf(String(given['host']), loaded);
  await printText(given['format'] === 'json' ? hostPageJson(page) : hostPageText(page));
  return 0;
}

function pageOf(name: string, { inventory, groups, lock: recorded }: Loaded): HostPage {
  const host = inventory.hosts.find((each) => each.name === name);
  const declared = groups.declared.find((each) => each.name === name);
  if (host === undefined || declared === undefined) {
    const known = suggestion(name, groups.hosts);
    throw new UsageError(`there is no host "${name}"${known}`);
  }
  const { lock } = allocate(inventory, recorded, today());
  const peers = (meshOf(inventory, lock).get(name)?.peers ?? []).map(
    ({ host: peer, endpoint, allowedIps }) => ({ name: peer, endpoint, allowedIps }),
  );
  const variables = [...countingVariables(declared)].map(([variable, node]) => ({
    name: variable,
    value: exportedAs(variable, node),
    file: node.file,
    line: node.keyPlace.line,
  }));
  return { host, inventory, identity: lock.hosts.get(name), peers, variables };
}
