/** Becoming root by a real sudo, on a real sshd. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, Unreachable } from '../../src/connection/connection';
import { refusalOf } from '../../src/connection/become';
import type { Become } from '../../src/model/host';
import { connector, eventually, knowing, run } from './connect';
import { isAlive, pidIn } from './processes';
import { type Sshd, startSshd } from './sshd';

jest.setTimeout(60_000);

const become: Become = { method: 'sudo', user: 'root' };

let sshd: Sshd;
let connection: Connection;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'wgpush-become-'));
  sshd = await startSshd();
  connection = await as(become);
});
afterAll(async () => {
  await connection.close();
  await sshd.stop();
  rmSync(directory, { recursive: true });
});

async function as(
  wanted: Become | undefined,
  more: { readonly at?: Sshd } = {},
): Promise<Connection> {
  const { at = sshd } = more;
  const connect = await connector(knowing(at));
  return connect({ ...at.login, become: wanted });
}

/** An sshd on which `sudo` is this shell script. */
async function withSudo(text: string, work: (there: Connection) => Promise<void>): Promise<void> {
  const bin = mkdtempSync(join(directory, 'bin-'));
  writeFileSync(join(bin, 'sudo'), `#!/bin/sh\n${text}\n`);
  chmodSync(join(bin, 'sudo'), 0o755);
  const other = await startSshd({
    config: [`SetEnv HOME=${directory} PATH=${bin}:/usr/sbin:/usr/bin:/sbin:/bin`],
  });
  const there = await as(become, { at: other });
  await work(there);
  await there.close();
  await other.stop();
}

test('the script is run by sudo, as root, with its nonce', async () => {
  const reply = await run(connection, 'id -un; echo "$SUDO_COMMAND"; echo "$#"; exit 7');
  expect(reply.stdout.toString()).toMatch(/^root\n.*\/bin\/sh -s -- [0-9a-f]{16}\n1\n$/);
  expect(reply.exitCode).toBe(7);
});

test('without become there is no sudo', async () => {
  const plain = await as(undefined);
  expect((await run(plain, 'echo "[$SUDO_COMMAND]"')).stdout.toString()).toBe('[]\n');
  await plain.close();
});

test('the path of the session survives, because the firewall must leave it open', async () => {
  const { stdout } = await run(connection, 'echo "$SSH_CONNECTION"');
  expect(stdout.toString()).toMatch(/^127\.0\.0\.1 \d+ 127\.0\.0\.1 \d+\n$/);
  expect(
    stdout
      .toString()
      .trim()
      .endsWith(` ${String(sshd.port)}`),
  ).toBe(true);
});

test('a script that takes too long is ended although root runs it', async () => {
  const file = join(directory, 'pid');
  const late = run(connection, `echo $$ >${file}; exec sleep 60`, 1000);
  await expect(late).rejects.toThrow(/did not end within 1 s/);
  expect(await eventually(() => !isAlive(pidIn(file)))).toBe(true);
});

test('a sudo that asks for a password runs nothing, and says what to do', async () => {
  await withSudo('echo "sudo: a password is required" >&2; exit 1', async (there) => {
    const refused = run(there, `touch ${directory}/never`);
    await expect(refused).rejects.toThrow(Unreachable);
    await expect(refused).rejects.toThrow(
      /can't become root on 127\.0\.0\.1:\d+: sudo: a password is required; .* NOPASSWD/,
    );
  });
});

test('what a script of root says about sudo is its own business', async () => {
  const reply = await run(
    connection,
    'echo begun; echo "sudo: a password is required" >&2; exit 1',
  );
  expect(reply).toMatchObject({ exitCode: 1 });
});

test.each([
  ['', 'sh: 1: exec: sudo: not found', 127, /^there is no sudo/],
  ['', 'env: ‘sudo’: No such file or directory', 127, /^there is no sudo/],
  ['', 'sudo: sorry, you must have a tty to run sudo', 1, /tty .* NOPASSWD/],
  ['', 'sudo: anna is not in the sudoers file', 1, /^sudo: anna is not in the sudoers file$/],
  ['', 'main: 3: foo: not found', 127, undefined],
  ['begun', 'sudo: a password is required', 1, undefined],
  ['', 'sudo: unable to resolve host web-1', 0, undefined],
])('stdout "%s" and stderr "%s" mean %s: %s', (stdout, stderr, code, why) => {
  const found = refusalOf(Buffer.from(stdout), stderr, code);
  if (why === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(why);
});
