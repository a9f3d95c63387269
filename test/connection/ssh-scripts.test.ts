import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AnswerTooLarge,
  type Connection,
  ConnectionLost,
  Unreachable,
} from '../../src/connection/connection';
import { endsWithTest } from './endings';
import { connected, connector, eventually, knowing, run } from './connect';
import { startLibraryServer } from './library-server';
import { isAlive, pidIn } from './processes';
import { type Sshd, startSshd } from './sshd';
import { startProxy } from './strange-server';

jest.setTimeout(60_000);

let sshd: Sshd;
let connection: Connection;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'wgpush-run-'));
  sshd = await startSshd();
  connection = await connected(sshd);
});
afterAll(async () => {
  await connection.close();
  await sshd.stop();
  rmSync(directory, { recursive: true });
});

test('a script runs under sh, with the nonce as its first argument', async () => {
  const job = { script: 'echo "$0 $1 $#"; echo no >&2; exit 7', nonce: 'abc123', timeoutMs: 5000 };
  const reply = await connection.run(job);
  expect(reply.stdout.toString()).toBe('/bin/sh abc123 1\n');
  expect(reply.stderr.toString()).toBe('no\n');
  expect(reply.exitCode).toBe(7);
});

test('scripts run one after the other on one connection', async () => {
  for (const code of [0, 1, 2, 127, 255]) {
    expect((await run(connection, `exit ${String(code)}`)).exitCode).toBe(code);
  }
});

test('a script that a signal ends has no exit code', async () => {
  expect((await run(connection, 'kill -9 $$')).exitCode).toBeUndefined();
});

test('bytes come back as they are: every value, and none added', async () => {
  const script = `i=0; while [ $i -lt 256 ]; do printf "\\\\$(printf %03o $i)"; i=$((i+1)); done`;
  const reply = await run(connection, script);
  expect(reply.stdout.equals(Buffer.from(Array.from({ length: 256 }, (_, i) => i)))).toBe(true);
});

test('characters that are split over packets come back whole', async () => {
  const line = 'a€𝄞ü-日本語\n';
  const text = line.repeat(Math.ceil((4 * 1024 * 1024) / Buffer.byteLength(line)));
  const file = join(directory, 'text');
  writeFileSync(file, text);
  const reply = await run(connection, `cat ${file}`);
  expect(reply.stdout.equals(Buffer.from(text))).toBe(true);
});

test('a script of several megabytes arrives whole', async () => {
  const lines = Array.from({ length: 60_000 }, (_, i) => `: ${String(i)} ${'x'.repeat(40)}`);
  const script = `main() {\n${lines.join('\n')}\necho done\n}\nmain "$@" </dev/null\n`;
  expect(script.length).toBeGreaterThan(2 * 1024 * 1024);
  expect((await run(connection, script)).stdout.toString()).toBe('done\n');
});

test('a script that ends before it is read whole is no error', async () => {
  const script = `echo early; exit 3\n${'# padding\n'.repeat(300_000)}`;
  const reply = await run(connection, script);
  expect(reply.stdout.toString()).toBe('early\n');
  expect(reply.exitCode).toBe(3);
});

test('a command that reads stdin gets the end of it, where the script says so', async () => {
  const reply = await run(connection, 'main() { cat; echo "rest"; }\nmain "$@" </dev/null\n');
  expect(reply.stdout.toString()).toBe('rest\n');
});

test('a command that reads stdin without that may get the rest of the script, but never waits', async () => {
  const reply = await run(connection, 'cat\necho rest\n');
  expect(reply.stdout.toString()).toMatch(/^(echo )?rest\n$/);
});

test('an empty script does nothing', async () => {
  const reply = await run(connection, '');
  expect(reply).toMatchObject({ stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), exitCode: 0 });
});

test('a nonce that is not letters and digits is a bug', async () => {
  const job = { script: 'true', nonce: 'a;b', timeoutMs: 1000 };
  await expect(connection.run(job)).rejects.toThrow('letters and digits');
});

