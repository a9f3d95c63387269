/** `wgpush verify`: the RFC's criteria, looked at on the live fleet. */
import { verify } from '../../executor/inspection';
import type { HostOutcome } from '../../model/outcome';
import type { Options } from '../options';
import { probe } from '../probe';
import { shown } from '../shown';
import { inSession, reportOn } from '../run';

export function verifyCommand(options: Options): Promise<number> {
  return reportOn('verify', options, (loaded) =>
    inSession(loaded, options, async ({ assignment, means }) => {
      const judgeDoors = probe(assignment);
      const { looks, checks } = await verify(assignment, means);
      const doors = await judgeDoors(looks);
      const hosts = assignment.hosts.map(({ name: host }): HostOutcome => {
        const look = looks.get(host);
        if (look?.kind === 'seen') return { host, outcome: 'unchanged', changes: [], error: null };
        const { outcome, error } = look ?? { outcome: 'failed', error: 'it was not looked at' };
        return { host, outcome, changes: [], error };
      });
      return { hosts, checks: [...checks, ...doors], ...shown(assignment, looks) };
    }),
  );
}
