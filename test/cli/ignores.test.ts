/** Ignore rules on the command line: what validate and drift say of their life. */
import { directoryOf } from '../inventory/directory';
import { checkReport } from '../report-schema';
import { runIn } from './program';

/** `YYYY-MM-DD` of a day so many days from now, in UTC. */
function day(fromNow: number): string {
  return new Date(Date.now() + fromNow * 86_400_000).toISOString().slice(0, 10);
}

function inventory(expires: string): string {
  return directoryOf({
    'inventory/prod/hosts.yaml': `all:
  hosts:
    a: { ansible_host: 127.0.0.1, ansible_port: 1 }
    b: { ansible_host: 127.0.0.2, ansible_port: 1 }
`,
    'inventory/prod/ignores.yaml': `ignores:
  - { id: IG-1, hosts: a, check: SC-2, match: '8080', reason: a vendor, owner: web, expires: ${expires} }
`,
  });
}

const title = 'ignore rule IG-1 (a vendor) of a has not expired';

test.each([
  ['with an end far away', 400, 0, 'Valid.', '  ignores     1: IG-1 until'],
  [
    'that ends soon',
    9,
    0,
    'Valid.',
    `  warn  SC-2  ${title}: its last day is ${day(9)}, in 9 days`,
  ],
  [
    'that has expired',
    -1,
    3,
    'Valid, but 1 check does not hold.',
    `  fail  SC-2  ${title}: its last day is ${day(-1)}; web owns it`,
  ],
])('validate says of a rule %s what to do about it', async (_, days, exit, end, line) => {
  const { code, stdout } = await runIn(inventory(day(days)), ['validate', '-i', 'prod']);
  expect(stdout).toContain(line);
  expect(stdout).toContain(`\n${end}\n`);
  expect(code).toBe(exit);
});

test('drift tells of a rule that has expired, and of hosts that are down whatever a rule says', async () => {
  const directory = inventory(day(-1));
  const args = ['drift', '-i', 'prod', '--state', 'state', '--format', 'json'];
  const { code, stdout } = await runIn(directory, args);
  const report: unknown = JSON.parse(stdout);
  checkReport(report);
  expect(report).toMatchObject({
    checks: expect.arrayContaining([
      expect.objectContaining({ id: 'SC-2', host: 'a', title, status: 'fail' }),
    ]) as unknown,
    drifting: [
      { kind: 'host', title: 'a is unreachable' },
      { kind: 'host', title: 'b is unreachable' },
      { kind: 'check', title: `SC-2 fail: ${title}`, state: 'new' },
    ],
  });
  expect(report).not.toHaveProperty('warnings');
  expect(code).toBe(4);
});
