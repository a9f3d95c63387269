/** Going back: hosts are made again what they were before their last push. */
import type { PlannedChange } from '../model/change';
import type { Host } from '../model/host';
import type { HostOutcome } from '../model/outcome';
import { readSaved, type Saved, savedScript } from '../plan/saved-script';
import { undoCommand } from '../plan/undo-script';
import { settle, undoAnswered } from './confirmation';
import type { Lost } from './fleet';
import { inPhase, type Means, type NotBegun, readOrLose } from './look';
import { holderText } from './push-error';

/** What each host could go back to. */
export interface Retrospect {
  readonly saved: ReadonlyMap<string, Saved>;
  /** In the order of the inventory; `pending` where there is something to go back to. */
  readonly outcomes: readonly HostOutcome[];
}

type Look = { readonly kind: 'seen'; readonly saved: Saved } | Lost;

/** Looks, and changes nothing. */
export async function lookBack(hosts: readonly Host[], means: Means): Promise<Retrospect> {
  const { brake, fleet, listen, timeoutMs } = means;
  const looks = await inPhase('gather', hosts, means, brake, async (host): Promise<Look> => {
    const ran = await fleet.run(host, savedScript, timeoutMs);
    if (ran.kind === 'lost') return ran;
    return readOrLose(() => {
      const saved = readSaved(ran.nonce, ran.reply);
      listen(undoAnswered(host, undoCommand('show'), saved.said));
      return { kind: 'seen', saved };
    });
  });
  return {
    saved: new Map(
      [...looks].flatMap(([host, look]): [string, Saved][] =>
        look.kind === 'seen' ? [[host, look.saved]] : [],
      ),
    ),
    outcomes: hosts.map(({ name }) => outcomeOf(name, looks.get(name))),
  };
}

/** Goes back on the hosts that can; whatever cuts this connection meanwhile ends nothing there. */
export async function goBack(
  hosts: readonly Host[],
  { saved, outcomes }: Retrospect,
  means: Means,
): Promise<readonly HostOutcome[]> {
  const able = hosts.filter(({ name }) =>
    outcomes.some(({ host, outcome }) => host === name && outcome === 'pending'),
  );
  const { brake } = means;
  const results = await inPhase('push', able, means, brake, (host) =>
    brake.orLetGo(back(host, saved.get(host.name)?.token ?? '', means), () => letGo),
  );
  return outcomes.map((before): HostOutcome => {
    const result = results.get(before.host);
    if (result === undefined) return before;
    if (result.kind === 'not-begun') return { ...before, error: `not begun: ${result.reason}` };
    if (result.kind !== 'lost') return { ...before, outcome: 'changed' };
    return { ...before, outcome: result.outcome, changes: [], error: result.error };
  });
}

const letGo: Lost = {
  kind: 'lost',
  outcome: 'failed',
  error: 'let go of: where it has begun to go back, it goes on by itself',
};

async function back(
  host: Host,
  token: string,
  means: Means,
): Promise<{ readonly kind: 'restored' } | Lost> {
  const { settled, last } = await settle(host, token, 'rollback', means);
  if (settled?.kind === 'restored') return { kind: 'restored' };
  if (settled?.kind === 'held') {
    const error = `being changed by ${holderText(settled.holder)}; nothing was done`;
    return { kind: 'lost', outcome: 'failed', error };
  }
  const error =
    settled?.kind === 'failed'
      ? `it is not all as it was: ${settled.complaint}`
      : `it did not say that it has gone back${last === undefined ? '' : `: ${last.error}`}`;
  return { kind: 'lost', outcome: settled === undefined ? 'unreachable' : 'failed', error };
}

function outcomeOf(host: string, look: Look | NotBegun | undefined): HostOutcome {
  if (look === undefined) throw new Error(`${host} was never looked at`);
  if (look.kind === 'not-begun') {
    return { host, outcome: 'failed', changes: [], error: `not looked at: ${look.reason}` };
  }
  if (look.kind === 'lost') return { host, outcome: look.outcome, changes: [], error: look.error };
  const { saved } = look;
  if (saved.state === 'armed' || saved.state === 'restoring') {
    const error = 'its last push is not confirmed yet, and it goes back by itself';
    return { host, outcome: 'failed', changes: [], error };
  }
  const changes =
    saved.state === 'confirmed' || saved.state === 'failed' ? [changeBack(saved)] : [];
  return { host, outcome: changes.length > 0 ? 'pending' : 'unchanged', changes, error: null };
}

function changeBack({ savedAt, contents, token }: Saved): PlannedChange {
  const at = new Date(savedAt * 1000).toISOString().replace(/T(.*)[.].*$/, ' $1 UTC');
  return {
    role: 'rollback',
    resource: 'rollback',
    summary: `go back to what there was at ${at}, before the last push`,
    before: '',
    after: contents,
    commands: [undoCommand('rollback', token)],
  };
}
