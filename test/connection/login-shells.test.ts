/** Login shells of every kind, on a real sshd. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBecomePasswords } from '../../src/connection/become-passwords';
import { type Connection, Unreachable } from '../../src/connection/connection';
import { byLoginShell } from '../../src/connection/login-shell';
import type { Become } from '../../src/model/host';
import { connected, connector, knowing, run } from './connect';
import { endsWithTest } from './endings';
import { startLibraryServer } from './library-server';
import { type Sshd, startSshd } from './sshd';

jest.setTimeout(60_000);

const byRoot: Become = { method: 'sudo', user: 'root', password: undefined };

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'wgpush-shells-'));
  mkdirSync(join(home, '.config/fish'), { recursive: true });
  const noise = 'echo welcome; echo to the machine 1>&2';
  writeFileSync(join(home, '.zshenv'), `${noise} 2>&1; setopt xtrace\n`);
  writeFileSync(join(home, '.tcshrc'), 'echo welcome\nset echo verbose backslash_quote\n');
  writeFileSync(join(home, '.config/fish/config.fish'), `${noise}\nset -g fish_trace 1\n`);
});
afterAll(() => {
  rmSync(home, { recursive: true });
});

/** An sshd that gives every command to this shell, as if it were the user's. */
async function sshdWith(shell: string): Promise<Sshd> {
  const config = [`SetEnv HOME=${home}`, `ForceCommand exec ${shell} -c "$SSH_ORIGINAL_COMMAND"`];
  return endsWithTest(await startSshd({ config }));
}

async function connectedBy(shell: string): Promise<Connection> {
  return endsWithTest(await connected(await sshdWith(shell)));
}

const shells = ['sh', 'bash -xv', 'busybox sh', 'fish', 'tcsh', 'csh', 'zsh'].filter((shell) => {
  const [name = ''] = shell.split(' ');
  const isThere = spawnSync(name, ['-c', 'exit']).error === undefined;
  if (!isThere) process.stderr.write(`SKIPPED: there is no ${name} on this machine\n`);
  return isThere;
});

describe.each(shells)('where the login shell is %s', (shell) => {
  test('the script is run by sh, and nothing but its answer comes back', async () => {
    const there = await connectedBy(shell);
    const script = 'echo "$0 $#"; echo "$SSH_CONNECTION"; printf "%s" "\\$HOME"; exit 7';
    const reply = await run(there, script);
    expect(reply.stdout.toString()).toMatch(/^\/bin\/sh 1\n127\.0\.0\.1 \d+ 127.+\d+\n\$HOME$/);
    expect(reply.exitCode).toBe(7);
  });

  test('so it is as root', async () => {
    const at = await sshdWith(shell);
    const connect = await connector(knowing(at), {
      becomePasswords: openBecomePasswords(undefined),
    });
    const there = endsWithTest(await connect({ ...at.login, become: byRoot }));
    const reply = await run(there, 'echo "$SUDO_USER $SSH_CONNECTION"; cat; exit 7');
    expect(reply.stdout.toString()).toMatch(/^\w+ 127\.0\.0\.1 \d+ 127.+\d+\n$/);
    expect(reply.exitCode).toBe(7);
  });
});

test.each([
  ['/usr/sbin/nologin', /exit code 1: This account is currently not available; let it be a shell/],
  ['/bin/false', /ended with exit code 1; let it be a shell \(chsh -s \/bin\/sh /],
  ['/no/such/shell', /exit code 12[67]: .*\/no\/such\/shell: No such file or directory; /],
  ["sh -c 'kill -9 $$'", /ended with signal SIGKILL; /],
  ["sh -c 'echo 1 up; echo 2 down; read -r choice; echo no'", /exit code 0: no; .*ForceCommand/],
  ['echo', /exit code 0: -c exec \/bin\/sh -c 'echo /],
])('a login shell that is %s runs nothing, and the host is unreachable', async (shell, message) => {
  const there = await connectedBy(shell);
  const refused = run(there, `touch ${home}/never`);
  await expect(refused).rejects.toThrow(Unreachable);
  await expect(refused).rejects.toThrow(
    /^\w+'s login shell on 127\.0\.0\.1:\d+ ran nothing and ended with /,
  );
  await expect(refused).rejects.toThrow(message);
  expect(existsSync(join(home, 'never'))).toBe(false);
});

test('a login shell that is too slow is unreachable, and runs nothing afterwards', async () => {
  const slow = `trap '' PIPE; sleep 1.5; touch ${home}/awake; exec sh "$@"`;
  writeFileSync(join(home, 'slow'), `${slow}\n`);
  const there = await connectedBy(`sh ${home}/slow`);
  const late = run(there, `touch ${home}/never`, 1000);
  await expect(late).rejects.toThrow(Unreachable);
  await expect(late).rejects.toThrow(/'s login shell on 127\.0\.0\.1:\d+ did not begin within 1 s/);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(existsSync(join(home, 'awake'))).toBe(true);
  expect(existsSync(join(home, 'never'))).toBe(false);
});

test('how long a login shell takes is told, and what the script takes is no part of it', async () => {
  const slow = `sleep 0.7; exec sh "$@"`;
  writeFileSync(join(home, 'slow'), `${slow}\n`);
  const there = await connectedBy(`sh ${home}/slow`);
  const { loginShellMs } = await run(there, 'sleep 0.5');
  expect(loginShellMs).toBeGreaterThanOrEqual(700);
  expect(loginShellMs).toBeLessThan(1200);
});

test('a login shell that prints the command in its own way is not taken for sh', async () => {
  const host = endsWithTest(
    await startLibraryServer((channel, command) => {
      channel.write(`${command}\n${command.replaceAll(' ', '\n')}\n`);
      channel.exit(1);
      channel.end();
    }),
  );
  const { login } = endsWithTest(await startSshd());
  const there = endsWithTest(await host.connected(login.identityFile ?? ''));
  await expect(run(there, 'true')).rejects.toThrow(/'s login shell on .* ran nothing and /);
});

test('what shells read differently is never sent', () => {
  for (const text of ["'", '!', '\\', '\n']) {
    expect(() => byLoginShell(`echo ${text}`, 'abc')).toThrow('in its own way');
    expect(() => byLoginShell('sh -c "$0"', 'abc', `echo ${text}`)).toThrow('in its own way');
  }
});
