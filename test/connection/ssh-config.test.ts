/** Logins as the user's ssh configuration wants them: the real ssh reads it, a real sshd lets us in. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Connection } from '../../src/connection/connection';
import { knownHostsByConfig, openKnownHosts } from '../../src/connection/known-hosts-files';
import { withSshConfig } from '../../src/inventory/ssh-config';
import type { Login } from '../../src/model/host';
import { hostNamed, inventoryOf } from '../model/fleet';
import { connector, type ConnectorOptions, run, testOnly } from './connect';
import { endsWithTest } from './endings';
import { newKey, publicKeyOf, type Sshd, startSshd } from './sshd';

jest.setTimeout(60_000);

let sshd: Sshd;
let home: string;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'wgpush-home-'));
  mkdirSync(join(home, '.ssh'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

/** How `box` is logged in to by this configuration, where the inventory says nothing but its name. */
async function loginBy(config: string, port: number): Promise<Login> {
  const file = join(home, '.ssh/config');
  writeFileSync(file, `Host box\n  HostName 127.0.0.1\n  Port ${String(port)}\n${config}\n`);
  const open = ['port', 'user', 'identityFile', 'jumps', 'hostKeyChecking'] as const;
  const box = { ...sshd.login, host: 'box', alias: 'box', port: 22, identityFile: undefined, open };
  const inventory = inventoryOf([hostNamed('box', { login: box })]);
  const { username: name, uid: id } = userInfo();
  const user = { name, id, home, hostName: 'here', environment: {} };
  const asked = { arguments: ['-F', file], isWanted: true, user };
  const { inventory: found, mistakes } = await withSshConfig(inventory, asked);
  expect(mistakes).toEqual([]);
  return found.hosts[0]?.login ?? box;
}

async function connected(
  config: string,
  options: ConnectorOptions = {},
  port = sshd.port,
): Promise<Connection> {
  const standard = await openKnownHosts([join(home, '.ssh/known_hosts')]);
  const knownHosts = knownHostsByConfig(standard, home);
  const sshConfigFile = join(home, '.ssh/config');
  const connect = await connector('/dev/null', { home, knownHosts, sshConfigFile, ...options });
  return endsWithTest(await connect(await loginBy(config, port)));
}

async function logsIn(config: string, options?: ConnectorOptions, port?: number): Promise<void> {
  const { stdout } = await run(await connected(config, options, port), 'echo in');
  expect(stdout.toString()).toBe('in\n');
}

const identity = () => `IdentityFile ${sshd.login.identityFile ?? ''}`;
const key = () => sshd.publicKey('ed25519');
const known = () => {
  writeFileSync(join(home, '.ssh/known_hosts'), `[127.0.0.1]:${String(sshd.port)} ${key()}\n`);
};

test('HostName, Port and IdentityFile are enough', async () => {
  known();
  await logsIn(`IdentityFile /no/such/key\n${identity()}`);
});

test.each(['UserKnownHostsFile', 'GlobalKnownHostsFile'])('%s is looked at', async (keyword) => {
  writeFileSync(join(home, 'keys'), `[127.0.0.1]:${String(sshd.port)} ${key()}\n`);
  await logsIn(`${identity()}\n${keyword} ${join(home, 'keys')}`);
  await expect(connected(identity())).rejects.toThrow(/the host key of .* is unknown/);
});

test('a host is known by its HostKeyAlias, and by nothing else', async () => {
  known();
  const config = `${identity()}\nHostKeyAlias box.internal`;
  await expect(connected(config)).rejects.toThrow(
    `the host key of 127.0.0.1:${String(sshd.port)} (HostKeyAlias box.internal) is unknown`,
  );
  writeFileSync(join(home, '.ssh/known_hosts'), `box.internal ${key()}\n`);
  await logsIn(config);
});

test('StrictHostKeyChecking accept-new records a key, of this host', async () => {
  const file = join(home, 'keys');
  await logsIn(
    `${identity()}\nStrictHostKeyChecking accept-new\nUserKnownHostsFile ${file}\nHostKeyAlias box`,
  );
  expect(readFileSync(file, 'utf8')).toBe(`box ${key()}\n`);
});

test('StrictHostKeyChecking no is not followed', async () => {
  await expect(connected(`${identity()}\nStrictHostKeyChecking no`)).rejects.toThrow(/is unknown/);
});

test('a known_hosts file that cannot be read lets nobody in', async () => {
  await expect(connected(`${identity()}\nUserKnownHostsFile ${home}`)).rejects.toThrow(
    /can't be read, so no host key can be checked/,
  );
});

