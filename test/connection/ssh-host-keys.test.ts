import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { Unreachable } from '../../src/connection/connection';
import { connector, eventually, knowing, run } from './connect';
import { endsWithTest } from './endings';
import { type HostKeyType, type Sshd, startSshd } from './sshd';

jest.setTimeout(60_000);

const types: HostKeyType[] = ['ed25519', 'ecdsa', 'rsa'];
let sshd: Sshd;
let other: Sshd;

beforeAll(async () => {
  sshd = await startSshd({ hostKeys: types });
  other = await startSshd({ hostKeys: types });
});
afterAll(async () => {
  await sshd.stop();
  await other.stop();
});

test.each(types)('a host of which only the %s key is known shows that one', async (type) => {
  const connect = await connector(knowing(sshd, { type }));
  const connection = endsWithTest(await connect(sshd.login));
  expect((await run(connection, 'echo in')).stdout.toString()).toBe('in\n');
});

test('one key is proved, and no others are asked for', async () => {
  const own = endsWithTest(await startSshd({ hostKeys: types, config: ['LogLevel DEBUG'] }));
  const connection = endsWithTest(await (await connector(knowing(own)))(own.login));
  await run(connection, 'true');
  expect(own.log()).toContain('Starting session: command');
  expect(own.log()).not.toContain('hostkeys-prove');
});

test('a hashed known_hosts is as good as a plain one', async () => {
  const file = knowing(sshd);
  execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
  expect(readFileSync(file, 'utf8')).toMatch(/^\|1\|/);
  endsWithTest(await (await connector(file))(sshd.login));
});

test('an unknown host is refused before it is logged in to, with what a person can compare', async () => {
  const own = endsWithTest(await startSshd());
  const file = own.knownHosts('');
  const attempt = (await connector(file))(own.login);
  await expect(attempt).rejects.toThrow(Unreachable);
  await expect(attempt).rejects.toThrow(
    `the host key of 127.0.0.1:${String(own.port)} is unknown: ssh-ed25519 ${own.fingerprint('ed25519')}; ` +
      'if ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub on the host says the same, run again with --accept-new',
  );
  expect(readFileSync(file, 'utf8')).toBe('');
  await sawNoLogin(own);
});

test('accept-new records the key and says so; in the next run the host is known', async () => {
  const file = `${sshd.knownHosts('')}_new`;
  const said: string[] = [];
  const accepting = await connector(file, {
    acceptNew: true,
    onAccepted: (message) => {
      said.push(message);
    },
  });
  endsWithTest(await accepting(sshd.login));
  endsWithTest(await accepting(sshd.login));
  expect(said).toEqual([
    `recorded the host key of 127.0.0.1:${String(sshd.port)}: ssh-ed25519 ${sshd.fingerprint('ed25519')}`,
  ]);
  expect(readFileSync(file, 'utf8')).toBe(
    `[127.0.0.1]:${String(sshd.port)} ${sshd.publicKey('ed25519')}\n`,
  );
  endsWithTest(await (await connector(file))(sshd.login));
});

test('accept-new records the key once, however many connect at once', async () => {
  const file = `${sshd.knownHosts('')}_many`;
  const accepting = await connector(file, { acceptNew: true });
  await Promise.all(
    Array.from({ length: 5 }, async () => endsWithTest(await accepting(sshd.login))),
  );
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(2);
});

test('what accept-new records, ssh itself reads', async () => {
  const file = `${sshd.knownHosts('')}_ssh`;
  endsWithTest(await (await connector(file, { acceptNew: true }))(sshd.login));
  const options = [
    `UserKnownHostsFile=${file}`,
    'GlobalKnownHostsFile=/dev/null',
    'StrictHostKeyChecking=yes',
    'IdentitiesOnly=yes',
    'BatchMode=yes',
  ].flatMap((option) => ['-o', option]);
  const { identityFile = '', user } = sshd.login;
  const place = [
    '-F',
    '/dev/null',
    '-i',
    identityFile,
    '-p',
    String(sshd.port),
    `${user}@127.0.0.1`,
  ];
  expect(execFileSync('ssh', [...options, ...place, 'echo in'], { encoding: 'utf8' })).toBe('in\n');
});