test('an answer of nearly 8 MiB is taken', async () => {
  const reply = await run(connection, 'head -c 8388500 /dev/zero');
  expect(reply.stdout.length).toBe(8388500);
});

test('a longer answer is refused, its script ends, and the connection goes on', async () => {
  const file = join(directory, 'endless.pid');
  const endless = run(connection, `echo $$ >${file}; exec cat /dev/zero`);
  await expect(endless).rejects.toThrow(AnswerTooLarge);
  await expect(endless).rejects.toThrow(/the answer of 127\.0\.0\.1:\d+ is larger than 8 MiB/);
  expect(await eventually(() => !isAlive(pidIn(file)))).toBe(true);
  expect((await run(connection, 'echo on')).stdout.toString()).toBe('on\n');
});

test('of long complaints the last mebibyte is kept, and they hold nothing up', async () => {
  const reply = await run(connection, 'head -c 9000000 /dev/zero >&2; echo the end >&2; echo ok');
  expect(reply.stdout.toString()).toBe('ok\n');
  expect(reply.stderr.length).toBe(1024 * 1024);
  expect(reply.stderr.toString().endsWith('\0the end\n')).toBe(true);
});

test('what start-up files print is no part of the answer', async () => {
  // bash reads the user's .bashrc when sshd starts it; a home of our own has one.
  writeFileSync(join(directory, '.bashrc'), 'echo "Welcome é"; echo oops >&2\n');
  const noisy = endsWithTest(await startSshd({ config: [`SetEnv HOME=${directory}`] }));
  const other = endsWithTest(await connected(noisy));
  const reply = await run(other, 'echo answer');
  expect(reply.stdout.toString()).toBe('answer\n');
  expect(reply.stderr.toString()).toBe('oops\n');
});

test('a large answer survives the exchange of new keys', async () => {
  const rekeying = endsWithTest(await startSshd({ config: ['RekeyLimit 1M'] }));
  const other = endsWithTest(await connected(rekeying));
  const reply = await run(other, 'head -c 6000000 /dev/zero');
  expect(reply.stdout.length).toBe(6000000);
});

test('a host that refuses sessions is unreachable, for nothing was done', async () => {
  const closed = endsWithTest(await startSshd({ config: ['MaxSessions 0'] }));
  const other = endsWithTest(await connected(closed));
  const reply = run(other, 'true');
  await expect(reply).rejects.toThrow(Unreachable);
  await expect(reply).rejects.toThrow(/127\.0\.0\.1:\d+ refuses to run a script: .*open failed/);
});

test('a host that answers and ends within one packet is heard all the same', async () => {
  const host = endsWithTest(
    await startLibraryServer((channel, command) => {
      channel.write(`${/\w{16}/.exec(command)?.[0] ?? ''}HERE\nat once`);
      channel.exit(4);
      channel.end();
    }),
  );
  const other = endsWithTest(await host.connected(sshd.login.identityFile ?? ''));
  const reply = await run(other, 'true');
  expect(reply).toMatchObject({ stdout: Buffer.from('at once'), exitCode: 4 });
});

test('twenty connections to one host run at once', async () => {
  const connect = await connector(knowing(sshd));
  const replies = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const one = endsWithTest(await connect(sshd.login));
      const reply = await run(one, `sleep 0.2; echo ${String(index)}`);
      await one.close();
      return reply.stdout.toString();
    }),
  );
  expect(replies).toEqual(Array.from({ length: 20 }, (_, index) => `${String(index)}\n`));
});

