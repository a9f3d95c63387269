/** What an ignore rule passes over, and what it must not. */
import type { PlannedChange } from '../../src/model/change';
import type { Check } from '../../src/model/check';
import type { IgnoreRule, Named } from '../../src/model/ignore-rule';
import { livingRules, unusedRules, withoutIgnored } from '../../src/model/ignoring';
import { exitCode, type HostOutcome, type RunOutcome } from '../../src/model/outcome';
import { inventoryOf } from './fleet';

const checks = (id: 'SC-1' | 'SC-2' | 'INV-1'): Named => ({ kind: 'checks', id });
const changes = (role?: string, resource?: string): Named => ({ kind: 'changes', role, resource });

function rule(names: Named, match?: string, more: Partial<IgnoreRule> = {}): IgnoreRule {
  return {
    ...{ id: 'IG-1', hosts: ['a'], names, match },
    ...{ reason: 'a vendor', owner: 'web', expires: '2026-06-15' },
    ...more,
  };
}

const door = (port: number) => `${String(port)}/tcp of agent at 203.0.113.22`;

function check(status: Check['status'] = 'fail', ports: readonly number[] = [8080]): Check {
  const parts = ports.map(door);
  const title = 'nothing undeclared answers on the public addresses of host-22';
  const evidence = `the controller was let in to ${parts.join('; ')}`;
  return { id: 'SC-2', host: 'a', title, status, evidence, parts };
}

function change(ports: readonly number[] = [8080], more: Partial<PlannedChange> = {}) {
  const kept = 'allow 22/tcp from anywhere';
  const gone = ports.flatMap((port) => ['', ' (v6)'].map((v6) => `allow ${String(port)}${v6}`));
  return {
    ...{ role: 'firewall', resource: 'firewall', summary: `remove ${String(gone.length)} rules` },
    ...{ before: [kept, ...gone].join('\n'), after: kept, commands: [] },
    ...more,
  };
}

function host(...own: readonly PlannedChange[]): HostOutcome {
  return {
    host: 'a',
    outcome: own.length > 0 ? 'pending' : 'unchanged',
    changes: own,
    error: null,
  };
}

function run(
  command: 'drift' | 'verify',
  found: { readonly hosts?: readonly HostOutcome[]; readonly checks?: readonly Check[] },
  ...rules: readonly IgnoreRule[]
): RunOutcome {
  return {
    ...{ command, inventory: 'prod', startedAt: '', durationMs: 0, problems: [], warnings: [] },
    ...withoutIgnored({ hosts: found.hosts ?? [], checks: found.checks ?? [] }, rules),
  };
}

describe('a check', () => {
  const statusOf = (found: Check, ...rules: readonly IgnoreRule[]) =>
    run('verify', { checks: [found] }, ...rules).checks[0]?.status;

  it.each<[string, IgnoreRule]>([
    ['all that its id finds', rule(checks('SC-2'))],
    ['what it finds', rule(checks('SC-2'), '8080')],
    ['the title', rule(checks('SC-2'), 'nothing undeclared answers')],
    ['a text with signs of its own', rule(checks('SC-2'), '8080/tcp of agent')],
    ['the beginning of a word, if it says so', rule(checks('SC-2'), '203.0.113.')],
  ])('is ignored by a rule that names %s', (_, own) => {
    expect(statusOf(check(), own)).toBe('ignored');
    expect(statusOf(check('warn'), own)).toBe('ignored');
  });

  it.each<[string, IgnoreRule]>([
    ['another id', rule(checks('INV-1'))],
    ['another host', rule(checks('SC-2'), undefined, { hosts: ['b'] })],
    ['another text', rule(checks('SC-2'), '9090')],
    ['a part of a number', rule(checks('SC-2'), '808')],
    ['a number that stands in a name and in an address', rule(checks('SC-2'), '22')],
    ['a pattern', rule(checks('SC-2'), '8.8.')],
    ['changes', rule(changes('firewall'))],
  ])('is not ignored by one that names %s', (_, own) => {
    expect(statusOf(check(), own)).toBe('fail');
  });

  it('that finds more than the rules name counts as a whole', () => {
    const own = rule(checks('SC-2'), '8080');
    expect(statusOf(check('fail', [8080, 9999]), own)).toBe('fail');
    expect(statusOf(check('fail', [8080, 18_080]), own)).toBe('fail');
  });

  it('of which several rules name a part each is ignored by all of them', () => {
    const rules = ['8080', '9999'].map((port) => rule(checks('SC-2'), port, { id: `IG-${port}` }));
    const [found] = run('verify', { checks: [check('fail', [8080, 9999])] }, ...rules).checks;
    expect(found).toMatchObject({ status: 'ignored', ignored: { was: 'fail' } });
    expect(found?.ignored?.by).toEqual(
      ['IG-8080', 'IG-9999'].map((id) => ({
        ...{ id, reason: 'a vendor', owner: 'web', expires: '2026-06-15' },
      })),
    );
  });

  it.each(['pass', 'skip'] as const)('that ends with %s stays what it is', (status) => {
    expect(statusOf(check(status), rule(checks('SC-2')))).toBe(status);
  });

  it('that is ignored moves no exit code', () => {
    for (const command of ['drift', 'verify'] as const) {
      expect(exitCode(run(command, { checks: [check()] }))).toBe(command === 'drift' ? 2 : 3);
      expect(exitCode(run(command, { checks: [check()] }, rule(checks('SC-2'))))).toBe(0);
    }
  });
});

