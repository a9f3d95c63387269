/** Becoming root by a real sudo, on a real sshd. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { type Connection, Unreachable } from '../../src/connection/connection';
import { openBecomePasswords, type Verdict } from '../../src/connection/become-passwords';
import type { Become } from '../../src/model/host';
import { secret } from '../../src/model/secret';
import { quoted } from '../../src/model/shell';
import { connector, eventually, knowing, run } from './connect';
import { endsWithTest } from './endings';
import { isAlive, pidIn } from './processes';
import { type Sshd, startSshd } from './sshd';

jest.setTimeout(60_000);

const become: Become = { method: 'sudo', user: 'root', password: undefined };

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
  more: { readonly at?: Sshd; readonly password?: string } = {},
): Promise<Connection> {
  const { at = sshd, password } = more;
  const ofRun = password === undefined ? undefined : secret(password);
  const connect = await connector(knowing(at), { becomePasswords: openBecomePasswords(ofRun) });
  return connect({ ...at.login, become: wanted });
}

/** An sshd on which `sudo` is this shell script, and a connection to it. */
async function withSudo(
  text: string,
  work: (there: Connection, at: Sshd) => Promise<void>,
  password?: string,
): Promise<void> {
  const home = mkdtempSync(join(directory, 'home-'));
  writeFileSync(join(home, 'sudo'), `#!/bin/sh\n${text}\n`);
  chmodSync(join(home, 'sudo'), 0o755);
  const trace = password === undefined ? '' : '; set -x';
  writeFileSync(join(home, '.bashrc'), `echo welcome${trace}\n`);
  const at = await startSshd({
    config: [`SetEnv HOME=${home} PATH=${home}:/usr/sbin:/usr/bin:/sbin:/bin`],
  });
  endsWithTest(at);
  const there = await as(become, { at, ...(password === undefined ? {} : { password }) });
  await work(endsWithTest(there), at);
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

test('noise of start-up files is no obstacle, with a refusal neither', async () => {
  writeFileSync(join(directory, '.bashrc'), 'echo welcome; echo "sudo: noise" >&2; set -x\n');
  const other = endsWithTest(
    await startSshd({ config: [`SetEnv HOME=${directory} PATH=/usr/sbin:/usr/bin:/sbin:/bin`] }),
  );
  const there = endsWithTest(await as(become, { at: other }));
  expect((await run(there, 'id -un')).stdout.toString()).toBe('root\n');
});

const words = {
  asking: 'sudo: a password is required',
  rs: 'sudo: interactive authentication is required',
  tty: 'sudo: sorry, you must have a tty to run sudo',
  nobody: 'anna is not in the sudoers file.',
  rule: "Sorry, user anna is not allowed to execute '/usr/bin/env' as root on web-1.",
};

test.each([
  ['echo welcome', words.asking, 1, /sudo: a password is required; give it by --ask-become-pass/],
  [':', words.rs, 1, /interactive authentication is required; give it by --ask-become-pass/],
  [':', words.tty, 1, /tty to run sudo; .*"Defaults:\S+ !requiretty"/],
  [':', words.nobody, 1, /: anna is not in the sudoers file\.$/],
  [
    ':',
    `sudo: unable to resolve host web-1\n${words.rule}`,
    1,
    /: Sorry, user anna is not allowed/,
  ],
  [':', 'sh: 1: exec: sudo: not found', 127, /there is no sudo; log in as root/],
  ['echo This account is currently not available.', '', 1, /: This account is currently not/],
  [':', '', 3, /: it ends with exit code 3$/],
])('where sudo does { %s } and says %j, nothing is run', async (noise, said, code, message) => {
  const text = `${noise}; printf '%s' ${quoted(said)} >&2; exit ${String(code)}`;
  await withSudo(text, async (there) => {
    const refused = run(there, `touch ${directory}/never`);
    await expect(refused).rejects.toThrow(Unreachable);
    await expect(refused).rejects.toThrow(/can't become root on 127\.0\.0\.1:\d+: /);
    await expect(refused).rejects.toThrow(message);
  });
});

test('what a script of root says about sudo is its own business', async () => {
  const reply = await run(connection, `echo "${words.asking}" >&2; exit 1`);
  expect(reply).toMatchObject({ exitCode: 1 });
});

describe('with a password', () => {
  const password = 'open sesame';
  let given: string;
  beforeEach(() => {
    given = join(mkdtempSync(join(directory, 'given-')), 'lines');
  });
  const guesses = () => (existsSync(given) ? readFileSync(given, 'utf8').trim().split('\n') : []);

  /** As sudo asks: so many times, in two pieces. What it is given is written down. */
  const asking = (tries = 3) => `
while [ "\${1#-}" != "$1" ]; do [ "$1" != -p ] || prompt=$2; [ "$1" = -S ] || shift; shift; done
try=0
while [ $try -lt ${String(tries)} ]; do
  try=$((try + 1))
  printf %s "\${prompt%%%*}ro" >&2; sleep 0.1; printf 'ot' >&2
  IFS= read -r line || break
  echo "$line" >>${given}
  [ "$line" != '${password}' ] || exec "$@"
  echo "Sorry, try again: not $line." >&2
done
echo "sudo: $try incorrect password attempts with $line" >&2
exit 1`;
  const neverAsking = asking(0).replace('try=0', 'exec "$@"');

  test('it is given when it is asked for, and the script when root is there', async () => {
    const work = async (there: Connection): Promise<void> => {
      for (const text of ['first', 'second']) {
        const { stdout } = await run(there, `echo ${text}; cat; id -un`);
        expect(stdout.toString()).toBe(`${text}\nroot\n`);
      }
    };
    await withSudo(asking(), work, password);
    expect(guesses()).toEqual([password, password]);
  });

  test('it is not given to a shell where nobody asks', async () => {
    const work = async (there: Connection): Promise<void> => {
      const { stdout, stderr } = await run(there, 'id -un');
      expect(stdout.toString()).toBe('root\n');
      expect(stderr.toString()).not.toMatch(/open|sesame/);
    };
    await withSudo(neverAsking, work, password);
  });

  test('of the inventory counts before that of the run', async () => {
    await withSudo(
      asking(),
      async (_, at) => {
        const own = { ...become, password: secret(password) };
        const there = endsWithTest(await as(own, { at, password: 'of the run' }));
        expect((await run(there, 'id -un')).stdout.toString()).toBe('root\n');
      },
      'of the run',
    );
    expect(guesses()).toEqual([password]);
  });

  test.each([
    [3, /: sudo does not accept the password$/],
    [1, /: sudo does not accept the password$/],
  ])('that is wrong it is given once, where sudo asks %s times', async (tries, message) => {
    const never = join(directory, `never-${String(tries)}`);
    const work = async (there: Connection): Promise<void> => {
      const refused = run(there, `touch ${never}`);
      await expect(refused).rejects.toThrow(message);
      await expect(refused).rejects.not.toThrow(/wrong/);
      await expect(run(there, `touch ${never}`)).rejects.toThrow(/was refused before/);
    };
    await withSudo(asking(tries), work, 'wrong');
    expect(guesses()).toEqual(['wrong']);
    expect(existsSync(never)).toBe(false);
  });

  test('that sudo repeats in its complaint it is hidden', async () => {
    const echo = asking(1).replace('incorrect password attempts', 'complaints');
    const work = async (there: Connection): Promise<void> => {
      await expect(run(there, ':')).rejects.toThrow(/sudo: 1 complaints with \(hidden\)$/);
    };
    await withSudo(echo, work, 'wrong');
  });
});

describe('a password that nobody has accepted yet', () => {
  const offers = (right: (place: string) => Verdict) => {
    const asked: string[] = [];
    const passwords = openBecomePasswords(undefined);
    const all = Array.from({ length: 20 }, (_, index) =>
      passwords.offer(secret('x'), 'anna', `host-${String(index)}`, async () => {
        asked.push(`host-${String(index)}`);
        await new Promise((resolve) => setTimeout(resolve, 1));
        return right(`host-${String(index)}`);
      }),
    );
    return { asked, verdicts: Promise.all(all), passwords };
  };

  test('is withheld after two refusals', async () => {
    const { asked, verdicts } = offers(() => 'refused');
    expect((await verdicts).filter((each) => each === 'withheld')).toHaveLength(18);
    expect(asked).toHaveLength(2);
  });

  test('is given to all when one has accepted it, and never again to who has refused it', async () => {
    const { asked, verdicts, passwords } = offers((place) =>
      place === 'host-0' ? 'refused' : 'accepted',
    );
    expect((await verdicts).filter((each) => each === 'accepted')).toHaveLength(19);
    expect(asked).toHaveLength(20);
    const again = (place: string) =>
      passwords.offer(secret('x'), 'anna', place, () => Promise.resolve('accepted'));
    expect(await again('host-0')).toBe('withheld');
    expect(await again('host-1')).toBe('accepted');
  });

  test('is tried on the next where a host says neither', async () => {
    const { asked, verdicts } = offers(() => undefined);
    expect(new Set(await verdicts)).toEqual(new Set([undefined]));
    expect(asked).toHaveLength(20);
  });
});

test('a password is hidden from whatever prints it', () => {
  const hiding = secret('open sesame');
  expect([JSON.stringify({ hiding }), String(hiding), inspect(hiding)].join()).not.toMatch(
    /open|sesame/,
  );
  expect(hiding.reveal()).toBe('open sesame');
});