describe('when the connection is lost', () => {
  test('in the middle of a script, the script counts as lost and the process lives', async () => {
    const proxy = endsWithTest(await startProxy(sshd.port));
    const behind = endsWithTest(await connected(sshd, proxy.port));
    const file = join(directory, 'reset');
    const reply = run(behind, `echo half; touch ${file}; sleep 2; echo done >${file}`);
    expect(await eventually(() => existsSync(file))).toBe(true);
    proxy.reset();
    await expect(reply).rejects.toThrow(ConnectionLost);
    await expect(reply).rejects.toThrow(
      /the connection to 127\.0\.0\.1:\d+ was lost before the script ended/,
    );
    // What it had done by then, and will do, cannot be known from here.
    await expect(run(behind, 'true')).rejects.toThrow(ConnectionLost);
  });

  test('in the middle of a large script, too', async () => {
    const proxy = endsWithTest(await startProxy(sshd.port));
    const behind = endsWithTest(await connected(sshd, proxy.port));
    const reply = run(behind, `sleep 5\n${': padding\n'.repeat(2_000_000)}`);
    setTimeout(() => {
      proxy.reset();
    }, 300);
    await expect(reply).rejects.toThrow(ConnectionLost);
  });

  test('in the middle of an answer, at whatever byte, an answer is never cut', async () => {
    const size = 300_000;
    for (let at = 0; at < 12; at += 1) {
      const proxy = endsWithTest(await startProxy(sshd.port));
      const behind = endsWithTest(await connected(sshd, proxy.port));
      const before = proxy.received;
      const cut = startCut(proxy, before + at * 26_000);
      const reply = await run(behind, `head -c ${String(size)} /dev/zero; exit 0`).catch(
        (error: unknown) => error,
      );
      clearInterval(cut);
      if (reply instanceof Error) expect(reply).toBeInstanceOf(ConnectionLost);
      else expect(reply).toMatchObject({ stdout: Buffer.alloc(size), exitCode: 0 });
    }
  });

  test('between two scripts, the next one is lost', async () => {
    const proxy = endsWithTest(await startProxy(sshd.port));
    const behind = endsWithTest(await connected(sshd, proxy.port));
    await run(behind, 'true');
    proxy.reset();
    await expect(run(behind, 'true')).rejects.toThrow(ConnectionLost);
  });

  test('because what comes is garbled, the reason is said', async () => {
    const proxy = endsWithTest(await startProxy(sshd.port));
    const behind = endsWithTest(await connected(sshd, proxy.port));
    const reply = run(behind, 'sleep 5');
    proxy.garble();
    await expect(reply).rejects.toThrow(ConnectionLost);
    await expect(reply).rejects.toThrow(/ended: Bad packet length/);
  });

  test('because the host closes the session without a word about the script, it is lost', async () => {
    const host = endsWithTest(
      await startLibraryServer((channel) => {
        channel.write('half');
        channel.close();
      }),
    );
    const other = endsWithTest(await host.connected(sshd.login.identityFile ?? ''));
    await expect(run(other, 'true')).rejects.toThrow(ConnectionLost);
  });

  test('because sshd is restarted and its sessions are killed, the script is lost', async () => {
    const own = endsWithTest(await startSshd());
    const other = endsWithTest(await connected(own));
    // The parent of timeout(1), which is the parent of our shell, is sshd's process for this session.
    const script = 'kill -9 $(ps -o ppid= -p $(ps -o ppid= -p $$)); sleep 5';
    await expect(run(other, script)).rejects.toThrow(ConnectionLost);
  });
});

test('a connection is closed once or twice, without an error', async () => {
  const other = endsWithTest(await connected(sshd));
  await Promise.all([other.close(), other.close()]);
  await other.close();
  await expect(run(other, 'true')).rejects.toThrow(ConnectionLost);
});

test('closing does not wait for a host that is gone', async () => {
  const proxy = endsWithTest(await startProxy(sshd.port));
  const behind = endsWithTest(await connected(sshd, proxy.port));
  proxy.freeze();
  const startedAt = Date.now();
  await behind.close();
  expect(Date.now() - startedAt).toBeLessThan(500);
});

test('closing in the middle of a script ends the wait for it', async () => {
  const other = endsWithTest(await connected(sshd));
  const reply = expect(run(other, 'sleep 5')).rejects.toThrow(ConnectionLost);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await other.close();
  await reply;
});

/** Resets as soon as so many bytes have passed. */
function startCut(proxy: { readonly received: number; reset(): void }, at: number): NodeJS.Timeout {
  return setInterval(() => {
    if (proxy.received >= at) proxy.reset();
  }, 0);
}
