/** Runs to report on, by name: what a team sees in a week. */
import type { PlannedChange } from '../../src/model/change';
import type { Check } from '../../src/model/check';
import type { Handshake } from '../../src/model/handshake';
import type { IgnoredBy } from '../../src/model/ignored-by';
import type { HostOutcome, RunOutcome } from '../../src/model/outcome';
import { sh } from '../../src/model/shell';

const install: PlannedChange = {
  role: 'install',
  resource: 'package',
  summary: 'install wireguard-tools, ufw',
  before: '',
  after: 'package wireguard-tools\npackage ufw',
  commands: [sh`apt-get install wireguard-tools ufw`],
};

const config = (endpoint: string) =>
  [
    '[Interface]',
    'Address = 10.50.0.2/24',
    'ListenPort = 51820',
    'PrivateKey = (the key of this host)',
    '',
    '[Peer] # web-1',
    'AllowedIPs = 10.50.0.3/32',
    `Endpoint = ${endpoint}`,
    '',
    '[Peer] # web-2',
    'AllowedIPs = 10.50.0.4/32',
    'Endpoint = 203.0.113.12:51820',
    '',
  ].join('\n');

const rewrite: PlannedChange = {
  role: 'wireguard',
  resource: 'wireguard-interface',
  summary: 'rewrite /etc/wireguard/wg0.conf',
  before: config('203.0.113.10:51820').replace('ListenPort = 51820', 'ListenPort = 51821'),
  after: config('203.0.113.11:51820'),
  commands: [sh`printf '%s' ${'two\nlines'} >/etc/wireguard/wg0.conf`, sh`true`],
};

const removeRule: PlannedChange = {
  role: 'firewall',
  resource: 'firewall',
  summary: 'remove 1 rule',
  before: 'allow 22/tcp from anywhere # ssh\nallow 9999 from anywhere',
  after: 'allow 22/tcp from anywhere # ssh',
  reason: 'nobody declared it',
  commands: [sh`true`],
};

const startUnit: PlannedChange = {
  role: 'wireguard',
  resource: 'systemd-unit',
  summary: 'start wg-quick@wg0.service',
  before: 'wg-quick@wg0.service is inactive',
  after: 'wg-quick@wg0.service is active',
  commands: [sh`systemctl start wg-quick@wg0.service`],
};

function host(
  name: string,
  outcome: HostOutcome['outcome'],
  more: Partial<HostOutcome> = {},
): HostOutcome {
  return { host: name, outcome, changes: [], error: null, ...more };
}

function check(status: Check['status'], more: Partial<Check> = {}): Check {
  const title = 'db-1 reaches web-1 at 10.50.0.3';
  return { id: 'SC-1', host: 'db-1', title, status, evidence: 'it answered a ping', ...more };
}

function rule(id: string): IgnoredBy {
  const reason = "the vendor's agent listens until it is replaced";
  return { id, reason, owner: 'web-team', expires: '2026-12-31' };
}

function ignoredCheck(was: 'warn' | 'fail', more: Partial<Check>): Check {
  return check('ignored', { ignored: { was, by: [rule('IG-001')] }, ...more });
}

function run(command: RunOutcome['command'], more: Partial<RunOutcome>): RunOutcome {
  return {
    command,
    inventory: 'prod',
    startedAt: '2026-06-15T09:00:00.000Z',
    durationMs: 1234,
    hosts: [],
    checks: [],
    problems: [],
    warnings: [],
    ...more,
  };
}

/** What no format can take as it is: markup, quotes, control characters, half a pair, no character. */
const strange = '<&>"\'\\ {0} [a](b) é 🙂 \u0000\u001b[2J\u0085 \ud800 \ufffe\r\n\tend';

/** The configuration of a host in a full mesh of these. */
const inMesh = (own: string, names: readonly string[]) =>
  names
    .map((name, index) =>
      name === own
        ? `[Interface]\nAddress = 10.50.0.${String(index + 1)}/24\n`
        : `[Peer] # ${name}\nPublicKey = (known after apply)\nAllowedIPs = 10.50.0.${String(index + 1)}/32\n`,
    )
    .toSorted()
    .join('\n');

const many = Array.from({ length: 200 }, (_, index) => `web-${String(index + 1)}`);
const timedOut = 'connection to 203.0.113.41:22 timed out after 5 s';

function session(
  ...[host, peer, endpoint, ageSeconds, receivedBytes, sentBytes]: readonly [
    string,
    string,
    string | null,
    number | null,
    number,
    number,
  ]
): Handshake {
  return { host, peer, endpoint, ageSeconds, receivedBytes, sentBytes };
}

