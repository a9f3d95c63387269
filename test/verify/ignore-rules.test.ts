/** The life of an ignore rule, as that of an exception: it warns, and then it fails. */
import type { IgnoreRule } from '../../src/model/ignore-rule';
import { judgeIgnoreRules } from '../../src/verify/ignore-rules';
import { inventoryOf } from '../model/fleet';

const rule: IgnoreRule = {
  ...{ id: 'IG-1', hosts: ['a', 'b'], names: { kind: 'checks', id: 'SC-2' }, match: '8080' },
  ...{ reason: 'a vendor', owner: 'web', expires: '2026-06-15' },
};

const judged = (today: string, more: Partial<IgnoreRule> = {}) =>
  judgeIgnoreRules(inventoryOf(['a', 'b'], { ignores: [{ ...rule, ...more }] }), today);

test.each([
  ['2026-05-15', 'pass', 'its last day is 2026-06-15; web owns it'],
  ['2026-05-16', 'warn', 'its last day is 2026-06-15, in 30 days; web owns it'],
  ['2026-06-14', 'warn', 'its last day is 2026-06-15, in 1 day; web owns it'],
  ['2026-06-15', 'warn', 'its last day is 2026-06-15, today; web owns it'],
  ['2026-06-16', 'fail', 'its last day is 2026-06-15; web owns it'],
])('on %s it is a %s', (today, status, evidence) => {
  const title = (host: string) => `ignore rule IG-1 (a vendor) of ${host} has not expired`;
  expect(judged(today)).toEqual([
    { id: 'SC-2', host: 'a', title: title('a'), status, evidence },
    { id: 'SC-2', host: 'b', title: title('b'), status, evidence },
  ]);
});

test('one of changes serves INV-1', () => {
  const names = { kind: 'changes', role: 'firewall', resource: undefined } as const;
  expect(judged('2026-01-01', { names }).map(({ id }) => id)).toEqual(['INV-1', 'INV-1']);
});