describe('with an ssh-agent', () => {
  let socket: string;
  let agent: number;
  beforeEach(() => {
    socket = join(home, 'agent');
    const { stdout } = spawnSync('ssh-agent', ['-s', '-a', socket], { encoding: 'utf8' });
    agent = Number(/SSH_AGENT_PID=(\d+)/.exec(stdout)?.[1]);
    known();
  });
  afterEach(() => {
    process.kill(agent);
  });
  const add = (file: string) =>
    execFileSync('ssh-add', ['-q', file], { env: { SSH_AUTH_SOCK: socket }, stdio: 'ignore' });

  test('IdentityAgent is asked, and IdentityAgent none is not', async () => {
    add(sshd.login.identityFile ?? '');
    await logsIn(`IdentityAgent ${socket}`);
    await expect(connected('IdentityAgent none', { agentSocket: socket })).rejects.toThrow(
      /no ssh-agent is asked \(IdentityAgent none\)/,
    );
  });

  test('the key that a file names is offered first, and no other with IdentitiesOnly', async () => {
    for (const name of ['a', 'b']) add(newKey(join(home, name), 'ed25519'));
    add(sshd.login.identityFile ?? '');
    const before = sshd.log().length;
    const refusals = () =>
      sshd
        .log()
        .slice(before)
        .match(/Failed publickey/g)?.length ?? 0;
    await logsIn(`IdentityFile ${sshd.login.identityFile ?? ''}.pub`, { agentSocket: socket });
    expect(refusals()).toBe(0);
    const only = `IdentitiesOnly yes\nIdentityFile ${join(home, 'a')}`;
    await expect(connected(only, { agentSocket: socket })).rejects.toThrow(/login refused/);
    expect(refusals()).toBe(1);
  });

  test('a public key that it does not hold is told', async () => {
    const file = `${newKey(join(home, 'a'), 'ed25519')}.pub`;
    await expect(
      connected(`IdentitiesOnly yes\nIdentityFile ${file}`, { agentSocket: socket }),
    ).rejects.toThrow(
      `the ssh-agent is empty, and no identity file of the ssh configuration can be used; ${file} is a public key, and no ssh-agent holds it`,
    );
  });
});

test('a jump host is logged in to as its configuration says', async () => {
  const gate = endsWithTest(await startSshd());
  writeFileSync(
    join(home, '.ssh/known_hosts'),
    `[127.0.0.1]:${String(sshd.port)} ${key()}\ngate ${gate.publicKey('ed25519')}\n`,
  );
  await logsIn(`${identity()}
ProxyJump gate
Host gate
  HostName 127.0.0.1
  Port ${String(gate.port)}
  HostKeyAlias gate
  IdentityFile ${gate.login.identityFile ?? ''}`);
  expect(gate.log()).toContain('Accepted publickey');
});

/** Passes on between its own streams and a host. */
const relayText = `
const [, , host, port, name, trace] = process.argv;
require('fs').writeFileSync(trace, name);
const socket = require('net').connect(Number(port), host);
process.stdin.pipe(socket).pipe(process.stdout);
`;

const hint = 'of which only ssh itself makes use: log in by it (--connection openssh)';

describe('what only ssh can do', () => {
  const told: readonly [line: string, message: string | RegExp][] = [
    ['ProxyCommand nc %h %p', `the ssh configuration says "ProxyCommand nc %h %p" of box, ${hint}`],
    ['PubkeyAuthentication no', /says that no key is offered of box, .* only ssh itself makes use/],
  ];
  for (const [line, message] of told) {
    testOnly('in-process', `is told, before anything is opened: ${line}`, async () => {
      known();
      const before = sshd.log().length;
      await expect(connected(`${identity()}\n${line}`)).rejects.toThrow(message);
      expect(sshd.log().slice(before)).not.toContain('Connection from');
    });
  }

  testOnly('openssh', 'ProxyCommand is the way to the host', async () => {
    known();
    const trace = join(home, 'trace');
    const relay = join(home, 'relay');
    writeFileSync(relay, relayText);
    await logsIn(`${identity()}\nProxyCommand ${process.execPath} ${relay} %h %p %n ${trace}`);
    expect(readFileSync(trace, 'utf8')).toBe('box');
  });

  testOnly('in-process', 'a certificate is told where the key alone is not enough', async () => {
    known();
    const certificate = '/no/such-cert.pub';
    await logsIn(`${identity()}\nCertificateFile ${certificate}`);
    const other = newKey(join(home, 'other'), 'ed25519');
    await expect(
      connected(`IdentityFile ${other}\nCertificateFile ${certificate}`),
    ).rejects.toThrow(`the certificate ${certificate} is not offered: of these only ssh itself`);
  });

  testOnly('openssh', 'certificates of the user and of the host are enough', async () => {
    const authority = newKey(join(home, 'authority'), 'ed25519');
    const key = newKey(join(home, 'key'), 'ed25519');
    const hostKey = newKey(join(home, 'host'), 'ed25519');
    const sign = (...options: readonly string[]) =>
      execFileSync('ssh-keygen', ['-q', '-s', authority, '-I', 'test', ...options]);
    sign('-n', sshd.login.user, `${key}.pub`);
    sign('-h', '-n', '127.0.0.1,box.internal', `${hostKey}.pub`);
    const config = [
      `TrustedUserCAKeys ${authority}.pub`,
      'AuthorizedKeysFile none',
      `HostKey ${hostKey}`,
      `HostCertificate ${hostKey}-cert.pub`,
    ];
    const own = endsWithTest(await startSshd({ config }));
    writeFileSync(join(home, '.ssh/known_hosts'), `@cert-authority * ${publicKeyOf(authority)}\n`);
    await logsIn(`IdentityFile ${key}\nCertificateFile ${key}-cert.pub`, {}, own.port);
    expect(own.log()).toMatch(/Accepted publickey .*-CERT /);
  });
});
