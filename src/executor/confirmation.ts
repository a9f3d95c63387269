/**
 * After a push that has to be confirmed: is the host still to be reached, over a new connection?
 *
 * A connection that is open already survives a bad firewall, so it proves nothing. Where no new one
 * comes about, the host goes back by itself, and is asked until it says so.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../model/host';
import type { Script } from '../model/shell';
import { readSettled, type Settled, settleScript, type SettleVerb } from '../plan/settle-script';
import { undoCommand } from '../plan/undo-script';
import type { Event } from './event';
import type { Lost } from './fleet';
import { type Means, readOrLose } from './look';

/** How long the answer to one such question may take: putting things back is part of it. */
const answerMs = 330_000;
const retryMs = 500;

/** Confirms the push; or gives why that was not possible, and what became of the host. */
export async function confirm(
  host: Host,
  token: string,
  means: Means,
): Promise<{ readonly kind: 'confirmed' } | Lost> {
  const { last, settled } = await settle(host, token, 'confirm', means);
  if (settled?.kind === 'confirmed') return { kind: 'confirmed' };
  const why = `no new connection came about after the change${last === undefined ? ' in time' : `: ${last.error}`}`;
  return afterwards(why, settled);
}

/** What became of a push whose end nobody has seen. */
export async function awaitRollback(
  host: Host,
  token: string,
  lost: Lost,
  means: Means,
): Promise<Lost> {
  const { settled } = await settle(host, token, 'ask', means);
  return settled?.kind === 'none'
    ? { ...lost, error: `${lost.error}; nothing was done` }
    : afterwards(lost.error, settled);
}

/** @param settled how the host says that it stands; undefined: it does not say. */
function afterwards(why: string, settled: Settled | undefined): Lost {
  const failed = (what: string): Lost => {
    return { kind: 'lost', outcome: 'failed', error: `${why}; ${what}` };
  };
  if (settled?.kind === 'restored') return failed('rolled back');
  if (settled?.kind === 'failed')
    return failed(`rolled back, but not as it was: ${settled.complaint}`);
  if (settled?.kind === 'none') return failed('the host has nothing saved to go back to');
  const unseen = 'it goes back by itself, but could not be reached to see that';
  return { kind: 'lost', outcome: 'unreachable', error: `${why}; ${unseen}` };
}

interface Settlement {
  /** What the host said last; undefined: nothing. */
  readonly settled: Settled | undefined;
  /** The last connection that did not come about. */
  readonly last: Lost | undefined;
}

/**
 * Asks until the host has come to an end, or has been silent for longer than it needs to go back. What it
 * says again and again is told once.
 */
export async function settle(
  host: Host,
  token: string,
  verb: SettleVerb,
  { fleet, listen, patienceMs }: Means,
): Promise<Settlement> {
  let deadline = performance.now() + patienceMs;
  let last: Lost | undefined;
  let told: string | undefined;
  for (;;) {
    const script = settleScript(verb, token);
    const replied = await fleet.run(host, script, answerMs, { fresh: true });
    const settled =
      replied.kind === 'lost'
        ? replied
        : readOrLose(() => readSettled(replied.nonce, replied.reply));
    if (settled.kind === 'lost') last = settled;
    else {
      const { said } = settled;
      if (said !== told) listen(undoAnswered(host, undoCommand(verb, token), said));
      told = said;
      if (isOver(settled)) return { settled, last };
      // While the push is at work, its time is not up.
      if (settled.kind === 'running') deadline = performance.now() + patienceMs;
    }
    if (performance.now() >= deadline) return { settled: undefined, last };
    await sleep(retryMs);
  }
}

/** What the undo script of a host was asked, and has answered. */
export function undoAnswered({ name }: Host, asked: Script, said: string): Event {
  const answer = { exitCode: 0, stdout: said, stderr: '' };
  return { kind: 'host-answered', host: name, exchanges: [{ asked: asked.text, answer }] };
}

function isOver({ kind }: Settled): boolean {
  return kind !== 'running' && kind !== 'armed' && kind !== 'restoring';
}
