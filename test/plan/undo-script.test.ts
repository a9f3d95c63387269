/**
 * Goes back for real: pushes on a directory that stands for a host, by the shells and the tools of
 * hosts. Of units, interfaces and packet filters the lab tells; here the tools for them are fakes.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { program } from '../../src/facts/questionnaire';
import type { PlannedChange } from '../../src/model/change';
import { type Script, sh } from '../../src/model/shell';
import type { Undo } from '../../src/model/undo';
import { pushScript, readPushed } from '../../src/plan/push-script';
import { readSettled, settleScript, type SettleVerb } from '../../src/plan/settle-script';
import { undoScriptPath } from '../../src/plan/undo-script';
import { freshDirectory, runWith, shells, type Shell } from '../facts/shell';

const tools = [
  ...['awk', 'base64', 'cat', 'chmod', 'chown', 'cp', 'cut', 'date', 'dirname', 'find', 'flock'],
  ...[
    'grep',
    'kill',
    'ln',
    'mkdir',
    'mv',
    'rm',
    'rmdir',
    'sed',
    'setsid',
    'sha256sum',
    'sleep',
    'sort',
  ],
  ...['stat', 'timeout', 'touch'],
];
const questions = [sh`echo the same`];
let pushes = 0;

class Host {
  readonly root = freshDirectory();
  readonly #shell: Shell;

  /** With busybox, all its tools are busybox too. */
  constructor(shell: Shell) {
    this.#shell = shell;
    for (const name of ['bin', 'etc', 'proc-sys', 'run']) mkdirSync(this.path(name));
    for (const name of tools) {
      const [place = ''] = ['/usr/bin', '/bin'].filter((each) => existsSync(join(each, name)));
      // The busybox of Debian has no flock(1), and Debian is never without the other one.
      const isBusybox = shell[0] === 'busybox' && name !== 'flock';
      symlinkSync(isBusybox ? '/usr/bin/busybox' : join(place, name), this.path(`bin/${name}`));
    }
    this.tool('sh', `exec /usr/bin/env PATH=/usr/bin:/bin ${shell.join(' ')} "$@"`);
  }

  path(name: string): string {
    return join(this.root, name);
  }

  tool(name: string, text: string): void {
    // What stands there may be a link to a tool of this machine, and must not be written through.
    rmSync(this.path(`bin/${name}`), { force: true });
    writeFileSync(this.path(`bin/${name}`), `#!/bin/sh\n${text}\n`, { flag: 'wx' });
    chmodSync(this.path(`bin/${name}`), 0o755);
  }

  write(name: string, text: string): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  read(name: string): string | undefined {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), 'utf8') : undefined;
  }

  #text(script: Script): string {
    return script.text
      .replaceAll('/bin/sh', this.path('bin/sh'))
      .replaceAll('/var/lib/wgpush', this.path('wgpush'))
      .replaceAll('/proc/sys/', `${this.path('proc-sys')}/`)
      .replaceAll('/run/systemd', this.path('no-systemd'))
      .replaceAll('/run/wgpush-lock', this.path('run/wgpush-lock'))
      .replaceAll('/run/wgpush-undo', this.path('run/wgpush-undo'))
      .replaceAll(/ PATH=\S+/g, ` PATH=${this.path('bin')}`);
  }

  /** A push of these commands; each call has a nonce of its own. */
  push(commands: readonly Script[], undo: Undo | undefined, confirmSeconds = 1) {
    const changes = commands.map((command, index): PlannedChange => {
      const summary = `change ${String(index + 1)}`;
      return {
        summary,
        before: '',
        after: '',
        commands: [command],
        role: 'r',
        resource: 'x',
        undo,
      };
    });
    pushes += 1;
    const nonce = `c0ffee${String(pushes)}`;
    const terms = { digest: '', by: 'alice@laptop', limitSeconds: 100, confirmSeconds };
    const script = pushScript(changes, questions, terms);
    // Whether a host is still as it was seen is not what is looked at here.
    const text = this.#text(script).replaceAll(/\[ "\$seen" != [^\]]*\]/g, 'false');
    return {
      nonce,
      changes,
      run: () => {
        const reply = runWith(this.#shell, text, nonce);
        return readPushed(changes, questions, nonce, reply);
      },
      start: () => {
        const [command, ...args] = this.#shell;
        const child = spawn(command, [...args, '-s', nonce], {
          stdio: ['pipe', 'ignore', 'ignore'],
        });
        child.stdin.end(text);
        return child;
      },
    };
  }

  settle(verb: SettleVerb, token: string) {
    const reply = runWith(this.#shell, this.#text(settleScript(verb, token)), 'a1');
    const { said, ...settled } = readSettled('a1', reply);
    expect(said.split('\n')[0]).toBe(settled.kind);
    return settled;
  }

  async ends(token: string): Promise<ReturnType<Host['settle']>> {
    for (;;) {
      const settled = this.settle('ask', token);
      if (!['armed', 'running', 'restoring'].includes(settled.kind)) return settled;
      await sleep(100);
    }
  }

  call(verb: string): string {
    const text = this.#text(program(sh`/bin/sh ${undoScriptPath} ${verb}`));
    return runWith(this.#shell, text, '').stdout.toString();
  }
}

/** A host with all kinds of paths, a push that spoils each, and what there was. */
function spoiled(shell: Shell) {
  const host = new Host(shell);
  const at = (name: string) => host.path(`etc/${name}`);
  host.write('etc/edited', 'old\n');
  chmodSync(at('edited'), 0o640);
  host.write('etc/removed', 'it was here\n');
  symlinkSync('edited', at('link'));
  mkdirSync(at('tree'));
  host.write('etc/tree/one', '1\n');
  mkdirSync(at('kept'), 0o750);
  mkdirSync(at('emptied'));
  host.write('proc-sys/forward', '0\n');
  const undo: Undo = {
    paths: ['edited', 'removed', 'made', 'link', 'tree', 'it\'s "odd" $HOME'].map(at),
    directories: ['kept', 'emptied', 'fresh', 'fresh/er'].map(at),
    parameters: ['forw*', 'not/there'],
  };
  const commands = [
    sh`cd ${host.path('etc')}
echo new >edited; chmod 600 edited; rm removed; echo made >made; ln -sf removed link
echo 2 >tree/two; rm tree/one; echo odd >${'it\'s "odd" $HOME'}
chmod 700 kept; rmdir emptied; mkdir fresh fresh/er; echo 1 >${host.path('proc-sys/forward')}`,
  ];
  const look = () =>
    spawnSync('sh', ['-c', 'find . -exec stat -c "%A %N" {} + | sort; cat edited */* removed'], {
      cwd: host.path('etc'),
      encoding: 'utf8',
    }).stdout + (host.read('proc-sys/forward') ?? '');
  return { host, undo, commands, look, before: look() };
}

describe.each(shells())('%s', (_, shell) => {
  it('a push that is not confirmed is taken back', async () => {
    const { host, undo, commands, look, before } = spoiled(shell);
    const { nonce, run } = host.push(commands, undo);
    expect(run().kind).toBe('done');
    expect(look()).not.toBe(before);
    expect(host.settle('ask', nonce)).toEqual({ kind: 'armed' });
    expect(await host.ends(nonce)).toEqual({ kind: 'restored' });
    expect(look()).toBe(before);
    expect(host.settle('confirm', nonce)).toEqual({ kind: 'restored' });
  });

  it('a push that is confirmed stays, until somebody goes back', async () => {
    const { host, undo, commands, look, before } = spoiled(shell);
    const { nonce, run } = host.push(commands, undo);
    run();
    expect(host.settle('confirm', 'beef')).toEqual({ kind: 'none' });
    expect(host.settle('confirm', nonce)).toEqual({ kind: 'confirmed' });
    const after = look();
    await sleep(3500);
    expect(look()).toBe(after);
    expect(host.call('show')).toMatch(/^confirmed\nc0ffee\d+\n\d+\n.*edited\n/);
    expect(host.settle('rollback', nonce)).toEqual({ kind: 'restored' });
    expect(look()).toBe(before);
    expect(host.settle('rollback', nonce)).toEqual({ kind: 'restored' });
  });

  it('a step that fails takes all back at once', () => {
    const { host, undo, commands, look, before } = spoiled(shell);
    const { changes, run } = host.push([...commands, sh`echo no >&2; exit 3`], undo, 600);
    const failure = { exitCode: 3, said: 'no', rollback: { kind: 'rolled-back' } };
    expect(run()).toEqual({ kind: 'failed', change: changes[1], ...failure });
    expect(look()).toBe(before);
  });

  it('a push that is killed in its middle is taken back', async () => {
    const { host, undo, commands, look, before } = spoiled(shell);
    const { nonce, start } = host.push([...commands, sh`sleep 4`], undo);
    const child = start();
    while (host.read('etc/made') === undefined) await sleep(50);
    expect(host.settle('ask', nonce)).toEqual({ kind: 'running' });
    child.kill('SIGKILL');
    expect(await host.ends(nonce)).toEqual({ kind: 'restored' });
    expect(look()).toBe(before);
  });
});

const [, posix] = shells()[0] ?? ['', ['/bin/sh'] as Shell];

it('a host that waits for a confirmation is not pushed to again', async () => {
  const host = new Host(posix);
  const undo = { paths: [host.write('etc/file', 'old')] };
  const first = host.push([sh`echo new >${host.path('etc/file')}`], undo, 2);
  first.run();
  const second = host.push([sh`echo newer >${host.path('etc/file')}`], undo);
  const seen = second.run();
  expect(seen).toMatchObject({ kind: 'open', isGoingBack: false, seconds: 2 });
  expect(seen).toMatchObject({ holder: { by: 'alice@laptop' } });
  expect(host.read('etc/file')).toBe('new\n');
  await host.ends(first.nonce);
  expect(host.read('etc/file')).toBe('old');
  expect(second.run().kind).toBe('done');
  host.settle('confirm', second.nonce);
});

it('one whose watchdog is gone goes back when the next push comes', async () => {
  const host = new Host(posix);
  const undo = { paths: [host.write('etc/file', 'old')] };
  host.push([sh`echo new >${host.path('etc/file')}`], undo, 600).run();
  const [pid] = (host.read('wgpush/undo/worker') ?? '').split(' ');
  process.kill(Number(pid), 'SIGKILL');
  await sleep(200);
  expect(host.push([sh`echo newer >${host.path('etc/file')}`], undo).run()).toMatchObject({
    ...{ kind: 'open', seconds: 0 },
    holder: { by: 'alice@laptop' },
  });
  expect(host.read('etc/file')).toBe('old');
});

it('nothing is done without the means to lock a host', () => {
  const host = new Host(posix);
  rmSync(host.path('bin/flock'));
  const { run } = host.push([sh`echo new >${host.path('etc/file')}`], {});
  expect(run()).toEqual({ kind: 'unready', why: 'there is no flock(1), of util-linux' });
  expect(host.read('etc/file')).toBeUndefined();
});

it('nobody goes back while a host is being changed, and whoever tries is told by whom', async () => {
  const host = new Host(posix);
  const undo = { paths: [host.write('etc/file', 'old')] };
  const first = host.push([sh`echo new >${host.path('etc/file')}`], undo, 600);
  first.run();
  host.settle('confirm', first.nonce);
  // Nothing that it changes can be taken back, so it saves nothing.
  const other = host.push([sh`sleep 2`], undefined);
  const child = other.start();
  while (host.read('run/wgpush-lock') === undefined) await sleep(20);
  expect(host.settle('rollback', first.nonce)).toMatchObject({
    kind: 'held',
    holder: { by: 'alice@laptop' },
  });
  await once(child, 'exit');
  expect(host.read('etc/file')).toBe('new\n');
  expect(host.settle('rollback', first.nonce)).toEqual({ kind: 'restored' });
  expect(host.read('etc/file')).toBe('old');
  expect(host.read('run/wgpush-lock')).toBeUndefined();
});

it('nothing is done where what there is cannot be saved', () => {
  const host = new Host(posix);
  const undo = { paths: [host.write('etc/file', 'old')] };
  const change = sh`echo new >${host.path('etc/file')}`;
  host.tool('cp', 'echo "cp: error writing: No space left on device" >&2; exit 1');
  const { run } = host.push([change], undo);
  const said = expect.stringContaining('No space left on device') as unknown;
  expect(run()).toEqual({ kind: 'unsaved', said });
  expect(host.read('etc/file')).toBe('old');
  expect(existsSync(host.path('wgpush/undo.new'))).toBe(false);
});

it('nothing is done where the watchdog does not start', () => {
  const host = new Host(posix);
  const undo = { paths: [host.write('etc/file', 'old')] };
  rmSync(host.path('bin/setsid'));
  const { run, nonce } = host.push([sh`echo new >${host.path('etc/file')}`], undo);
  expect(run()).toEqual({ kind: 'unsaved', said: 'the watchdog does not start' });
  expect(host.read('etc/file')).toBe('old');
  expect(host.settle('ask', nonce)).toEqual({ kind: 'none' });
}, 20_000);

it('what could not be put back is said', async () => {
  const host = new Host(posix);
  const undo = { paths: [host.write('etc/file', 'old')] };
  const { run, nonce } = host.push([sh`echo new >${host.path('etc/file')}`], undo);
  host.tool('mv', `case $* in *wgpush-undo*) exit 1;; esac; exec /bin/mv "$@"`);
  run();
  expect(await host.ends(nonce)).toEqual({ kind: 'failed', complaint: host.path('etc/file') });
  expect(host.call('show')).toMatch(/^failed\nc0ffee\d+\n\d+\n.*etc\/file\n/);
});

it('what is saved is for root alone', () => {
  const host = new Host(posix);
  const { run, nonce } = host.push([sh`true`], { paths: [host.write('etc/file', 'old')] });
  run();
  expect(statSync(host.path('wgpush')).mode & 0o777).toBe(0o700);
  expect(statSync(host.path('wgpush/undo')).mode & 0o777).toBe(0o700);
  host.settle('confirm', nonce);
});

describe('the packet filter', () => {
  const ours = [':INPUT ACCEPT', ':FORWARD ACCEPT', ':OUTPUT ACCEPT'];
  const docker = [
    ':DOCKER -',
    '-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -j ACCEPT',
    '-A FORWARD -j DOCKER',
  ];

  /** Goes from one state of the filter table to another, and back. */
  async function goBack(before: readonly string[], after: readonly string[]) {
    const host = new Host(posix);
    host.tool('iptables-save', `echo '*filter'; sed 's/^:.*/& [0:0]/' ${host.path('table')}`);
    host.tool(
      'iptables-restore',
      `cat >${host.path('restored')}; cp ${host.path('goal')} ${host.path('table')}`,
    );
    host.write('table', `${before.join('\n')}\n`);
    host.write('goal', `${before.join('\n')}\n`);
    const text = `${after.join('\n')}\n`;
    const { run, nonce } = host.push([sh`printf '%s' ${text} >${host.path('table')}`], {});
    run();
    await host.ends(nonce);
    return host.read('restored')?.trim().split('\n');
  }

  it('is left alone where it is as it was', async () => {
    expect(await goBack(ours, ours)).toBeUndefined();
  });

  it('is not taken for another because of what Docker did meanwhile', async () => {
    expect(await goBack(ours, [...ours, ...docker])).toBeUndefined();
  });

  it('goes back, and what is Docker’s stays as it is now', async () => {
    const before = [...ours, ':old -', '-A INPUT -j old', '-A old -j ACCEPT'];
    const after = [':INPUT DROP', ...ours.slice(1), ':new -', '-A new -j DROP', '-A INPUT -j new'];
    expect(await goBack(before, [...after, ...docker])).toEqual([
      '*filter',
      ...[':FORWARD ACCEPT', ':INPUT ACCEPT', ':OUTPUT ACCEPT', ':old -'],
      ...['-F INPUT', '-F FORWARD', '-F OUTPUT', '-F new'],
      '-A FORWARD -j DOCKER',
      ...['-A INPUT -j old', '-A old -j ACCEPT'],
      '-X new',
      'COMMIT',
    ]);
  });
});
