/** Pushes for real: the script of a plan, run by /bin/sh in a directory of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askScript, GarbledReply, readSighting } from '../../src/facts/questionnaire';
import type { PlannedChange } from '../../src/model/change';
import { lines, Script, sh } from '../../src/model/shell';
import { noteReader } from '../../src/plan/note';
import { pushScript, readPushed } from '../../src/plan/push-script';
import { freshDirectory, posixShell, runWith, shells, type Shell } from '../facts/shell';

const nonce = 'c0ffeec0ffeec0ff';

/** A host that is a directory: its facts are its files. */
class Host {
  readonly directory = freshDirectory();
  readonly #own = freshDirectory();
  readonly #tools: string[] = [];
  readonly questions = [
    sh`cd ${this.directory}; ls`,
    sh`cd ${this.directory}; cat * 2>/dev/null; echo noise >&2`,
  ];

  constructor(readonly shell: Shell = posixShell) {}

  path(file: string): string {
    return join(this.directory, file);
  }

  digest(): string {
    const reply = runWith(this.shell, askScript(this.questions).text, nonce);
    return readSighting(this.questions, nonce, reply).digest;
  }

  /** What it has of its own is in a directory of its own, and stands for paths of hosts. */
  script(changes: readonly PlannedChange[], digest = this.digest()): Script {
    const terms = {
      digest,
      by: "o'neill@laptop, process 7",
      limitSeconds: 100,
      confirmSeconds: 60,
    };
    const { text } = pushScript(changes, this.questions, terms);
    const withTools = this.#tools.reduce(
      (before, name) =>
        before.replaceAll(new RegExp(`\\b${name} -`, 'g'), `${this.own(`bin/${name}`)} -`),
      text,
    );
    return new Script(
      withTools
        .replaceAll('/run/wgpush-lock', this.own('lock'))
        .replaceAll('/var/lib/wgpush', this.own('wgpush'))
        .replaceAll('/var/lib/dpkg/', this.own('dpkg-'))
        .replaceAll(/\/var\/(lib|cache)\/apt/g, this.own('apt'))
        .replaceAll('/run/cloud-init', this.own('cloud-init'))
        .replaceAll(' -ge 300 ', ' -ge 2 ')
        .replaceAll(/ PATH=/g, ` PATH=${this.own('bin')}:`),
    );
  }

  own(name: string): string {
    return join(this.#own, name);
  }

  /** Stands for a tool of the host, which some shells have built in. */
  tool(name: string, text: string): void {
    this.#tools.push(name);
    mkdirSync(this.own('bin'), { recursive: true });
    writeFileSync(this.own(`bin/${name}`), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }

  /** Goes on beside the test, in a process that ends with its standard input. */
  start(changes: readonly PlannedChange[]): ChildProcess {
    const [command, ...args] = this.shell;
    const child = spawn(command, [...args, '-s', nonce], { stdio: ['pipe', 'ignore', 'ignore'] });
    child.stdin.end(`${this.script(changes).text}\n`);
    return child;
  }

  push(changes: readonly PlannedChange[], digest?: string) {
    const reply = runWith(this.shell, this.script(changes, digest).text, nonce);
    const notes: string[] = [];
    noteReader(nonce, (note) => notes.push(note))(reply.stderr);
    return { reply, notes, pushed: readPushed(changes, this.questions, nonce, reply) };
  }

  files(): Readonly<Record<string, string>> {
    const names = readdirSync(this.directory).sort();
    return Object.fromEntries(names.map((name) => [name, readFileSync(this.path(name), 'utf8')]));
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

/** A process with a lock as apt and dpkg have it, by fcntl(2). */
async function lockedByPerl(file: string): Promise<ChildProcess> {
  const program = `use Fcntl; open(F, '>>', $ARGV[0]); $lock = pack('s s x4 q q l x4', F_WRLCK, 0, 0, 0, 0);
fcntl(F, F_SETLK, $lock) or die; $| = 1; print "locked\\n"; sleep 60`;
  const child = spawn('perl', ['-e', program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

function change(summary: string, ...commands: readonly Script[]): PlannedChange {
  return { summary, before: '', after: '', commands, role: 'test', resource: 'file' };
}

function write(host: Host, file: string): PlannedChange {
  return change(`write ${file}`, sh`echo ${file} >${host.path(file)}`);
}

describe.each(shells())('%s', (_, shell) => {
  it('makes all changes in their order, and tells what there is then', () => {
    const host = new Host(shell);
    const append = (text: string) => sh`echo ${text} >>${host.path('log')}`;
    const changes = [change('a', append('1'), append('2')), change('b', append('3'))];
    const { pushed } = host.push(changes);
    expect(host.files()).toEqual({ log: '1\n2\n3\n' });
    if (pushed.kind !== 'done') throw new Error(pushed.kind);
    expect([...pushed.sighting.answers.values()].map(({ stdout }) => stdout)).toEqual([
      'log',
      '1\n2\n3',
    ]);
    expect(pushed.sighting.digest).toBe(host.digest());
  });

  it('ends with the first change that fails, and tells which and why', () => {
    const host = new Host(shell);
    const failing = change(
      'break something',
      write(host, 'before').commands[0] ?? sh`:`,
      sh`echo out; echo 'it is ${new Script('"broken"')}' >&2; exit 42`,
      write(host, 'after').commands[0] ?? sh`:`,
    );
    const { pushed } = host.push([write(host, 'first'), failing, write(host, 'last')]);
    expect(pushed).toEqual({
      kind: 'failed',
      change: failing,
      exitCode: 42,
      said: 'out\nit is "broken"',
      rollback: { kind: 'kept' },
    });
    expect(Object.keys(host.files())).toEqual(['before', 'first']);
  });

  it.each<[string, Script]>([
    ['a command that fails', sh`false`],
    ['the left side of &&', sh`cd /no/such && true`],
    ['a subshell', sh`( false; true )`],
    ['a substitution', sh`new=$(mktemp /no/such.XXXXXX)`],
    ['a command behind a trap', lines(sh`trap : EXIT`, sh`false`)],
    ['a command before others', lines(sh`false`, sh`true`)],
    ['an unknown command', sh`no-such-command`],
    ['exit', sh`exit 1`],
  ])('%s ends a change', (_title, command) => {
    const host = new Host(shell);
    const failing = change('fail', command, sh`echo >${host.path('reached')}`);
    expect(host.push([failing]).pushed.kind).toBe('failed');
    expect(host.files()).toEqual({});
  });

  it('removes the temporary file of a change that fails', () => {
    const host = new Host(shell);
    const careful = lines(
      sh`new=$(mktemp ${host.path('file.XXXXXX')})`,
      sh`trap 'rm -f "$new"' EXIT`,
      sh`echo text >"$new"`,
    );
    host.push([change('fail', lines(careful, sh`false`))]);
    expect(host.files()).toEqual({});
    host.push([change('succeed', lines(careful, sh`mv "$new" ${host.path('file')}`))]);
    expect(host.files()).toEqual({ file: 'text\n' });
  });

  it('does nothing to a host that is no longer as it was seen', () => {
    const host = new Host(shell);
    const digest = host.digest();
    writeFileSync(host.path('by-somebody-else'), '');
    expect(host.push([write(host, 'file')], digest).pushed).toEqual({ kind: 'stale' });
    expect(Object.keys(host.files())).toEqual(['by-somebody-else']);
  });

  it('leaves a host alone that somebody else is changing, and says who', async () => {
    const host = new Host(shell);
    const slow = change('take a while', sh`echo >${host.path('begun')}; sleep 2`);
    const first = host.start([slow, write(host, 'first')]);
    await until(() => existsSync(host.path('begun')));
    const { pushed } = host.push([write(host, 'second')]);
    if (pushed.kind !== 'held') throw new Error(pushed.kind);
    expect(pushed.holder?.by).toBe("o'neill@laptop, process 7");
    expect((pushed.holder?.until ?? 0) - (pushed.holder?.since ?? 0)).toBe(100);
    await once(first, 'exit');
    expect(Object.keys(host.files())).toEqual(['begun', 'first']);
    expect(existsSync(host.own('lock'))).toBe(false);
    expect(host.push([write(host, 'second')]).pushed.kind).toBe('done');
    expect(existsSync(host.own('lock'))).toBe(false);
  });

  it('of many that come at once one wins', async () => {
    const host = new Host(shell);
    const busy = host.own('busy');
    const mark = change(
      'be alone',
      sh`[ ! -e ${busy} ] || echo >${host.own('met')}`,
      sh`echo >${busy}; sleep 0.3; rm -f ${busy}; echo >>${host.own('done')}`,
    );
    const many = Array.from({ length: 8 }, () => host.start([mark]));
    await Promise.all(many.map((each) => once(each, 'exit')));
    expect(readFileSync(host.own('done'), 'utf8').length).toBeGreaterThan(0);
    expect(existsSync(host.own('met'))).toBe(false);
    expect(existsSync(host.own('lock'))).toBe(false);
  });

  it('takes over from a push that was killed, and says so', async () => {
    const host = new Host(shell);
    const first = host.start([change('hang', sh`echo >${host.path('begun')}; exec sleep 300`)]);
    await until(() => existsSync(host.path('begun')));
    const pid = readFileSync(
      `/proc/${String(first.pid)}/task/${String(first.pid)}/children`,
      'utf8',
    );
    first.kill('SIGKILL');
    for (const child of pid.trim().split(' ')) process.kill(Number(child), 'SIGKILL');
    await once(first, 'exit');
    const { pushed, notes } = host.push([write(host, 'second')]);
    expect(notes).toEqual(["takes over: the push of o'neill@laptop, process 7 was cut short"]);
    expect(pushed.kind).toBe('done');
    expect(existsSync(host.own('lock'))).toBe(false);
  });

  it('gives its lock to nobody who outlives it', () => {
    const host = new Host(shell);
    const list = sh`sh -c 'ls -l /proc/self/fd' >${host.path('open')}`;
    expect(host.push([change('start something', list)]).pushed.kind).toBe('done');
    expect(host.files()['open']).toContain(host.path('open'));
    expect(host.files()['open']).not.toContain(host.own('lock'));
  });

  it.each([
    ['1000 4096 500 1000', 'only 3 MiB are free in'],
    ['100000 4096 0 1000', 'no inode is free in'],
  ])('touches nothing where there is no room: %s', (free, why) => {
    const host = new Host(shell);
    host.tool('stat', `[ "$1 $2 $3" = "-f -c %f %S %d %c" ] && echo ${free}`);
    const { pushed } = host.push([write(host, 'file')]);
    expect(pushed).toEqual({ kind: 'unready', why: expect.stringContaining(why) as unknown });
    expect(host.files()).toEqual({});
  });

  it('goes on where a file system has no limit of inodes', () => {
    const host = new Host(shell);
    host.tool('stat', 'echo 100000 4096 0 0');
    expect(host.push([write(host, 'file')]).pushed.kind).toBe('done');
  });

  it('waits for cloud-init to finish before it installs packages', () => {
    const host = new Host(shell);
    mkdirSync(host.own('cloud-init'));
    writeFileSync(host.own('cloud-init/status.json'), '{}');
    host.tool(
      'cloud-init',
      `[ "$1" = status ] || exit 64
[ -e "${host.own('asked')}" ] && { echo 'status: done'; exit; }
touch "${host.own('asked')}"; echo 'status: running'`,
    );
    const { pushed, notes } = host.push([{ ...write(host, 'file'), resource: 'package' }]);
    expect(notes).toEqual(['waits for cloud-init to finish']);
    expect(pushed.kind).toBe('done');
    // Who installs nothing asks for nothing.
    host.tool('cloud-init', 'echo "status: running"');
    expect(host.push([write(host, 'other')]).notes).toEqual([]);
  });

  it('waits for who has the lock of dpkg, names it, and gives up in the end', async () => {
    const host = new Host(shell);
    const locker = await lockedByPerl(host.own('dpkg-lock-frontend'));
    const install = { ...write(host, 'file'), resource: 'package' };
    const who = `perl, process ${String(locker.pid)}, to give ${host.own('dpkg-lock-frontend')} free`;
    const gaveUp = host.push([install]);
    expect(gaveUp.notes).toEqual([`waits for ${who}`]);
    expect(gaveUp.pushed).toEqual({ kind: 'unready', why: `waited 2 s for ${who}` });
    expect(host.files()).toEqual({});
    setTimeout(() => locker.kill(), 500);
    const [went] = await Promise.all([once(locker, 'exit').then(() => host.push([install]))]);
    expect(went.pushed.kind).toBe('done');
  });

  it('runs nothing when the script is cut at the end of any line', () => {
    const host = new Host(shell);
    const rows = host.script([write(host, 'one'), write(host, 'two')]).text.split('\n');
    for (let length = 0; length < rows.length; length += 1) {
      runWith(shell, rows.slice(0, length).join('\n'), nonce);
    }
    expect(host.files()).toEqual({});
  });
});

it('a script that is cut at any byte runs all of it or nothing', () => {
  const host = new Host();
  const { text } = host.script([write(host, 'one'), write(host, 'two')]);
  // Its last line calls main: what lies before it is what can be lost.
  for (let length = text.lastIndexOf('main'); length < text.length; length += 1) {
    runWith(posixShell, text.slice(0, length), nonce);
    expect([[], ['one', 'two']]).toContainEqual(Object.keys(host.files()));
  }
});

it('a reply that is cut at any byte is garbled, and is never taken for the end of a push', () => {
  const host = new Host();
  const changes = [write(host, 'file')];
  const { reply } = host.push(changes);
  for (let length = 0; length < reply.stdout.length; length += 1) {
    const cut = { ...reply, stdout: reply.stdout.subarray(0, length) };
    expect(() => readPushed(changes, host.questions, nonce, cut)).toThrow(GarbledReply);
  }
});

it('a reply of failure that is cut at any byte is garbled, and tells no other exit code', () => {
  const host = new Host();
  const changes = [change('fail', sh`exit 127`)];
  const { reply } = host.push(changes);
  for (let length = 0; length < reply.stdout.length; length += 1) {
    const cut = { ...reply, stdout: reply.stdout.subarray(0, length) };
    expect(() => readPushed(changes, host.questions, nonce, cut)).toThrow(GarbledReply);
  }
});

it('what a change prints is not taken for an answer', () => {
  const host = new Host();
  const changes = [
    change(
      'print',
      sh`printf '%s BEGIN 1 1\n%s END\n%s STALE\n%s FAILED 1 1 kept\n%s OPEN 1\n%s UNSAVED\n' ${nonce} ${nonce} ${nonce} ${nonce} ${nonce} ${nonce}`,
    ),
  ];
  expect(host.push(changes).pushed.kind).toBe('done');
});

it('a failure shows the end of what was said, without keys and control characters', () => {
  const host = new Host();
  const key = Buffer.alloc(32, 5).toString('base64');
  const noise = sh`i=0; while [ $i -lt 500 ]; do echo line $i; i=$((i+1)); done`;
  const failing = change('fail', lines(noise, sh`printf '\033[31m %s\n' ${key}`, sh`exit 1`));
  const { pushed } = host.push([failing]);
  if (pushed.kind !== 'failed') throw new Error(pushed.kind);
  expect(pushed.said.length).toBeLessThan(700);
  expect(pushed.said).toContain('line 499');
  expect(pushed.said).toMatch(/\\x1b\[31m \(hidden\)$/);
});

it('a key that the end of what was said begins within is hidden', () => {
  const key = Buffer.alloc(32, 5).toString('base64');
  const changes = [change('fail', sh`exit 1`)];
  for (let after = 540; after <= 600; after += 1) {
    const stderr = Buffer.from(`${nonce} STEP 1\n${'.'.repeat(600)} ${key} ${'.'.repeat(after)}\n`);
    const reply = { stdout: Buffer.from(`${nonce} FAILED 1 1 kept\n`), stderr };
    const pushed = readPushed(changes, [], nonce, reply);
    expect(pushed.kind === 'failed' && pushed.said).not.toMatch(/BQUF|QUFB|UFBQ|FBQU/);
  }
});

it('a secret that a change reads on the host leaves it by no way', () => {
  const host = new Host();
  const secret = Buffer.alloc(32, 6).toString('base64');
  const file = join(freshDirectory(), 'key');
  writeFileSync(file, `${secret}\n`);
  const changes = [
    change(
      'use it',
      lines(sh`key=$(cat ${file})`, sh`printf '%s' "$key" | wc -c >${host.path('n')}`),
    ),
    change('fail with it', lines(sh`key=$(cat ${file})`, sh`echo "$key" >&2; exit 1`)),
  ];
  const { reply, pushed } = host.push(changes);
  expect(host.script(changes).text).not.toContain(secret);
  expect(reply.stdout.toString()).not.toContain(secret);
  expect(JSON.stringify(pushed)).not.toContain(secret);
});

it('a change reads nothing of the script that it is a part of', () => {
  const host = new Host();
  const changes = [change('read stdin', sh`cat >${host.path('stdin')}`), write(host, 'next')];
  expect(host.push(changes).pushed.kind).toBe('done');
  expect(host.files()).toEqual({ next: 'next\n', stdin: '' });
});

it('a change leaves no variable, directory or option to the next one', () => {
  const host = new Host();
  const changes = [
    change('leave things', sh`cd /; left=over; set -f; umask 0; trap 'echo trapped' EXIT`),
    change('look', sh`{ echo "$left"; pwd; umask; } >${host.path('seen')}`),
  ];
  host.push(changes);
  expect(host.files()['seen']).toBe(`\n${process.cwd()}\n0077\n`);
});

it('a step that was never sent is garbled', () => {
  const host = new Host();
  const reply = { stdout: Buffer.from(`${nonce} FAILED 2 1 kept\n`), stderr: Buffer.alloc(0) };
  expect(() => readPushed([write(host, 'a')], host.questions, nonce, reply)).toThrow(GarbledReply);
});