export const runs: Readonly<Record<string, RunOutcome>> = {
  'plan-of-one-host': run('plan', {
    hosts: [
      host('db-1', 'pending', { changes: [install, rewrite, removeRule, startUnit] }),
      host('web-1', 'unchanged'),
      host('web-2', 'unchanged'),
      host('cache-1', 'unreachable', { error: timedOut }),
    ],
  }),
  'three-hosts-changed': run('apply', {
    hosts: ['db-1', 'web-1', 'web-2'].map((name) =>
      host(name, 'changed', { changes: [install, startUnit] }),
    ),
  }),
  mixed: run('apply', {
    hosts: [
      host('a-1', 'unreachable', { error: timedOut }),
      host('b-1', 'failed', {
        error: 'install: "install ufw" failed with exit code 100: E: no space left\nE: aborting',
        changes: [startUnit],
      }),
      host('c-1', 'diverged', {
        error: 'these changes are still wanted after the push',
        changes: [startUnit],
      }),
      host('d-1', 'changed', { changes: [rewrite] }),
      host('e-1', 'unchanged'),
    ],
  }),
  'an-interrupted-apply': run('apply', {
    hosts: [
      host('web-1', 'changed', { changes: [startUnit] }),
      host('web-2', 'failed', { error: 'let go of: not seen to be confirmed' }),
      host('db-1', 'pending', {
        changes: [rewrite, startUnit],
        error: 'not begun: the run was interrupted by SIGINT',
      }),
      host('db-2', 'unreachable', { error: timedOut }),
    ],
    stopped: 'the run was interrupted by SIGINT',
    oneSided: {
      edges: [
        { host: 'web-1', peer: 'web-2', isSeen: true },
        { host: 'web-1', peer: 'db-1', isSeen: true },
        { host: 'web-1', peer: 'db-2', isSeen: false },
      ],
      command: 'wgpush apply -i prod --limit web-2,db-1,db-2',
    },
  }),
  'stopped-when-all-was-done': run('apply', {
    hosts: [host('web-1', 'changed', { changes: [startUnit] })],
    stopped: 'the time of the run, 30 s, was up',
  }),
  'two-hundred-hosts': run('apply', {
    hosts: many.map((name, index) =>
      index === 77 ? host(name, 'pending', { changes: [removeRule] }) : host(name, 'unchanged'),
    ),
  }),
  'two-hundred-hosts-pending': run('plan', {
    hosts: many.map((name) => host(name, 'pending', { changes: [install] })),
  }),
  'two-hundred-hosts-get-a-peer': run('plan', {
    hosts: many.map((name, index) =>
      host(name, 'pending', {
        changes: [
          {
            ...rewrite,
            before: inMesh(name, [name, `web-${String(index)}`]),
            after: inMesh(name, [name, `web-${String(index)}`, 'new-1']),
          },
        ],
      }),
    ),
  }),
  'two-hundred-hosts-begin': run('plan', {
    hosts: many.map((name) =>
      host(name, 'pending', {
        changes: [install, { ...rewrite, before: '', after: inMesh(name, many) }],
      }),
    ),
  }),
  'three-hosts-begin': run('plan', {
    hosts: ['db-1', 'web-1', 'web-2'].map((name, _, names) =>
      host(name, 'pending', {
        changes: [install, { ...rewrite, before: '', after: inMesh(name, names) }],
      }),
    ),
  }),
  'drift-that-goes-on': run('drift', {
    hosts: [
      host('db-1', 'pending', { changes: [removeRule, startUnit] }),
      host('web-1', 'unchanged'),
    ],
    drifting: (['new', 'known', 'resolved'] as const).map((state, index) => ({
      signature: `000000000000000${String(index)}`,
      kind: 'change',
      host: 'db-1',
      title: `firewall: remove ${String(index + 1)} rules`,
      state,
      since: '2026-06-14T09:00:00.000Z',
    })),
  }),
  'drift-with-ignored': run('drift', {
    hosts: [
      host('db-1', 'pending', {
        changes: [startUnit],
        ignored: [{ change: removeRule, by: [rule('IG-002')] }],
      }),
      host('web-1', 'unchanged', {
        ignored: [{ change: removeRule, by: [rule('IG-002'), rule('IG-003')] }],
      }),
      host('web-2', 'unchanged'),
    ],
    checks: [
      check('pass'),
      ignoredCheck('fail', {
        ...{ id: 'SC-2', host: 'web-1', title: 'nothing undeclared answers on web-1' },
        evidence: 'the controller was let in to 8080/tcp of agent at 203.0.113.11',
      }),
      ignoredCheck('warn', { id: 'SC-3', peer: 'web-1', title: 'a fresh handshake' }),
    ],
    warnings: ['ignore rule IG-004 ignores nothing any more; remove it from ignores.yaml'],
  }),
  'verify-with-ignored': run('verify', {
    hosts: [host('db-1', 'unchanged'), host('web-1', 'unchanged')],
    checks: [
      check('pass', { id: 'SC-2', title: 'kafka is closed' }),
      ignoredCheck('fail', { id: 'SC-2', title: 'pg is closed' }),
    ],
  }),
  'drift-clean': run('drift', {
    hosts: [host('db-1', 'unchanged'), host('web-1', 'unchanged')],
    checks: [check('pass'), check('pass')],
  }),
  'verify-with-all-kinds-of-checks': run('verify', {
    hosts: [host('db-1', 'unchanged'), host('web-1', 'unchanged')],
    checks: [
      check('pass'),
      check('fail', { evidence: 'two pings, no answer' }),
      check('warn', { id: 'SC-2', title: 'pg is closed on 203.0.113.7:5432', evidence: 'refused' }),
      check('skip', { id: 'INV-1', title: 'db-1 reaches api', evidence: 'there is no bash' }),
      check('skip', { id: 'INV-1', title: 'db-1 reaches cache', evidence: 'there is no bash' }),
      check('skip', { id: 'INV-1', title: 'db-1 reaches queue', evidence: 'queue-1 is down' }),
      check('fail', { title: 'db-1 reaches web-2', evidence: 'two pings, no answer' }),
    ],
  }),
  'warnings-and-nothing-else': run('validate', { warnings: ['2 exceptions expire this week'] }),
  'a-valid-inventory': run('validate', {
    overview: {
      hosts: 41,
      groups: ['cache', 'db', 'eu', 'mail', 'us', 'web'].map((name) => ({ name, hosts: 7 })),
      subnets: [
        { subnet: '10.50.0.0/24', size: '254', used: 41, retired: 3 },
        { subnet: 'fd50:50:50::/64', size: '18446744073709551615', used: 41, retired: 0 },
      ],
      services: ['kafka', 'postgres'],
      exceptions: [{ id: 'EX-001', expires: '2027-03-31' }],
      ignores: [{ id: 'IG-001', expires: '2027-03-31' }],
    },
    checks: [check('pass'), check('warn', { id: 'INV-1', title: 'exception EX-001' })],
    warnings: ['service kafka runs on no host: its groups are empty'],
  }),
  'a-small-inventory': run('validate', {
    overview: {
      hosts: 2,
      groups: [],
      subnets: [{ subnet: '10.50.0.0/24', size: '254', used: 2, retired: 0 }],
      services: [],
      exceptions: [],
      ignores: [],
    },
  }),
  'drift-of-a-mesh': run('drift', {
    hosts: [host('db-1', 'pending', { changes: [removeRule] }), host('web-1', 'unchanged')],
    checks: [
      check('pass', { peer: 'web-1' }),
      check('fail', { id: 'SC-3', evidence: 'the last handshake was 412 s ago' }),
    ],
    exposures: ['80', '443'].map((ports) => ({
      ...{ host: 'web-1', protocol: 'tcp', ports, sources: ['anywhere'], by: 'EX-001' },
      ...{ reason: 'entry', owner: 'web', approvedBy: 'security', expires: '2026-06-16' },
    })),
    handshakes: [
      { host: 'db-1', peer: 'web-1', endpoint: null, ageSeconds: null },
      { host: 'web-1', peer: 'db-1', endpoint: '203.0.113.13:51820', ageSeconds: 7 },
    ].map((each) => ({ ...each, receivedBytes: 1, sentBytes: 2 })),
  }),
  'strange-characters': run('drift', {
    inventory: 'pr"od\\',
    hosts: [
      host('a<b>&"\'', 'pending', {
        changes: [{ ...removeRule, summary: strange, before: strange, after: `${strange}\n]]>` }],
      }),
      host('c\\n"}', 'unreachable', { error: strange }),
    ],
    checks: [check('fail', { host: 'a<b>&"\'', title: strange, evidence: strange })],
    warnings: [strange],
  }),
  status: run('status', {
    hosts: [
      host('db-1', 'unchanged'),
      host('web-1', 'unchanged'),
      host('cache-1', 'unreachable', { error: timedOut }),
    ],
    handshakes: [
      session('db-1', 'cache-1', '203.0.113.41:51820', 100_000, 5_000_000_000, 1024),
      session('db-1', 'laptop', null, null, 0, 0),
      session('db-1', 'web-1', '[2001:db8::11]:51820', 0, 1_048_576, 92),
      session('web-1', 'cache-1', '203.0.113.41:51820', 181, 148, 1023),
      session('web-1', 'db-1', '203.0.113.21:51820', 180, 92, 1536),
      session('web-1', 'db-2', '203.0.113.22:51820', -3605, 0, 148),
    ],
    warnings: ['db-2 is no peer on the wg0 of db-1'],
  }),
  'an-invalid-inventory': run('apply', {
    problems: [
      {
        file: 'inventory/prod/mesh.yaml',
        line: 12,
        column: 5,
        message: 'there is no role "wiregaurd"; did you mean "wireguard"?',
      },
      { file: 'inventory/prod/hosts.yaml', line: 1, column: 1, message: 'the file is empty' },
    ],
  }),
};
