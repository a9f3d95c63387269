/** The passphrases of keys, typed on a real terminal. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openKeyring } from '../../src/connection/credentials';
import { secret } from '../../src/model/secret';
import { newKey, type Sshd, startSshd } from '../connection/sshd';
import { directoryOf } from '../inventory/directory';
import { runIn } from './program';

jest.setTimeout(120_000);

const directory = directoryOf({
  'inventory/prod/hosts.yaml':
    'all: { hosts: { x: { wg_endpoint: none }, y: { wg_endpoint: 203.0.113.1 } } }',
});
const env = { PATH: process.env['PATH'], HOME: directory, TERM: 'xterm' };
let sshd: Sshd;
let key: string;

beforeAll(async () => {
  mkdirSync(path.join(directory, '.ssh'));
  key = newKey(path.join(directory, 'key'), 'ed25519', '-N', 'open sesame');
  sshd = await startSshd({ config: [`AuthorizedKeysFile ${key}.pub`] });
  const port = String(sshd.port);
  // Two hosts for wgpush; the other one refuses.
  writeFileSync(
    path.join(directory, '.ssh/config'),
    `Host x y\n  HostName 127.0.0.1\n  IdentityFile ${key}\nHost x\n  Port ${port}\nHost y\n  Port 9\n`,
  );
  const known = `[127.0.0.1]:${port} ${sshd.publicKey('ed25519')}\n`;
  writeFileSync(path.join(directory, '.ssh/known_hosts'), known);
});
afterAll(() => sshd.stop());

const prompt = /Enter passphrase for key '[^']+': /g;

/** Types these at one prompt after the other. */
function typed(...answers: readonly string[]): Promise<{ code: number | null; screen: string }> {
  const program = path.join(__dirname, '../../bin/wgpush');
  const command = `'${process.execPath}' '${program}' status -i prod`;
  const child = spawn('script', ['-qefc', command, '/dev/null'], { cwd: directory, env });
  const left = [...answers];
  return new Promise((resolve) => {
    let screen = '';
    child.stdout.on('data', (piece: Buffer) => {
      const before = screen.match(prompt)?.length ?? 0;
      screen += piece.toString();
      if ((screen.match(prompt)?.length ?? 0) > before) {
        setTimeout(() => child.stdin.write(left.shift() ?? '\u0004'), 200);
      }
    });
    child.on('close', (code) => {
      resolve({ code, screen });
    });
  });
}

test('it is asked for once for all hosts, and not shown', async () => {
  const before = sshd.log().length;
  const { screen } = await typed('wrong\r', 'open sesame\r');
  expect(screen.match(prompt)).toHaveLength(2);
  expect(screen).not.toMatch(/sesame|wrong/);
  expect(sshd.log().slice(before)).toContain('Accepted publickey');
});

test('after three that are wrong the host is told to be unreachable, and why', async () => {
  const { code, screen } = await typed('a\r', 'b\r', 'c\r');
  expect(screen.match(prompt)).toHaveLength(3);
  expect(screen.replaceAll(/\s+/g, ' ')).toContain('is encrypted: run ssh-add');
  expect(code).toBe(4);
});

test('Enter leaves it locked, and Ctrl-C ends the run', async () => {
  const { code, screen } = await typed('\r');
  expect([code, screen.match(prompt)?.length]).toEqual([4, 1]);
  const ended = await typed('\u0003');
  expect(ended.screen).toContain('wgpush: no passphrase was given');
  expect(ended.code).toBe(1);
});

test('without a terminal nobody is asked', async () => {
  const { code, stdout, stderr } = await runIn(directory, ['status', '-i', 'prod'], env);
  expect(stdout + stderr).toContain('is encrypted: run ssh-add');
  expect(stdout + stderr).not.toMatch(prompt);
  expect(code).toBe(4);
});

test('a key is asked for only where there is no other to offer', async () => {
  const login = { ...sshd.login, identityFile: undefined };
  const home = path.join(directory, 'home');
  mkdirSync(path.join(home, '.ssh'), { recursive: true });
  const keyring = () => openKeyring({ home, agentSocket: undefined });
  expect(await keyring().locked(login)).toEqual([]);
  const locked = newKey(path.join(home, '.ssh/id_ed25519'), 'ed25519', '-N', 'open sesame');
  const own = keyring();
  expect(await own.locked(login)).toEqual([locked]);
  expect(await own.unlock(locked, secret('wrong'))).toBe(false);
  expect(await own.unlock(locked, secret('open sesame'))).toBe(true);
  expect(await own.locked(login)).toEqual([]);
  newKey(path.join(home, '.ssh/id_rsa'), 'rsa');
  expect(await keyring().locked(login)).toEqual([]);
  expect(await keyring().locked({ ...login, identityFile: locked })).toEqual([locked]);
});
