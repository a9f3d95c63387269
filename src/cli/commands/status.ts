/** `wgpush status`: the sessions as the hosts have them now. Nobody is pinged, nothing is judged. */
import { isatty } from 'node:tty';
import { setTimeout as pause } from 'node:timers/promises';
import { answersOf, type Look, lookAt } from '../../executor/look';
import { UnexpectedAnswer } from '../../facts/fact';
import { answerTo } from '../../facts/questionnaire';
import { wireguardSessions } from '../../facts/wireguard-sessions';
import type { HostOutcome } from '../../model/outcome';
import { meshIn } from '../../plan/values';
import { handshakesOf } from '../../verify/handshakes';
import { durationSeconds } from '../duration';
import type { Given, Options } from '../options';
import { printText } from '../print';
import { type Findings, inSession, reportOn } from '../run';
import type { Session } from '../session';

/** Between two looks, where it is not said. */
const usualSeconds = '5s';

export function statusCommand(options: Options, given: Given): Promise<number> {
  const { watch } = given;
  if (watch === undefined) {
    return reportOn('status', options, (run) => inSession(run, options, look));
  }
  const seconds = durationSeconds('watch', watch === '' ? usualSeconds : watch);
  const quiet = { ...options, quiet: true };
  return reportOn('status', quiet, (run) =>
    inSession(run, quiet, async (session) => {
      // Until somebody ends it, or its time is up: there is nothing to be left undone.
      for (;;) {
        const findings = await look(session);
        if (isatty(1)) await printText(clearScreen);
        const { brake } = session.means;
        if (brake.reason !== undefined) return findings;
        await run.tell(findings);
        await pause(seconds * 1000, undefined, { signal: brake.pulled }).catch(() => undefined);
      }
    }),
  );
}

const clearScreen = '\u001b[H\u001b[2J';

async function look({ assignment, means }: Session): Promise<Findings> {
  const { hosts, wanted } = assignment;
  const { interface: wg } = wanted.inventory.network;
  const fact = wireguardSessions(wg);
  const looks = await lookAt(hosts, () => [fact.question], means, 'gather');
  const outcomes = hosts.map(({ name: host }): HostOutcome => {
    const trouble = troubleOf(looks.get(host), wg);
    return { host, changes: [], ...(trouble ?? { outcome: 'unchanged', error: null }) };
  });
  const mesh = meshIn(wanted);
  const handshakes = handshakesOf(answersOf(looks), wg, mesh);
  // Who is no peer in the kernel has no session to show.
  const known = new Set(handshakes.map(({ host, peer }) => `${host} ${peer}`));
  const warnings = outcomes
    .filter(({ outcome }) => outcome === 'unchanged')
    .flatMap(({ host }) =>
      (mesh.get(host)?.peers ?? [])
        .filter((peer) => !known.has(`${host} ${peer.host}`))
        .map((peer) => `${peer.host} is no peer on the ${wg} of ${host}`),
    );
  return { hosts: outcomes, checks: [], handshakes, warnings };
}

/** Undefined where the host has told its sessions. */
function troubleOf(
  look: Look | undefined,
  wg: string,
): Pick<HostOutcome, 'outcome' | 'error'> | undefined {
  if (look === undefined) throw new Error('a host was never looked at');
  if (look.kind === 'lost') return { outcome: look.outcome, error: look.error };
  const fact = wireguardSessions(wg);
  try {
    const told = fact.parse(answerTo(fact.question, look.sighting.answers));
    return told === undefined ? { outcome: 'failed', error: `there is no ${wg}` } : undefined;
  } catch (error) {
    if (!(error instanceof UnexpectedAnswer)) throw error;
    return { outcome: 'failed', error: error.message };
  }
}
