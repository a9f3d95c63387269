/** Hosts behind jump hosts, all of them real: an sshd each. */
import { readFileSync } from 'node:fs';
import type { Connect } from '../../src/connection/connection';
import type { Jump, Login } from '../../src/model/host';
import { connector, eventually, run } from './connect';
import { endsWithTest } from './endings';
import { freePort, type Sshd, startSshd } from './sshd';
import { startProxy } from './strange-server';

jest.setTimeout(60_000);

let host: Sshd;
let first: Sshd;
let second: Sshd;
let connect: Connect;

beforeAll(async () => {
  [host, first, second] = await Promise.all([startSshd(), startSshd(), startSshd()]);
});
beforeEach(async () => {
  connect = await connector(knowing(host, first, second));
});
afterAll(() => Promise.all([host.stop(), first.stop(), second.stop()]));

function knowing(...known: readonly Sshd[]): string {
  const lines = known.map(
    (sshd) => `[127.0.0.1]:${String(sshd.port)} ${sshd.publicKey('ed25519')}\n`,
  );
  return host.knownHosts(lines.join(''));
}

/** The host's login, through these. */
function through(...jumps: readonly Sshd[]): Login {
  return { ...host.login, jumps: jumps.map(({ login }) => login) };
}

/** Logins that an sshd has let in since. */
function loginsSince(sshd: Sshd, before: number): number {
  return (
    sshd
      .log()
      .slice(before)
      .match(/Accepted publickey/g)?.length ?? 0
  );
}

const closings = (sshd: Sshd) => sshd.log().match(/Disconnected from user/g)?.length ?? 0;

test('a host behind two is reached, and what it sees is the second', async () => {
  const connection = endsWithTest(await connect(through(first, second)));
  const { stdout } = await run(connection, 'echo "$SSH_CONNECTION"');
  expect(stdout.toString().split(' ')[3]).toBe(`${String(host.port)}\n`);
  expect(loginsSince(second, 0)).toBe(1);
  const answer = await run(connection, 'head -c 3000000 /dev/zero | tr "\\0" x');
  expect(answer.stdout.length).toBe(3_000_000);
});

test('a jump host is logged in to once, and left with the last that went through it', async () => {
  const before = first.log().length;
  const closedBefore = closings(first);
  const connections = await Promise.all(Array.from({ length: 12 }, () => connect(through(first))));
  const answers = await Promise.all(connections.map((each) => run(each, 'echo in')));
  expect(answers.map(({ stdout }) => stdout.toString())).toEqual(Array(12).fill('in\n'));
  expect(loginsSince(first, before)).toBe(1);
  const [last, ...others] = connections;
  await Promise.all(others.map((each) => each.close()));
  expect((await run(last ?? fail(), 'echo still in')).stdout.toString()).toBe('still in\n');
  expect(closings(first)).toBe(closedBefore);
  await last?.close();
  expect(await eventually(() => closings(first) > closedBefore)).toBe(true);
});

test('the key of a jump host is verified like any other', async () => {
  const strict = await connector(knowing(host));
  const message = new RegExp(
    `^jump host 127.0.0.1: the host key of 127.0.0.1:${String(first.port)} is unknown`,
  );
  await expect(strict(through(first))).rejects.toThrow(message);
  const trusting = await connector(knowing(first));
  await expect(trusting(through(first))).rejects.toThrow(
    new RegExp(`^the host key of 127.0.0.1:${String(host.port)} is unknown`),
  );
});

test('with accept-new both are recorded', async () => {
  const file = host.knownHosts('');
  const accepting = await connector(file, { acceptNew: true });
  endsWithTest(await accepting(through(first)));
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(2);
});

test('a jump host that is down is named, and can be there the next time', async () => {
  const port = await freePort();
  const down: Jump = { ...first.login, port };
  const login = { ...host.login, jumps: [down] };
  const known = await connector(
    host.knownHosts(
      `[127.0.0.1]:${String(port)} ${first.publicKey('ed25519')}\n${readFileSync(knowing(host), 'utf8')}`,
    ),
  );
  const message = `jump host 127.0.0.1: connection to 127.0.0.1:${String(port)} refused`;
  await expect(known(login)).rejects.toThrow(message);
  await expect(known(login)).rejects.toThrow(message);
});

test('a host that is down behind one is named with the jump host', async () => {
  const port = await freePort();
  await expect(connect({ ...through(first), port })).rejects.toThrow(
    `jump host 127.0.0.1 can't connect to 127.0.0.1:${String(port)}: Connection refused`,
  );
});

test('a jump host that passes nothing on says so', async () => {
  const closed = endsWithTest(await startSshd({ config: ['AllowTcpForwarding no'] }));
  const known = await connector(knowing(host, closed));
  await expect(known(through(closed))).rejects.toThrow(
    /^jump host 127.0.0.1 can't connect to 127.0.0.1:\d+: it passes nothing on \(AllowTcpForwarding\)$/,
  );
});

test('a jump host that goes away loses what went through it, and is logged in to anew', async () => {
  const own = endsWithTest(await startSshd());
  const known = await connector(knowing(host, own));
  const connection = endsWithTest(await known(through(own)));
  const lost = expect(run(connection, 'sleep 20')).rejects.toThrow(/was lost before the script/);
  const other = endsWithTest(await known(own.login));
  // Of a script the parent is timeout(1), whose parent is a session of the sshd.
  const allSessions =
    'parent() { ps -o ppid= "$1"; }; kill $(ps -o pid= --ppid $(parent $(parent $PPID)))';
  await run(other, allSessions).catch(() => undefined);
  await lost;
  const again = endsWithTest(await known(through(own)));
  expect((await run(again, 'echo in')).stdout.toString()).toBe('in\n');
});

/** The host's login through a jump host that can be cut off. */
async function behindProxy() {
  const own = endsWithTest(await startSshd());
  const proxy = endsWithTest(await startProxy(own.port));
  const { port } = proxy;
  const line = `[127.0.0.1]:${String(port)} ${own.publicKey('ed25519')}\n`;
  const known = await connector(host.knownHosts(`${readFileSync(knowing(host), 'utf8')}${line}`));
  const login = { ...host.login, jumps: [{ ...own.login, port }] };
  return { own, proxy, known, login };
}

test('one that is lost without our knowing it yet is logged in to anew', async () => {
  const { proxy, known, login } = await behindProxy();
  endsWithTest(await known(login));
  proxy.reset();
  const again = endsWithTest(await known(login));
  expect((await run(again, 'echo in')).stdout.toString()).toBe('in\n');
});

test('one that several went through is logged in to anew by whoever comes before they have left', async () => {
  const { own, proxy, known, login } = await behindProxy();
  const open = await Promise.all([known(login), known(login), known(login)]);
  open.forEach(endsWithTest);
  proxy.reset();
  expect(
    await eventually(() => closings(own) === 0 && /Connection (?:reset|closed)/.test(own.log())),
  ).toBe(true);
  const again = endsWithTest(await known(login));
  expect((await run(again, 'echo in')).stdout.toString()).toBe('in\n');
});
