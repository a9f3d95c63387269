/** What the inventory leaves open, filled in by the real ssh from a configuration of our own. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Configured, withSshConfig } from '../../src/inventory/ssh-config';
import { findSshConfig, type SshConfigFiles } from '../../src/inventory/ssh-config-files';
import type { Login } from '../../src/model/host';
import { directoryOf, loaded } from './directory';

jest.setTimeout(60_000);

const user = {
  ...{ name: 'me', id: 1000, home: '/home/me', hostName: 'desk.example.net' },
  environment: { KEYS: '/keys', AGENT: '/run/agent' },
};

async function configured(
  config: string,
  hosts: string,
  { timeoutMs = 30_000, program = 'ssh', isWanted = true, files = {} } = {},
): Promise<Configured> {
  const { inventory } = await loaded({ 'hosts.yaml': `all: { hosts: { ${hosts} } }\n`, ...files });
  const file = path.join(directoryOf({ config }), 'config');
  const args = { arguments: ['-F', file], isWanted, user };
  return withSshConfig(inventory, args, { program, timeoutMs });
}

async function loginBy(config: string, variables = ''): Promise<Login | undefined> {
  const { inventory, mistakes } = await configured(config, `web: { ${variables} }`);
  expect(mistakes).toEqual([]);
  return inventory.hosts[0]?.login;
}

test('all that the configuration says of a host is taken, and its tokens are expanded', async () => {
  const login = await loginBy(`
Host web
  HostName 203.0.113.1
  User deploy
  Port 2222
  IdentityFile %d/.ssh/%r_%h_%n_%p_%u_%L%%
  IdentityFile ~/.ssh/two
  IdentityFile \${KEYS}/three
  IdentitiesOnly yes
  IdentityAgent $AGENT
  UserKnownHostsFile /known/one /known/two
  GlobalKnownHostsFile none
  HostKeyAlias web.internal
  StrictHostKeyChecking accept-new
  CertificateFile ~/.ssh/%n-cert.pub
  PKCS11Provider /usr/lib/card.so
`);
  expect(login).toMatchObject({
    ...{ host: '203.0.113.1', port: 2222, user: 'deploy', alias: 'web' },
    settings: {
      identityFiles: [
        '/home/me/.ssh/deploy_203.0.113.1_web_2222_me_desk%',
        '/home/me/.ssh/two',
        '/keys/three',
      ],
      ...{ identitiesOnly: true, identityAgent: '/run/agent' },
      ...{ userKnownHosts: ['/known/one', '/known/two'], globalKnownHosts: [] },
      ...{ hostKeyAlias: 'web.internal', hostKeyChecking: 'accept-new' },
      ...{ certificateFiles: ['/home/me/.ssh/web-cert.pub'], pkcs11Provider: '/usr/lib/card.so' },
      ...{ proxyCommand: undefined, offersKeys: true },
    },
  });
});

test('of what it does not say, all is as before', async () => {
  const login = await loginBy('Host other\n  Port 2222\n');
  expect(login).toMatchObject({
    ...{ host: 'web', port: 22, alias: 'web', jumps: [], identityFile: undefined },
    settings: {
      ...{ identityFiles: undefined, identitiesOnly: false, identityAgent: undefined },
      ...{ userKnownHosts: undefined, globalKnownHosts: undefined, hostKeyAlias: undefined },
      ...{ hostKeyChecking: 'strict', proxyCommand: undefined, certificateFiles: [] },
    },
  });
});

test('what the inventory says counts, and Match goes by it', async () => {
  const config = `
Match user ops
  HostName 203.0.113.9
Host web
  Port 2222
  User deploy
  IdentityFile /theirs
  ProxyJump gate
  StrictHostKeyChecking accept-new
`;
  const args = '-o ProxyJump=none -o StrictHostKeyChecking=yes';
  const said = `ansible_port: 22, ansible_user: ops, ansible_ssh_private_key_file: /ours, ansible_ssh_common_args: ${args}`;
  expect(await loginBy(config, said)).toMatchObject({
    ...{ host: '203.0.113.9', port: 22, user: 'ops', identityFile: '/ours', jumps: [] },
    settings: { identityFiles: undefined, hostKeyChecking: 'strict' },
  });
});

test('the name that is asked for is ansible_host, as Ansible gives it to ssh', async () => {
  const config = 'Host web\n  Port 1\nHost edge\n  Port 2\n';
  expect(await loginBy(config, 'ansible_host: edge')).toMatchObject({ port: 2, alias: 'edge' });
});

test('a host without an endpoint of its own is where HostName says', async () => {
  const config = 'Host *\n  HostName 203.0.113.1\nHost *\n';
  const endpointOf = async (variables: string) => {
    const { inventory } = await configured(config, `web: { ${variables} }`);
    return inventory.hosts[0]?.endpoints[0]?.host;
  };
  expect(await endpointOf('')).toBe('203.0.113.1');
  expect(await endpointOf('wg_endpoint: web')).toBe('web');
});

test('each jump host is as its own configuration has it, and may be behind others', async () => {
  const login = await loginBy(`
Host web
  ProxyJump ops@gate-a,gate-b:2200
Host gate-a
  User nobody
  ProxyJump outer
  HostName 203.0.113.2
Host gate-b
  User b
  Port 1
  ProxyJump never
Host outer
  Port 2022
  IdentityFile /outer
`);
  expect(login?.jumps).toMatchObject([
    { alias: 'outer', host: 'outer', port: 2022, settings: { identityFiles: ['/outer'] } },
    { alias: 'gate-a', host: '203.0.113.2', port: 22, user: 'ops' },
    { alias: 'gate-b', host: 'gate-b', port: 2200, user: 'b' },
  ]);
});

test('a jump host that the inventory names has its configuration too', async () => {
  const login = await loginBy(
    'Host gate\n  Port 2022\n  User g\n',
    'ansible_ssh_common_args: -J ops@gate',
  );
  expect(login?.jumps).toMatchObject([{ host: 'gate', port: 2022, user: 'ops' }]);
});

test.each([
  ['ProxyCommand ssh -q -W %h:%p gate', ['gate'], undefined],
  ['ProxyJump %n-gate', ['web-gate'], undefined],
  ['ProxyCommand nc %h %p', [], 'nc %h %p'],
  ['ProxyCommand none', [], undefined],
  ['ProxyJump none', [], undefined],
])('%s', async (line, jumps, proxyCommand) => {
  const login = await loginBy(`Host web\n  ${line}\n`);
  expect(login?.jumps.map(({ host }) => host)).toEqual(jumps);
  expect(login?.settings?.proxyCommand).toBe(proxyCommand);
});

test.each([
  ['PubkeyAuthentication no', { offersKeys: false }],
  ['PreferredAuthentications password', { offersKeys: false }],
  ['PreferredAuthentications hostbased,publickey', { offersKeys: true }],
  ['StrictHostKeyChecking off', { hostKeyChecking: 'off' }],
  ['StrictHostKeyChecking no', { hostKeyChecking: 'off' }],
  ['StrictHostKeyChecking yes', { hostKeyChecking: 'strict' }],
  ['IdentityFile none', { identityFiles: [] }],
  ['IdentityAgent none', { identityAgent: 'none' }],
  ['IdentityAgent SSH_AUTH_SOCK', { identityAgent: undefined }],
  ['IdentityAgent $NOWHERE', { identityAgent: 'none' }],
  ['UserKnownHostsFile none', { userKnownHosts: [] }],
])('%s', async (line, settings) => {
  expect((await loginBy(`Host web\n  ${line}\n`))?.settings).toMatchObject(settings);
});

test.each([
  ['Host a\n  Bogus yes\n', /^web: ssh -G web fails: .*line 2: Bad configuration option: bogus/],
  ['Host *\n  ProxyJump gate\n', /^web: ssh -G gate fails: jumphost loop via gate/],
  [
    'Host web\n  ProxyJump a\nHost a\n  ProxyJump b\nHost b\n ProxyJump a\n',
    /circle: web, a, b, a/,
  ],
  ['Host web\n  HostName a..b\n', /^web: HostName "a..b" is neither an address nor the name/],
  ['Host web\n  HostName 10.50.0.9\n', /^web: endpoint 10.50.0.9 is inside the WireGuard subnet/],
])('%j is told', async (config, message) => {
  const { mistakes } = await configured(config, 'web: {}');
  expect(mistakes).toEqual([expect.stringMatching(message)]);
});

test('a mistake that all hosts have is told once', async () => {
  const { mistakes } = await configured('Host *\n  ProxyJump a..b\n', 'x: {}, y: {}');
  expect(mistakes).toEqual([expect.stringMatching(/^x, y: ProxyJump "a..b" names no host/)]);
});

test.each([
  ['Host *\n  HostName 203.0.113.1\n', '', [/^y: SSH at 203.0.113.1:22 is already host x's$/]],
  [
    'Host *\n  HostName 203.0.113.1\nHost y\n  Port 2222\n',
    '',
    [/^y: endpoint 203.0.113.1:51820 is already host x's; set wg_endpoint/],
  ],
  [
    'Host *\n  ProxyJump gate\nHost y\n  Port 5432\n',
    'services: { pg: { owner: me, hosts: y, port: 5432, protocol: tcp, from: [all] } }\n',
    [/^y: port 5432 of SSH is service pg's$/],
  ],
])('what it makes wrong is found: %j', async (config, services, messages) => {
  const files = services === '' ? {} : { 'services.yaml': services };
  const gate = config.replace('Host *', 'Host x y');
  const { mistakes } = await configured(gate, 'x: {}, y: {}', { files });
  expect(mistakes).toEqual(messages.map((message): unknown => expect.stringMatching(message)));
});

test('an ssh that does not end is given up', async () => {
  const config = 'Match exec "sleep 20"\n  Port 1\n';
  const { mistakes } = await configured(config, 'web: {}', { timeoutMs: 300 });
  expect(mistakes).toEqual(['web: ssh -G web does not end within 0.3 s']);
});

test('without ssh nothing changes, if nobody asked for a configuration', async () => {
  const without = { program: '/nowhere/ssh', isWanted: false };
  const { inventory, mistakes } = await configured('Host *\n  Port 1\n', 'web: {}', without);
  expect([inventory.hosts[0]?.login.port, mistakes]).toEqual([22, []]);
  const asked = await configured('', 'web: {}', { ...without, isWanted: true });
  expect(asked.mistakes).toEqual(['web: there is no ssh that could read it']);
});

test('ssh is asked once for each name, eight at a time', async () => {
  const directory = directoryOf({ log: '' });
  const program = path.join(directory, 'ssh');
  const log = path.join(directory, 'log');
  const script = `#!/bin/sh\necho + >>${log}; sleep 0.6; echo - >>${log}; echo "hostname 203.0.113.1"\n`;
  writeFileSync(program, script);
  chmodSync(program, 0o755);
  const names = Array.from({ length: 12 }, (_, index) => `h${String(index)}`);
  const hosts = names.map(
    (name) => `${name}: { wg_endpoint: none, ansible_ssh_common_args: -J gate }`,
  );
  const mesh = { 'mesh.yaml': 'topology: { kind: hub-and-spoke, hubs: [hub] }\n' };
  await configured('', `${hosts.join(', ')}, hub: {}`, { program, files: mesh });

  const marks = readFileSync(log, 'utf8').trim().split('\n');
  expect(marks.filter((mark) => mark === '+')).toHaveLength(names.length + 2);
  let atWork = 0;
  const counts = marks.map((mark) => (atWork += mark === '+' ? 1 : -1));
  expect(Math.max(...counts)).toBeGreaterThan(1);
  expect(Math.max(...counts)).toBeLessThanOrEqual(8);
});

describe('the files', () => {
  const stock = `# Debian's
Include SYSTEM/ssh_config.d/*.conf
Host *
#   Port 22
    SendEnv LANG LC_*
    HashKnownHosts yes
    GSSAPIAuthentication yes
`;

  async function argumentsWith(
    files: Readonly<Record<string, string>>,
    { isHome = true } = {},
  ): Promise<SshConfigFiles> {
    const directory = directoryOf({ 'etc/ssh_config': stock });
    for (const [name, text] of Object.entries({ 'etc/ssh_config': stock, ...files })) {
      const file = path.join(directory, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text.replace('SYSTEM', path.join(directory, 'etc')));
    }
    const home = path.join(directory, 'home');
    const places = { home, loginHome: isHome ? home : '/elsewhere' };
    const found = await findSshConfig({ ...places, system: path.join(directory, 'etc') });
    const args = found.arguments.map((each) => each.replace(directory, ''));
    return { arguments: args, areTelling: found.areTelling };
  }

  test.each([
    ["Debian's own", {}, false],
    ['one that says nothing', { 'home/.ssh/config': '# Port 1\n\nHost *\n' }, false],
    ['one that keeps connections', { 'home/.ssh/config': 'ControlMaster auto\n' }, false],
    ["the user's", { 'home/.ssh/config': 'Host a\n\tport=1\n' }, true],
    ['a Match', { 'home/.ssh/config': 'match all\n' }, true],
    ["the system's", { 'etc/ssh_config': 'User root\n' }, true],
    ['a drop-in', { 'etc/ssh_config.d/a.conf': 'ProxyJump a\n' }, true],
    ['another Include', { 'etc/ssh_config': 'Include /opt/ssh\n' }, true],
    ['no drop-in', { 'etc/ssh_config.d/README': 'Port 1\n' }, false],
  ])('%s', async (_, files, expected) => {
    expect(await argumentsWith(files)).toEqual({ arguments: [], areTelling: expected });
  });

  test('are those of $HOME where ssh would look elsewhere', async () => {
    const own = { 'home/.ssh/config': 'Port 1\n' };
    const elsewhere = { isHome: false };
    expect(await argumentsWith(own, elsewhere)).toEqual({
      arguments: ['-F', '/home/.ssh/config'],
      areTelling: true,
    });
    const system = { 'etc/ssh_config': 'Port 1\n' };
    expect(await argumentsWith(system, elsewhere)).toEqual({
      arguments: ['-F', '/etc/ssh_config'],
      areTelling: true,
    });
    expect(await argumentsWith({}, elsewhere)).toMatchObject({ areTelling: false });
  });
});
