/** `wgpush inventory graph`: who peers with whom. */
import { allocate } from '../../model/allocation';
import { meshOf } from '../../model/mesh';
import { graphFormats, meshGraph } from '../../report/mesh-graph';
import type { Given, Options } from '../options';
import { printProblems, printText, printWarnings } from '../print';
import { load, today } from '../session';

export async function inventoryGraph(options: Options, given: Given): Promise<number> {
  const loaded = await load(options);
  if (loaded.kind === 'invalid') return printProblems(loaded.problems);
  printWarnings(loaded.warnings);
  const { lock } = allocate(loaded.inventory, loaded.lock, today());
  const format = graphFormats.find((known) => known === given['format']) ?? 'text';
  await printText(meshGraph(meshOf(loaded.inventory, lock), format));
  return 0;
}
