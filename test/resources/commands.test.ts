/** Commands of changes, run for real on files of ours. */
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Answer } from '../../src/facts/fact';
import { program } from '../../src/facts/questionnaire';
import type { Change } from '../../src/model/change';
import { lines, Script, sh } from '../../src/model/shell';
import { resources } from '../../src/resources/closed-set';
import { parseUfwRules } from '../../src/resources/ufw-rules';
import { askAlone, freshDirectory, posixShell, runWith } from '../facts/shell';
import { answersIn, goldenCase } from './golden-case';

/** What a resource yields for these answers, in the order of its facts. */
function changesOf(kind: string, args: unknown, answers: readonly Answer[]): readonly Change[] {
  const bound = resources.get(kind)?.bind(args);
  if (bound === undefined) throw new Error(`no resource ${kind}`);
  return bound.diff((fact) => {
    const index = bound.facts.findIndex(({ question }) => question.text === fact.question.text);
    const answer = answers[index];
    if (answer === undefined) throw new Error(`no answer to ${fact.title}`);
    return fact.parse(answer);
  });
}

/** Runs a change's commands, with some texts in them replaced, as a push would. */
function carryOut(change: Change | undefined, replaced: Readonly<Record<string, string>> = {}) {
  if (change === undefined) throw new Error('there is no change');
  const commands = change.commands.map(({ text }) =>
    Object.entries(replaced).reduce((all, [from, to]) => all.replaceAll(from, to), text),
  );
  const body = lines(sh`set -e`, ...commands.map((text) => new Script(text)));
  return runWith(posixShell, program(body).text.replace(' PATH=', ` PATH=${tools}:`), '');
}

/** Stands before the real tools. A tool refuses what it does not know. */
const tools = freshDirectory();
writeFileSync(
  join(tools, 'wg'),
  String.raw`#!/bin/sh
[ "$1" = pubkey ] || exit 64
key=$(cat)
[ "$(printf %s "$key" | wc -c)" -eq 44 ] || { echo 'wg: Key is not the correct length or format' >&2; exit 1; }
`,
  { mode: 0o755 },
);

describe('the settings of ufw', () => {
  it.each([
    ['IPV6=no\nDEFAULT_INPUT_POLICY="DROP"\n'],
    ['IPV6="no"\nDEFAULT_INPUT_POLICY="DROP"\n'],
    ['# IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\n'],
    ['DEFAULT_INPUT_POLICY="DROP"\n'],
    ['DEFAULT_INPUT_POLICY="DROP"\nMANAGE_BUILTINS=no'],
  ])('guard IPv6 after the change, whatever they say before: %j', (before) => {
    const file = join(freshDirectory(), 'ufw');
    writeFileSync(file, before);
    const golden = goldenCase('firewall/no-ipv6');
    const changes = changesOf('firewall', golden.args, answersIn(golden));
    carryOut(
      changes.find(({ summary }) => summary === 'guard IPv6 as well'),
      { '/etc/default/ufw': file },
    );
    const after = readFileSync(file, 'utf8');
    expect(after.match(/^IPV6=.*$/gm)).toEqual(['IPV6=yes']);
    expect(after).toContain('DEFAULT_INPUT_POLICY="DROP"\n');
  });
});

describe('the rules of ufw', () => {
  it('are written whole, readable by nobody else, and nothing is left beside them', () => {
    const directory = freshDirectory();
    const golden = goldenCase('firewall/installed');
    const [change] = changesOf('firewall', golden.args, answersIn(golden));
    const ended = carryOut(change, { '/etc/ufw': directory });
    expect([ended.exitCode, ended.stderr.toString()]).toEqual([0, '']);
    expect(readdirSync(directory).sort()).toEqual(['user.rules', 'user6.rules']);
    const read = (name: string) => readFileSync(join(directory, name), 'utf8');
    const found = [
      ...parseUfwRules(read('user.rules'), 4),
      ...parseUfwRules(read('user6.rules'), 6),
    ];
    expect(found.map(({ text }) => text).join('\n')).toBe(change?.after);
    expect(statSync(join(directory, 'user.rules')).mode & 0o777).toBe(0o640);
  });
});