test('a key that cannot be recorded is not accepted', async () => {
  const own = endsWithTest(await startSshd());
  const attempt = (await connector('/proc/known_hosts', { acceptNew: true }))(own.login);
  await expect(attempt).rejects.toThrow(/^the host key of 127\.0\.0\.1:\d+ can't be recorded: E/);
  expect(await eventually(() => ended.test(own.log()))).toBe(true);
});

test('a changed key is refused even with accept-new, and both fingerprints are shown', async () => {
  const own = endsWithTest(await startSshd());
  const place = `[127.0.0.1]:${String(own.port)}`;
  const file = own.knownHosts(`# mine\n${place} ${other.publicKey('ed25519')}\n`);
  const attempt = (await connector(file, { acceptNew: true }))(own.login);
  await expect(attempt).rejects.toThrow(Unreachable);
  await expect(attempt).rejects.toThrow(
    `the host key of 127.0.0.1:${String(own.port)} HAS CHANGED: the host shows ` +
      `ssh-ed25519 ${own.fingerprint('ed25519')}, but ` +
      `ssh-ed25519 ${other.fingerprint('ed25519')} is recorded in ${file}:2; `,
  );
  await expect(attempt).rejects.toThrow(`ssh-keygen -R '${place}'`);
  await sawNoLogin(own);
});

test('a host that has lost the type of key that is known has changed', async () => {
  const rsaOnly = endsWithTest(await startSshd({ hostKeys: ['rsa'] }));
  const place = `[127.0.0.1]:${String(rsaOnly.port)}`;
  const file = rsaOnly.knownHosts(`${place} ${other.publicKey('ecdsa')}\n`);
  const attempt = (await connector(file, { acceptNew: true }))(rsaOnly.login);
  await expect(attempt).rejects.toThrow(
    `HAS CHANGED: the host shows ssh-rsa ${rsaOnly.fingerprint('rsa')}, but ` +
      `ecdsa-sha2-nistp256 ${other.fingerprint('ecdsa')} is recorded in ${file}:1; `,
  );
});

test('a revoked key is refused even with accept-new', async () => {
  const file = sshd.knownHosts(`@revoked * ${sshd.publicKey('ed25519')}\n`);
  const attempt = (await connector(file, { acceptNew: true }))(sshd.login);
  await expect(attempt).rejects.toThrow(
    `is revoked by ${file}:1: ssh-ed25519 ${sshd.fingerprint('ed25519')}; do not log in`,
  );
});

test('a host that only a certificate authority vouches for needs ssh itself', async () => {
  const file = sshd.knownHosts(`@cert-authority * ${other.publicKey('ed25519')}\n`);
  const attempt = (await connector(file))(sshd.login);
  await expect(attempt).rejects.toThrow(
    `${file}:1 trusts a certificate authority for it, but it shows no certificate, or none that is read`,
  );
});

test('nothing is run on a host that is refused', async () => {
  const file = sshd.knownHosts('');
  const trace = `${file}_trace`;
  const attempt = (await connector(file))(sshd.login).then((one) => run(one, `touch ${trace}`));
  await expect(attempt).rejects.toThrow(Unreachable);
  expect(existsSync(trace)).toBe(false);
});

/** What an sshd logs when a connection is over. */
const ended = /closed|reset|disconnect|broken pipe/i;

/** The log comes by a pipe, so the end of the connection is waited for. */
async function sawNoLogin(own: Sshd): Promise<void> {
  expect(await eventually(() => ended.test(own.log()))).toBe(true);
  expect(own.log()).not.toMatch(/Accepted|Postponed|Failed/);
}
