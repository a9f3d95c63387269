/** Facts asked for real, where the machine allows it without being a lab host. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type Answer, type Fact, UnexpectedAnswer } from '../../src/facts/fact';
import { commandResult } from '../../src/facts/command-result';
import { listeners } from '../../src/facts/listeners';
import { occupiedNetworks } from '../../src/facts/occupied-networks';
import { pathState } from '../../src/facts/path-state';
import { peerReplies } from '../../src/facts/peer-replies';
import { sshPath } from '../../src/facts/ssh-path';
import { sysctlPath, sysctlValues } from '../../src/facts/sysctl-values';
import { textFile } from '../../src/facts/text-file';
import { unitStart } from '../../src/facts/unit-start';
import { wireguardFile } from '../../src/facts/wireguard-file';
import { wireguardKey } from '../../src/facts/wireguard-key';
import { sh } from '../../src/model/shell';
import { keyOf } from '../model/fleet';
import { listening, portOf } from './listening-server';
import { askAlone, freshDirectory, posixShell, runWith, type Shell, shells } from './shell';

function ask<T>(fact: Fact<T>, options: { readonly uid?: number; readonly path?: string } = {}): T {
  return fact.parse(askAlone(fact.question, options));
}

describe('a file that may not be looked at is not taken for one that is absent', () => {
  const directory = join(freshDirectory(), 'closed');
  mkdirSync(directory);
  const file = join(directory, 'file');
  writeFileSync(file, 'PrivateKey = x\n');
  // Root may look at everything, so a nobody has to ask.
  const uid = process.getuid?.() === 0 ? 65_534 : undefined;

  it.each<[string, Fact<unknown>]>([
    ['a text file', textFile(file)],
    ['a path', pathState(file)],
    ['the WireGuard configuration', wireguardFile(file, file)],
    ['the WireGuard key', wireguardKey(file, `${file}.conf`)],
  ])('%s', (_, fact) => {
    chmodSync(directory, 0);
    const answer = askAlone(fact.question, uid === undefined ? {} : { uid });
    chmodSync(directory, 0o700);
    expect(() => fact.parse(answer)).toThrow(UnexpectedAnswer);
  });
});

describe('a text file', () => {
  const path = join(freshDirectory(), 'a file');

  it.each([
    ['a text', 'one\ntwo\n', 'one\ntwo\n'],
    ['no line feed at its end', 'one', 'one\n'],
    ['the word that ends the answer', 'one\nend\n', 'one\nend\n'],
    ['the word for no file', 'absent\n', 'absent\n'],
    ['nothing', '', '\n'],
  ])('with %s', (_, text, read) => {
    writeFileSync(path, text);
    expect(ask(textFile(path))).toBe(read);
  });

  it('that is not there', () => {
    expect(ask(textFile(`${path}.gone`))).toBeUndefined();
  });

  it('that is a directory is an error', () => {
    expect(() => ask(textFile(freshDirectory()))).toThrow('cannot read');
  });
});

describe('a path', () => {
  const directory = freshDirectory();
  const path = join(directory, 'a path');
  const at = (shell: Shell) => {
    // As a questionnaire does it: a shell keeps no NUL.
    const asked = sh`said=$(${pathState(path).question}) || exit; printf %s "$said"`;
    const { stdout, exitCode } = runWith(shell, asked.text, '');
    const said = stdout.toString();
    return pathState(path).parse({ exitCode: exitCode ?? -1, stdout: said, stderr: '' });
  };
  const me = { owner: userInfo().username, group: expect.any(String) as string };

  beforeEach(() => {
    rmSync(path, { recursive: true, force: true });
  });

  describe.each(shells())('%s', (_, shell) => {
    it.each([
      ['a text', 'one\ntwo\n'],
      ['no line feed at its end', 'one'],
      ['line feeds at its end', 'one\n\n\n'],
      ['nothing', ''],
      ['one line feed', '\n'],
      ['the word that ends the answer', 'the end'],
      ['that word on a line', 'end\nend\n'],
      ['characters of several bytes', 'grüße 日本 😀\n'],
      ['a byte order mark', '\ufeffone\n'],
      ['backslashes and percent signs', String.raw`a\n%s\\`],
      ['as much as may be', 'x'.repeat(65_536)],
    ])('a file with %s is read exactly', (_title, text) => {
      writeFileSync(path, text, { mode: 0o640 });
      const { mtimeMs } = statSync(path);
      const found = at(shell);
      expect(found).toMatchObject({ ...me, kind: 'file', mode: '640', text });
      expect(found.kind === 'file' && found.writtenAt).toBeCloseTo(mtimeMs / 1000, 2);
    });

    it.each([
      ['is too long', Buffer.alloc(65_537, 'x')],
      ['holds a NUL', Buffer.from('a\0b')],
      ['is no UTF-8', Buffer.from([0x61, 0xff, 0x62])],
      ['holds half a character', Buffer.from('grüße').subarray(0, 3)],
    ])('a file that %s has no text', (_title, bytes) => {
      writeFileSync(path, bytes);
      expect(at(shell)).toMatchObject({ kind: 'file', text: undefined, bytes: bytes.length });
    });

    it('an empty directory is told from one with something in it', () => {
      mkdirSync(path, { mode: 0o750 });
      expect(at(shell)).toEqual({ ...me, kind: 'directory', mode: '750', isEmpty: true });
      writeFileSync(join(path, '.hidden'), '');
      expect(at(shell)).toMatchObject({ kind: 'directory', isEmpty: false });
    });

    it('a link is a link, wherever it leads', () => {
      for (const target of [directory, '/no/such/place', '/etc/hostname']) {
        rmSync(path, { force: true });
        symlinkSync(target, path);
        expect(at(shell)).toEqual({ kind: 'other', what: 'symbolic link' });
      }
    });

    it('a pipe is not waited for', () => {
      runWith(posixShell, sh`mkfifo ${path}`.text, '');
      expect(at(shell)).toEqual({ kind: 'other', what: 'fifo' });
    });

    it('nothing is nothing', () => {
      expect(at(shell)).toEqual({ kind: 'absent' });
    });
  });
});

describe('a command', () => {
  const end = (argv: readonly string[], seconds = 5) => ask(commandResult(argv, seconds));

  it.each<[string, readonly string[], number, string]>([
    ['both its outputs', ['sh', '-c', 'echo one; echo two >&2; exit 7'], 7, 'one\ntwo'],
    ['nothing', ['true'], 0, ''],
    ['no line feed at the end', ['printf', 'a'], 0, 'a'],
    ['what looks like an end', ['printf', 'x\\n0 end'], 0, 'x\n0 end'],
    ['its words as they are', ['printf', '%s', `it's $HOME; \`id\` *`], 0, `it's $HOME; \`id\` *`],
    ['an empty input', ['cat'], 0, ''],
  ])('says %s', (_, argv, exitCode, output) => {
    const found = end(argv);
    expect([found.exitCode, found.output.trimEnd()]).toEqual([exitCode, output]);
  });

  it('that does not exist is told from one that fails', () => {
    expect(end(['/no/such/command'])).toMatchObject({ exitCode: 127 });
    expect(end(['/no/such/command']).output).toContain('No such file');
  });

  it('is ended when it takes too long', () => {
    expect(end(['sleep', '30'], 1)).toEqual({ exitCode: 124, output: '' });
  });

  it('of endless words is heard to the end only', () => {
    const { exitCode, output } = end(['sh', '-c', 'yes | head -n 100000; echo last; exit 3']);
    expect([exitCode, output.length < 4097, output.trimEnd().endsWith('last')]).toEqual([
      3,
      true,
      true,
    ]);
  });
});

describe('who listens', () => {
  const tools = freshDirectory();

  it('is told with address, port and process', async () => {
    const server = await listening();
    const own = portOf(server);
    const found = ask(listeners())?.filter(({ port }) => port === own);
    server.close();
    // The names of processes are for root to know.
    const processes = process.getuid?.() === 0 ? [expect.any(String)] : [];
    expect(found).toEqual([{ protocol: 'tcp', address: '127.0.0.1', port: own, processes }]);
  });

  it('is not known where there is no ss', () => {
    symlinkSync('/bin/sh', join(tools, 'sh'));
    expect(ask(listeners(), { path: tools })).toBeUndefined();
  });

  it('is an error where ss fails', () => {
    writeFileSync(join(tools, 'ss'), '#!/bin/sh\necho no netlink >&2; exit 1\n', { mode: 0o755 });
    expect(() => ask(listeners(), { path: tools })).toThrow('no netlink');
  });
});

describe('of the networks of Docker', () => {
  const tools = freshDirectory();
  const fake = (name: string, script: string) => {
    writeFileSync(join(tools, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  };
  fake('ip', 'exit 0');
  for (const name of ['sh', 'sort']) symlinkSync(`/usr/bin/${name}`, join(tools, name));
  // The awk of busybox has no powers where it is built without mathematics, as Debian's is.
  const awks = ['mawk', 'busybox'].filter((name) => existsSync(`/usr/bin/${name}`));
  const networks = ['10.50.0.0/24', '100.64.0.0/10', '192.168.7.8/32', 'fd50::/64'];

  it.each(
    awks.flatMap(
      (awk) =>
        [
          [awk, '10.50.0.0/24', true],
          [awk, '10.50.0.128/25', true],
          [awk, '10.50.0.255/32', true],
          [awk, '10.50.1.0/24', false],
          [awk, '10.50.0.0/23', false],
          [awk, '10.49.255.0/24', false],
          [awk, '100.127.255.0/24', true],
          [awk, '100.128.0.0/10', false],
          [awk, '100.64.0.0/9', false],
          [awk, '192.168.7.8/32', true],
          [awk, '192.168.7.9/32', false],
          [awk, '0.0.0.0/0', false],
          // All of them, because awk can't tell.
          [awk, 'fd51::/64', true],
        ] as const,
    ),
  )('%s tells whether %s is in the way: %s', (awk, subnet, isInTheWay) => {
    rmSync(join(tools, 'awk'), { force: true });
    symlinkSync(`/usr/bin/${awk}`, join(tools, 'awk'));
    fake('docker', `case $2 in ls) echo 1;; *) printf '\\ndocker ${subnet} backend\\n\\n';; esac`);
    const found = ask(occupiedNetworks('wg0', networks), { path: tools });
    expect(found.map(({ owner }) => owner)).toEqual(
      isInTheWay ? ['the Docker network backend'] : [],
    );
  });
});

describe('since when a unit runs', () => {
  const tools = freshDirectory();
  for (const name of ['sh', 'date']) symlinkSync(`/usr/bin/${name}`, join(tools, name));
  const systemctl = (script: string) => {
    writeFileSync(join(tools, 'systemctl'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  };
  const times = (started: string, changed: string) =>
    `printf '%s\\n' ActiveState=active 'InactiveExitTimestamp=${started}' 'StateChangeTimestamp=${changed}'`;
  const start = () => ask(unitStart('x.service'), { path: tools });

  it('is told to the microsecond, where systemd knows how', () => {
    systemctl(`[ "$TZ $2" = 'UTC --timestamp=us' ] || exit 64
${times('Wed 2026-11-25 16:27:06.123456 UTC', 'Wed 2026-11-25 16:27:07.000001 UTC')}`);
    expect(start()).toEqual({
      activeState: 'active',
      startedAt: 1795624026.123456,
      changedAt: 1795624027.000001,
    });
  });

  it('is told to the second, where it does not', () => {
    systemctl(`case $* in *--timestamp*) echo unknown option >&2; exit 1;; esac
${times('Wed 2026-11-25 16:27:06 UTC', 'n/a')}`);
    expect(start()).toMatchObject({ startedAt: 1795624026, changedAt: undefined });
  });

  it('is an error where its words are no time', () => {
    systemctl(times('yesterday evening', ''));
    expect(start).toThrow('cannot ask systemd since when x.service runs');
  });
});

describe('kernel parameters', () => {
  it('are read as they are, and one that the kernel does not have is no error', () => {
    const values = ask(
      sysctlValues(['kernel.ostype', 'net.ipv4.no_such_thing', 'kernel/osrelease']),
    );
    expect(values.get('kernel.ostype')).toBe('Linux');
    expect([...values]).toContainEqual(['net.ipv4.no_such_thing', undefined]);
    expect(values.get('kernel/osrelease')).toMatch(/^\d/);
  });

  it('of several words have one space between them', () => {
    const range = 'net.ipv4.ip_local_port_range';
    expect(ask(sysctlValues([range])).get(range)).toMatch(/^\d+ \d+$/);
  });

  it('are none where none are asked for', () => {
    expect(ask(sysctlValues([])).size).toBe(0);
  });

  it('that may not be read are an error', () => {
    expect(() => ask(sysctlValues(['net.ipv4.route.flush']))).toThrow('cannot read kernel');
  });

  it.each([
    ['net.ipv4.ip_forward', 'net/ipv4/ip_forward'],
    ['net/ipv4/ip_forward', 'net/ipv4/ip_forward'],
    ['net.ipv4.conf.eth0/1.forwarding', 'net/ipv4/conf/eth0.1/forwarding'],
    ['net/ipv4/conf/eth0.1/forwarding', 'net/ipv4/conf/eth0.1/forwarding'],
  ])('%s is at %s', (key, at) => {
    expect(sysctlPath(key)).toBe(at);
  });
});

describe('the path of the SSH session', () => {
  const fact = sshPath();

  it.each([
    ['an IPv4 client', '203.0.113.1 40000 203.0.113.11 22', ['203.0.113.1', 22]],
    ['an IPv6 client', '2001:db8::1 40000 2001:db8::11 2222', ['2001:db8::1', 2222]],
    [
      'an IPv4 client of an IPv6 socket',
      '::ffff:203.0.113.1 1 ::ffff:10.0.0.1 22',
      ['203.0.113.1', 22],
    ],
    ['no session', '', undefined],
  ])('%s', (_, connection, path) => {
    const { stdout } = runWith(
      posixShell,
      `SSH_CONNECTION='${connection}'\n${fact.question.text}`,
      '',
    );
    const answer: Answer = { exitCode: 0, stdout: stdout.toString().trimEnd(), stderr: '' };
    const found = fact.parse(answer);
    expect(found && [found.client, found.serverPort]).toEqual(path);
  });
});

describe('a check that cannot be made is no failure of the peers', () => {
  const key = keyOf('host-2');
  const targets = [{ address: '10.50.0.2', publicKey: key, waits: false }];
  const tools = freshDirectory();
  const fake = (name: string, script: string) => {
    writeFileSync(join(tools, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  };
  for (const name of ['sh', 'date', 'sleep', 'awk', 'tr'])
    symlinkSync(`/usr/bin/${name}`, join(tools, name));
  fake('ip', 'exit 0');

  it('where there is no ping', () => {
    fake('wg', `echo "${key} $(date +%s)"`);
    expect(() => ask(peerReplies('wg0', targets), { path: tools })).toThrow(UnexpectedAnswer);
  });

  it('where wg cannot be asked', () => {
    fake('ping', 'exit 0');
    fake('wg', 'echo "Unable to access interface: Operation not permitted" >&2; exit 1');
    expect(() => ask(peerReplies('wg0', targets), { path: tools })).toThrow(UnexpectedAnswer);
  });
});

test('an error names what was asked and shows what the host said, made safe', () => {
  const answer = askAlone(sh`printf 'bad \033[31mnews\n' >&2; exit 9`);
  expect(new UnexpectedAnswer('cannot look', answer).message).toBe(
    String.raw`cannot look: exit code 9, the host said: bad \x1b[31mnews`,
  );
});

test('a key that the end of what the host said begins within is hidden', () => {
  const key = Buffer.alloc(32, 5).toString('base64');
  for (let after = 340; after <= 400; after += 1) {
    const stderr = `${'.'.repeat(400)} ${key} ${'.'.repeat(after)}`;
    const { message } = new UnexpectedAnswer('cannot look', { exitCode: 1, stdout: '', stderr });
    expect(message).not.toMatch(/BQUF|QUFB|UFBQ|FBQU/);
  }
});
