import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authHandler, newAttempt } from '../../src/connection/attempt';
import { Unreachable } from '../../src/connection/connection';
import type { Login } from '../../src/model/host';
import { by, connector, type ConnectorOptions, knowing, run, testOnly } from './connect';
import { endsWithTest } from './endings';
import { fingerprintOf, newKey, type Sshd, startSshd } from './sshd';

jest.setTimeout(60_000);

let sshd: Sshd;
let identity: string;
let home: string;

beforeAll(async () => {
  sshd = await startSshd();
  identity = sshd.login.identityFile ?? '';
});
afterAll(() => sshd.stop());
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'wgpush-home-'));
  mkdirSync(join(home, '.ssh'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

describe('the identity file of the login', () => {
  test('is used, also by a name that begins with the home directory', async () => {
    copyFileSync(identity, join(home, '.ssh', 'mine'));
    await logsIn({ identityFile: '~/.ssh/mine' });
  });

  test.each(['rsa', 'ecdsa', 'ed25519'] as const)('may be an %s key', async (type) => {
    const file = newKey(join(home, 'key'), type);
    const own = endsWithTest(await startSshd({ config: [`AuthorizedKeysFile ${file}.pub`] }));
    const connect = await connector(knowing(own));
    endsWithTest(await connect({ ...own.login, identityFile: file }));
  });

  test('may be an RSA key in PEM format', async () => {
    const file = newKey(join(home, 'key'), 'rsa', '-m', 'PEM');
    const own = endsWithTest(await startSshd({ config: [`AuthorizedKeysFile ${file}.pub`] }));
    const connect = await connector(knowing(own));
    endsWithTest(await connect({ ...own.login, identityFile: file }));
  });

  test('is the only key that is offered', async () => {
    copyFileSync(identity, join(home, '.ssh', 'id_ed25519'));
    const file = newKey(join(home, 'key'), 'ed25519');
    await isRefused(
      { identityFile: file },
      `login refused for ${sshd.login.user}@127.0.0.1:${String(sshd.port)} with ${file} ` +
        `(ssh-ed25519 ${fingerprintOf(file)})`,
    );
  });

  test('is offered only once', async () => {
    const file = newKey(join(home, 'key'), 'ed25519');
    const before = sshd.log().length;
    await isRefused({ identityFile: file }, 'login refused');
    expect(
      sshd
        .log()
        .slice(before)
        .match(/Failed publickey/g),
    ).toHaveLength(1);
  });

  testOnly('in-process', 'is read once per run', async () => {
    const file = join(home, 'key');
    copyFileSync(identity, file);
    const connect = await connector(knowing(sshd));
    endsWithTest(await connect({ ...sshd.login, identityFile: file }));
    rmSync(file);
    endsWithTest(await connect({ ...sshd.login, identityFile: file }));
  });

  test('that does not exist is named', async () => {
    await isRefused({ identityFile: '/no/key' }, 'the identity file /no/key does not exist');
  });

  test('that cannot be read is named, with the reason', async () => {
    await isRefused({ identityFile: home }, /^the identity file .* can't be used: EISDIR/);
  });

  test.each([
    ['no key at all', 'hello\n', /can't be used: it is no private key in OpenSSH or PEM format/],
    ['half a key', 'half', /can't be used: /],
    ['a public key', 'public', /is a public key and no ssh-agent holds it: run ssh-add /],
  ])('that holds %s is named', async (_, kind, message) => {
    const file = join(home, 'bad');
    copyFileSync(kind === 'public' ? `${identity}.pub` : identity, file);
    if (kind === 'hello\n') writeFileSync(file, kind);
    if (kind === 'half') execFileSync('sed', ['-i', '3,4d', file]);
    await isRefused({ identityFile: file }, message);
  });

  test('that is encrypted needs the agent, and the message says how', async () => {
    const file = newKey(join(home, 'key'), 'ed25519', '-N', 'secret');
    const message = `the identity file ${file} is encrypted and no ssh-agent holds it: run ssh-add ${file}`;
    await isRefused({ identityFile: file }, message);
    const pem = newKey(join(home, 'pem'), 'rsa', '-m', 'PEM', '-N', 'secret');
    await isRefused({ identityFile: pem }, /is encrypted and no ssh-agent holds it/);
  });
});

describe('without an identity file', () => {
  test('the default keys are tried, in their order', async () => {
    newKey(join(home, '.ssh', 'id_ed25519'), 'ed25519');
    newKey(join(home, '.ssh', 'id_ecdsa'), 'ecdsa');
    copyFileSync(identity, join(home, '.ssh', 'id_rsa'));
    const before = sshd.log().length;
    await logsIn({ identityFile: undefined });
    expect(
      sshd
        .log()
        .slice(before)
        .match(/(Failed|Accepted) publickey.*(ED25519|ECDSA)/g),
    ).toEqual([
      expect.stringMatching(/^Failed .* ED25519$/),
      expect.stringMatching(/^Failed .* ECDSA$/),
      expect.stringMatching(/^Accepted .* ED25519$/),
    ]);
  });

  test('and without any key there is nothing to try', async () => {
    await isRefused(
      { identityFile: undefined },
      'no key to log in with: no identity file is set, no ssh-agent answers, and no default key can be used',
    );
  });

  test('a default key that is encrypted is passed over, and the message says so', async () => {
    const encrypted = newKey(join(home, '.ssh', 'id_ed25519'), 'ed25519', '-N', 'secret');
    newKey(join(home, '.ssh', 'id_ecdsa'), 'ecdsa');
    await isRefused(
      { identityFile: undefined },
      new RegExp(
        // ssh offers the public half of what it can't read.
        `^login refused for .* with ${by({ 'in-process': '', openssh: `${encrypted} .*, ` })}` +
          `${home}/.ssh/id_ecdsa .*; ${encrypted} is encrypted: run ssh-add`,
      ),
    );
  });
});

describe('an agent', () => {
  let agent: { socket: string; pid: number };
  beforeEach(() => {
    const output = execFileSync('ssh-agent', ['-s', '-a', join(home, 'agent')], {
      encoding: 'utf8',
    });
    agent = { socket: join(home, 'agent'), pid: Number(/SSH_AGENT_PID=(\d+)/.exec(output)?.[1]) };
  });
  afterEach(() => {
    process.kill(agent.pid);
  });
  const add = (file: string, ...options: readonly string[]): void => {
    chmodSync(file, 0o600);
    const environment = { ...process.env, SSH_AUTH_SOCK: agent.socket };
    execFileSync('ssh-add', ['-q', ...options, file], { env: environment, stdio: 'pipe' });
  };

  test('that holds the key logs in', async () => {
    add(identity);
    await logsIn({ identityFile: undefined }, { agentSocket: agent.socket });
  });

  test('that holds another key leaves it to the default keys', async () => {
    add(newKey(join(home, 'other'), 'rsa'));
    copyFileSync(identity, join(home, '.ssh', 'id_ed25519'));
    await logsIn({ identityFile: undefined }, { agentSocket: agent.socket });
  });

  test('that holds a default key too is the only one to offer it', async () => {
    const file = newKey(join(home, '.ssh', 'id_ed25519'), 'ed25519');
    add(file);
    const before = sshd.log().length;
    await isRefused(
      { identityFile: undefined },
      new RegExp(`^login refused for .* with ssh-ed25519 SHA256:\\S+ of the ssh-agent$`),
      { agentSocket: agent.socket },
    );
    expect(
      sshd
        .log()
        .slice(before)
        .match(/Failed publickey/g),
    ).toHaveLength(1);
  });

  test('that holds an encrypted identity file signs with it, and with no other', async () => {
    const clear = join(home, 'clear');
    copyFileSync(identity, clear);
    add(newKey(join(home, 'first'), 'ed25519'));
    add(clear);
    execFileSync('ssh-keygen', ['-q', '-p', '-N', 'secret', '-f', clear], { stdio: 'pipe' });
    const before = sshd.log().length;
    await logsIn({ identityFile: clear }, { agentSocket: agent.socket });
    expect(sshd.log().slice(before)).not.toMatch(/Failed publickey/);
  });

  test('that is empty is as good as none', async () => {
    copyFileSync(identity, join(home, '.ssh', 'id_ed25519'));
    await logsIn({ identityFile: undefined }, { agentSocket: agent.socket });
  });

  test('that does not answer is as good as none', async () => {
    copyFileSync(identity, join(home, '.ssh', 'id_ed25519'));
    await logsIn({ identityFile: undefined }, { agentSocket: join(home, 'nobody') });
  });

  test('that will not sign is named', async () => {
    // It asks somebody for each signature, and here there is nobody.
    add(identity, '-c');
    await isRefused(
      { identityFile: undefined },
      by({
        'in-process': /of the ssh-agent; the ssh-agent did not sign: Agent responded with failure$/,
        openssh: /of the ssh-agent; the ssh-agent did not sign: agent refused operation$/,
      }),
      { agentSocket: agent.socket },
    );
  });

  test('that accepts and says nothing is named as the culprit', async () => {
    const silent = createServer((socket) => socket.unref());
    await new Promise<void>((resolve) => silent.listen(join(home, 'silent'), resolve));
    const options = { agentSocket: join(home, 'silent'), connectTimeoutMs: 1000 };
    const message = by<string | RegExp>({
      'in-process': 'the ssh-agent does not answer within 1 s',
      // ssh does not tell what it waits for.
      openssh: /^connection to \S+ timed out after 1 s, during the login$/,
    });
    await isRefused({ identityFile: undefined }, message, options);
    // Where the key is in a file, nobody asks it, but ssh does.
    if (by({ 'in-process': true, openssh: false })) await logsIn({}, options);
    silent.close();
  });

  test('with more keys than the host takes is told so', async () => {
    for (let n = 0; n < 7; n += 1) add(newKey(join(home, `key${String(n)}`), 'ed25519'));
    await isRefused(
      { identityFile: undefined },
      /^login refused for .*; Too many authentication failures/,
      { agentSocket: agent.socket },
    );
  });
});

describe('a host that takes no keys', () => {
  test('is not bothered with a second one', () => {
    const attempt = newAttempt(sshd.login, 1000);
    const next = authHandler(attempt, {
      offered: ['one', 'two'].map((user) => ({
        method: { type: 'publickey', username: user, key: '' },
        description: '',
      })),
      passedOver: [],
    });
    expect(next(null, null)).toMatchObject({ username: 'one' });
    expect(next(['password'], false)).toBe(false);
  });

  test('is told from one that refuses this key', async () => {
    const own = endsWithTest(
      await startSshd({ config: ['PubkeyAuthentication no', 'PasswordAuthentication yes'] }),
    );
    const attempt = (await connector(knowing(own)))(own.login);
    await expect(attempt).rejects.toThrow(/; the host accepts no keys, only password$/);
  });

  test('or wants more than a key is told from it too', async () => {
    const config = ['AuthenticationMethods publickey,password', 'PasswordAuthentication yes'];
    const own = endsWithTest(await startSshd({ config }));
    const attempt = (await connector(knowing(own)))(own.login);
    await expect(attempt).rejects.toThrow(
      /: the key is accepted, but the host asks for password too$/,
    );
  });
});

test('a user that the host does not know is refused', async () => {
  await isRefused({ user: 'nobody-here' }, /^login refused for nobody-here@127\.0\.0\.1:\d+ with /);
});

describe('a banner before the login', () => {
  test('is no part of any answer', async () => {
    writeFileSync(join(home, 'banner'), 'Authorized\nuse only\n');
    const own = endsWithTest(await startSshd({ config: [`Banner ${join(home, 'banner')}`] }));
    const connection = endsWithTest(await (await connector(knowing(own)))(own.login));
    expect((await run(connection, 'echo in')).stdout.toString()).toBe('in\n');
  });

  test('is quoted where the login is refused, safe for a terminal', async () => {
    writeFileSync(join(home, 'banner'), 'Account \x1b[31mexpired\n\nask Bob\n');
    const own = endsWithTest(await startSshd({ config: [`Banner ${join(home, 'banner')}`] }));
    const attempt = (await connector(knowing(own)))({ ...own.login, user: 'nobody-here' });
    await expect(attempt).rejects.toThrow(/; the host says: Account .*expired \| ask Bob$/);
    await expect(attempt).rejects.not.toThrow(/\x1b/);
  });
});

async function logsIn(login: Partial<Login>, options: ConnectorOptions = {}): Promise<void> {
  const connect = await connector(knowing(sshd), { home, ...options });
  const connection = endsWithTest(await connect({ ...sshd.login, ...login }));
  expect((await run(connection, 'echo in')).stdout.toString()).toBe('in\n');
}

async function isRefused(
  login: Partial<Login>,
  message: string | RegExp,
  options: ConnectorOptions = {},
): Promise<void> {
  const connect = await connector(knowing(sshd), { home, ...options });
  const attempt = connect({ ...sshd.login, ...login });
  await expect(attempt).rejects.toThrow(Unreachable);
  await expect(attempt).rejects.toThrow(message);
}
