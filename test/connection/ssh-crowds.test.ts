/** Many logins at one sshd, which drops those beyond its limits (MaxStartups, MaxSessions). */
import { connect as openSocket } from 'node:net';
import { Unreachable } from '../../src/connection/connection';
import { connector, knowing, run } from './connect';
import { endsWithTest } from './endings';
import { freePort, type Sshd, startSshd } from './sshd';
import { startServer } from './strange-server';

jest.setTimeout(60_000);

const logins = (sshd: Sshd) => sshd.log().match(/Accepted publickey/g)?.length ?? 0;
const connections = (sshd: Sshd) => sshd.log().match(/^Connection from/gm)?.length ?? 0;
const drops = (sshd: Sshd) => sshd.log().match(/^drop connection/gm)?.length ?? 0;

async function crowd(sshd: Sshd, size: number) {
  // ssh's own key exchange takes its time, thirty times on one machine.
  const connect = await connector(knowing(sshd), { connectTimeoutMs: 30_000 });
  const open = await Promise.all(Array.from({ length: size }, () => connect(sshd.login)));
  return open.map(endsWithTest);
}

test('an sshd that lets two log in at a time lets in thirty, one after the other', async () => {
  const sshd = endsWithTest(await startSshd({ config: ['MaxStartups 2:100:3'] }));
  const open = await crowd(sshd, 30);
  const answers = await Promise.all(open.map((each) => run(each, 'echo in')));
  expect(answers.map(({ stdout }) => stdout.toString())).toEqual(Array(30).fill('in\n'));
  expect(logins(sshd)).toBe(30);
  expect(drops(sshd)).toBeGreaterThan(0);
});

test('the limits that an sshd has by default drop nobody', async () => {
  const sshd = endsWithTest(await startSshd({ config: ['MaxStartups 10:100:10'] }));
  await crowd(sshd, 30);
  expect(logins(sshd)).toBe(30);
  expect(drops(sshd)).toBe(0);
});

test('whoever waits for a turn does not lose the time in which to connect', async () => {
  // Says nothing: each of those that come first takes all its time.
  const server = endsWithTest(await startServer(() => undefined));
  const sshd = endsWithTest(await startSshd());
  const connect = await connector(knowing(sshd), { connectTimeoutMs: 1000 });
  const attempts = Array.from({ length: 9 }, () => connect({ ...sshd.login, port: server.port }));
  const failed = await Promise.allSettled(attempts);
  expect(failed.map((each) => each.status === 'rejected' && String(each.reason))).toEqual(
    Array(9).fill(expect.stringMatching(/timed out after 1 s: the port is open/)),
  );
});

test('a login that is refused is tried once', async () => {
  const sshd = endsWithTest(await startSshd({ config: ['AuthorizedKeysFile none'] }));
  await expect(crowd(sshd, 1)).rejects.toThrow(/^login refused/);
  expect(connections(sshd)).toBe(1);
});

test('a host that closes before it says who it is gets tried again, until the time is over', async () => {
  let count = 0;
  const server = endsWithTest(
    await startServer((socket) => {
      count += 1;
      socket.resetAndDestroy();
    }),
  );
  const sshd = endsWithTest(await startSshd());
  const connect = await connector(knowing(sshd, { port: server.port }), { connectTimeoutMs: 3000 });
  const attempt = connect({ ...sshd.login, port: server.port });
  await expect(attempt).rejects.toThrow(Unreachable);
  await expect(attempt).rejects.toThrow(
    /closed the connection during the SSH handshake; tried \d+ times$/,
  );
  expect(count).toBeGreaterThan(1);
  expect(count).toBeLessThan(12);
});

test('one that has said who it is, or that it wants nobody, is tried once', async () => {
  const sshd = endsWithTest(await startSshd());
  for (const words of ['SSH-2.0-Strange\r\n', 'Not allowed at this time\r\n', 'HTTP/1.1 400\r\n']) {
    let count = 0;
    const server = endsWithTest(
      await startServer((socket) => {
        count += 1;
        socket.end(words);
      }),
    );
    const connect = await connector(knowing(sshd, { port: server.port }));
    await expect(connect({ ...sshd.login, port: server.port })).rejects.toThrow(Unreachable);
    expect(count).toBe(1);
  }
});

test('a port where nothing listens is tried once', async () => {
  const sshd = endsWithTest(await startSshd());
  const port = await freePort();
  const connect = await connector(knowing(sshd, { port }));
  await expect(connect({ ...sshd.login, port })).rejects.toThrow(/nothing listens there$/);
});

test('an sshd that is full for as long as there is time says so', async () => {
  const sshd = endsWithTest(await startSshd({ config: ['MaxStartups 1:100:1'] }));
  const waiting = openSocket(sshd.port, '127.0.0.1');
  await new Promise((resolve) => waiting.once('data', resolve));
  const connect = await connector(knowing(sshd), { connectTimeoutMs: 3000 });
  await expect(connect(sshd.login)).rejects.toThrow(
    /during the SSH handshake; it says: Exceeded MaxStartups; tried \d+ times$/,
  );
  waiting.destroy();
  const again = await connector(knowing(sshd));
  endsWithTest(await again(sshd.login));
});

test('a host that has one session at a time runs one script after the other', async () => {
  const sshd = endsWithTest(await startSshd({ config: ['MaxSessions 1'] }));
  const [connection] = await crowd(sshd, 1);
  if (connection === undefined) throw new Error('there is none');
  for (let count = 0; count < 20; count += 1) {
    const { stdout } = await run(connection, `echo ${String(count)}`);
    expect(stdout.toString()).toBe(`${String(count)}\n`);
  }
});

test('a jump host that lets in one at a time, with one session, is enough for thirty hosts', async () => {
  const host = endsWithTest(await startSshd({ config: ['MaxStartups 2:100:3'] }));
  const gate = endsWithTest(await startSshd({ config: ['MaxStartups 1', 'MaxSessions 1'] }));
  const lines = [host, gate].map(
    (each) => `[127.0.0.1]:${String(each.port)} ${each.publicKey('ed25519')}\n`,
  );
  const connect = await connector(host.knownHosts(lines.join('')));
  const login = { ...host.login, jumps: [gate.login] };
  const open = await Promise.all(Array.from({ length: 30 }, () => connect(login)));
  open.forEach(endsWithTest);
  const answers = await Promise.all(open.map((each) => run(each, 'echo in')));
  expect(answers.map(({ stdout }) => stdout.toString())).toEqual(Array(30).fill('in\n'));
  expect(logins(gate)).toBe(1);
});