describe('a file', () => {
  const me = userInfo().username;
  const group = execFileSync('id', ['-gn']).toString().trim();
  const ask = (kind: string, args: unknown) =>
    (resources.get(kind)?.bind(args).facts ?? []).map(({ question }) => askAlone(question));
  const settle = (kind: string, args: unknown) => {
    for (const change of changesOf(kind, args, ask(kind, args))) {
      expect(carryOut(change).stderr.toString()).toBe('');
    }
    expect(changesOf(kind, args, ask(kind, args))).toEqual([]);
  };

  it.each([
    ['nothing', () => undefined],
    [
      'another text',
      (path: string) => {
        writeFileSync(path, 'other');
      },
    ],
    [
      'another mode',
      (path: string) => {
        writeFileSync(path, 'a $HOME\n', { mode: 0o777 });
      },
    ],
    [
      'a link',
      (path: string) => {
        symlinkSync('/etc/hostname', path);
      },
    ],
    [
      'bytes',
      (path: string) => {
        writeFileSync(path, Buffer.from([0, 255]));
      },
    ],
  ])('is what is wanted after one push, whatever was there: %s', (_, before) => {
    const directory = freshDirectory();
    const path = join(directory, 'a file');
    before(path);
    const content = `it's "quoted" \\n $HOME \`id\` %s\n`;
    settle('file', { path, content, mode: '0640', owner: me, group });
    expect(readFileSync(path, 'utf8')).toBe(content);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(directory)).toEqual(['a file']);
    settle('file', { path, state: 'absent' });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('stays as it was where the new one cannot be written, and nothing is left beside it', () => {
    const directory = freshDirectory();
    const path = join(directory, 'file');
    writeFileSync(path, 'old\n');
    const args = { path, content: 'new\n', owner: 'nobody-of-that-name', group };
    const [change] = changesOf('file', args, ask('file', args));
    const ended = carryOut(change);
    expect(ended.exitCode).not.toBe(0);
    expect(ended.stderr.toString()).toContain('nobody-of-that-name');
    expect(readFileSync(path, 'utf8')).toBe('old\n');
    expect(readdirSync(directory)).toEqual(['file']);
  });

  it('becomes no file inside of a directory that somebody put in its place meanwhile', () => {
    const path = join(freshDirectory(), 'file');
    const args = { path, content: 'new\n', owner: me, group };
    const [change] = changesOf('file', args, ask('file', args));
    mkdirSync(path);
    expect(carryOut(change).exitCode).not.toBe(0);
    expect(readdirSync(path)).toEqual([]);
  });

  it('a directory is made with its mode, and its parents are not', () => {
    const path = join(freshDirectory(), 'one');
    settle('directory', { path, mode: '2750', owner: me, group });
    expect(statSync(path).mode & 0o7777).toBe(0o2750);
    const args = { path: join(path, 'two/three') };
    const [change] = changesOf('directory', args, ask('directory', args));
    expect(carryOut(change).exitCode).not.toBe(0);
    settle('directory', { path, state: 'absent' });
  });
});

describe('kernel parameters', () => {
  const golden = goldenCase('sysctl/fresh-host');

  it('are written to a file that everybody may read, and set', () => {
    const directory = freshDirectory();
    mkdirSync(join(directory, 'net/ipv4'), { recursive: true });
    mkdirSync(join(directory, 'net/ipv6/conf/all'), { recursive: true });
    const changes = changesOf('sysctl', golden.args, answersIn(golden));
    for (const change of changes) {
      const places = { '/etc/sysctl.d': directory, '/proc/sys': directory };
      expect(carryOut(change, places).stderr.toString()).toBe('');
    }
    const file = join(directory, '60-forwarding.conf');
    expect(readFileSync(file, 'utf8')).toBe(changes[0]?.after);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(readdirSync(directory).sort()).toEqual(['60-forwarding.conf', 'net']);
    expect(readFileSync(join(directory, 'net/ipv4/ip_forward'), 'utf8')).toBe('1\n');
    expect(readFileSync(join(directory, 'net/ipv6/conf/all/forwarding'), 'utf8')).toBe('1\n');
  });

  it('that the kernel refuses end the push, and the tool says why', () => {
    const [, change] = changesOf('sysctl', golden.args, answersIn(golden));
    const ended = carryOut(change, { '/proc/sys/net/ipv4/ip_forward': '/dev/full' });
    expect(ended.exitCode).not.toBe(0);
    expect(ended.stderr.toString()).toContain('No space left on device');
  });
});

describe('a key is adopted from a configuration', () => {
  const key = Buffer.alloc(32, 11).toString('base64');

  it.each([
    [`[Interface]\nAddress = 10.0.0.1/24\nPrivateKey = ${key}\n`],
    [`[Interface]\nPrivateKey=${key}`],
    [`\tprivatekey  =\t${key}  \n`],
    [`PRIVATEKEY = ${key}\n`],
    [`PrivateKey = ${key} # mine\n`],
    [`PrivateKey = ${key}# mine\n`],
    [`# PrivateKey = ${Buffer.alloc(32, 12).toString('base64')}\nPrivateKey = ${key}\n`],
  ])('however it stands there: %j', (config) => {
    const directory = freshDirectory();
    const args = {
      key_file: join(directory, 'new', 'wg0.key'),
      config_file: join(directory, 'wg0.conf'),
    };
    writeFileSync(args.config_file, config);
    const answer = askAlone(resources.get('wireguard-key')?.bind(args).facts[0]?.question ?? sh`:`);
    const [change] = changesOf('wireguard-key', args, [answer]);
    expect(change?.summary).toMatch(/^adopt the key/);
    const ended = carryOut(change);
    expect([ended.exitCode, ended.stderr.toString()]).toEqual([0, '']);
    expect(readFileSync(args.key_file, 'utf8').trim()).toBe(key);
    expect(statSync(args.key_file).mode & 0o777).toBe(0o600);
  });

  it('but what is no key does not become one', () => {
    const directory = freshDirectory();
    const args = { key_file: join(directory, 'wg0.key'), config_file: join(directory, 'wg0.conf') };
    writeFileSync(args.config_file, 'PrivateKey = nonsense\n');
    const answer = { exitCode: 0, stdout: 'in-config', stderr: '' };
    const [change] = changesOf('wireguard-key', args, [answer]);
    expect(carryOut(change).exitCode).toBe(1);
    expect(readdirSync(directory)).toEqual(['wg0.conf']);
  });
});
