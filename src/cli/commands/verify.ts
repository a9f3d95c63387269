/** `wgpush verify`: the RFC's criteria, looked at on the live fleet. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Inspection, verify } from '../../executor/inspection';
import type { Host } from '../../model/host';
import { livingRules, withoutIgnored } from '../../model/ignoring';
import type { HostOutcome } from '../../model/outcome';
import { type Later, overTime } from '../../verify/watch';
import { durationSeconds } from '../duration';
import type { Given, Options } from '../options';
import { probe } from '../probe';
import { shown } from '../shown';
import { inSession, reportOn } from '../run';
import type { Session } from '../session';

/** Between two looks of a watch: often enough that nothing dies and comes back unseen (180 s). */
const betweenSeconds = 15;

export function verifyCommand(options: Options, given: Given): Promise<number> {
  const seconds = given['watch'] === undefined ? 0 : durationSeconds('watch', given['watch']);
  return reportOn('verify', options, (run) =>
    inSession(run, options, async (session) => {
      const { assignment, means } = session;
      const judgeDoors = probe(assignment, means);
      const startedAt = Date.now();
      const first = await verify(assignment, means);
      const doors = await judgeDoors(first.looks);
      const laters = await watch(session, first.looks, { startedAt, seconds });
      const checks = overTime(first.checks, laters);
      const looks = laters.reduce(seenThrough, first.looks);
      const hosts = assignment.hosts.map(({ name: host }): HostOutcome => {
        const look = looks.get(host);
        if (look?.kind === 'seen') return { host, outcome: 'unchanged', changes: [], error: null };
        const { outcome, error } = look ?? { outcome: 'failed', error: 'it was not looked at' };
        return { host, outcome, changes: [], error };
      });
      const { inventory, today } = assignment.wanted;
      const rules = livingRules(inventory, today);
      const found = withoutIgnored({ hosts, checks: [...checks, ...doors] }, rules);
      return { ...found, ...shown(assignment, looks) };
    }),
  );
}

type Again = Later & Pick<Inspection, 'looks'>;

/** Looks at the peers again and again over the same connections, the last time at the end. */
async function watch(
  { assignment, means }: Session,
  first: Inspection['looks'],
  { startedAt, seconds }: { readonly startedAt: number; readonly seconds: number },
): Promise<readonly Again[]> {
  const laters: Again[] = [];
  const end = startedAt + seconds * 1000;
  const isSeen = ({ name }: Host) => first.get(name)?.kind === 'seen';
  const unreached = new Set(
    [...first].flatMap(([host, look]) =>
      look.kind === 'lost' && look.outcome === 'unreachable' ? host : [],
    ),
  );
  const { brake } = means;
  while (Date.now() < end && brake.reason === undefined) {
    const pauseMs = Math.min(betweenSeconds * 1000, end - Date.now());
    await pause(pauseMs, undefined, { signal: brake.pulled }).catch(() => undefined);
    const afterSeconds = Math.round((Date.now() - startedAt) / 1000);
    const { looks, checks } = await verify(
      { ...assignment, hosts: assignment.hosts.filter(isSeen) },
      means,
      { unreached, serves: 'SC-1' },
    );
    laters.push({ afterSeconds, looks, checks });
  }
  return laters;
}

/** The latest look at each host; one that was lost meanwhile was not seen through. */
function seenThrough(before: Inspection['looks'], { looks }: Again): Inspection['looks'] {
  const next = [...looks].filter(([host]) => before.get(host)?.kind === 'seen');
  return new Map([...before, ...next]);
}