describe('a change', () => {
  const countedBy = (own: PlannedChange, ...rules: readonly IgnoreRule[]) =>
    run('drift', { hosts: [host(own)] }, ...rules).hosts[0]?.changes.length;

  it.each<[string, IgnoreRule]>([
    ['its role', rule(changes('firewall'))],
    ['its resource', rule(changes(undefined, 'firewall'))],
    ['both', rule(changes('firewall', 'firewall'))],
    ['every line that differs', rule(changes('firewall'), '8080')],
    ['its summary', rule(changes('firewall'), 'remove 2 rules')],
  ])('is ignored by a rule that names %s, and is still told', (_, own) => {
    const [found] = run('drift', { hosts: [host(change())] }, own).hosts;
    expect(found).toMatchObject({ outcome: 'unchanged', changes: [] });
    expect(found?.ignored).toMatchObject([{ change: change(), by: [{ id: 'IG-1' }] }]);
    expect(exitCode(run('drift', { hosts: [host(change())] }, own))).toBe(0);
  });

  it.each<[string, IgnoreRule]>([
    ['another role', rule(changes('wireguard', 'firewall'))],
    ['another resource', rule(changes('firewall', 'file'))],
    ['a line that stays', rule(changes('firewall'), '22/tcp')],
    ['checks', rule(checks('INV-1'))],
    ['another host', rule(changes('firewall'), undefined, { hosts: ['b'] })],
  ])('is not ignored by one that names %s', (_, own) => {
    expect(countedBy(change(), own)).toBe(1);
  });

  it('of which another line differs too counts as a whole', () => {
    expect(countedBy(change([8080, 9999]), rule(changes('firewall'), '8080'))).toBe(1);
  });

  it('beside one that is ignored leaves its host pending', () => {
    const found = run(
      'drift',
      { hosts: [host(change(), change([9999]))] },
      rule(changes(), '8080'),
    );
    expect(found.hosts).toMatchObject([{ outcome: 'pending', changes: [change([9999])] }]);
    expect(exitCode(found)).toBe(2);
  });

  it.each(['failed', 'unreachable', 'diverged'] as const)(
    'of a host that %s is left',
    (outcome) => {
      const failed = { ...host(change()), outcome };
      expect(run('drift', { hosts: [failed] }, rule(changes())).hosts).toEqual([failed]);
    },
  );
});

it('a rule holds on its last day, and not on the next', () => {
  const inventory = inventoryOf(['a'], { ignores: [rule(checks('SC-2'))] });
  expect(livingRules(inventory, '2026-06-15')).toHaveLength(1);
  expect(livingRules(inventory, '2026-06-16')).toEqual([]);
});

describe('a rule that nothing was found for', () => {
  const unused = (own: IgnoreRule, found: Parameters<typeof run>[1]) =>
    unusedRules(run('drift', found, own), [own]).length === 1;
  const ports = rule(checks('SC-2'), '8080');

  it.each<[string, IgnoreRule, Parameters<typeof run>[1]]>([
    ['a check holds', ports, { hosts: [host()], checks: [check('pass')] }],
    ['another thing is found', ports, { hosts: [host()], checks: [check('fail', [9999])] }],
    ['nothing is to be changed', rule(changes('firewall')), { hosts: [host()] }],
  ])('is told where %s', (_, own, found) => {
    expect(unused(own, found)).toBe(true);
  });

  it.each<[string, IgnoreRule, Parameters<typeof run>[1]]>([
    ['it ignores a check', ports, { hosts: [host()], checks: [check()] }],
    ['it ignores a change', rule(changes('firewall')), { hosts: [host(change())] }],
    ['it names a part', ports, { hosts: [host()], checks: [check('fail', [8080, 9999])] }],
    ['a check could not be made', ports, { hosts: [host()], checks: [check('skip')] }],
    ['a host was not looked at', { ...ports, hosts: ['a', 'b'] }, { hosts: [host()] }],
    ['a host was not reached', ports, { hosts: [{ ...host(), outcome: 'unreachable' }] }],
    ['it holds for no host', { ...ports, hosts: [] }, { hosts: [host()] }],
  ])('is not told where %s', (_, own, found) => {
    expect(unused(own, found)).toBe(false);
  });
});
