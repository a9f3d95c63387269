/**
 * Hosts that are directories: the real scripts run in the real /bin/sh, and find a file system and
 * tools of their own. A tool refuses what it does not know, and what is not listed is not there.
 */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Connect, Connection, Job, Reply } from '../../src/connection/connection';
import type { Login } from '../../src/model/host';
import { freshDirectory } from '../facts/shell';

/** What becomes of one script on a host, in place of running it. */
export type Trouble = (run: () => Promise<Reply>, job: Job) => Promise<Reply>;

export class FakeHost {
  readonly root = freshDirectory();
  /** The scripts that were run here, with what they printed. */
  readonly jobs: { readonly script: string; readonly reply: Reply | undefined }[] = [];
  /** Troubles of the next scripts, in their order. */
  readonly troubles: (Trouble | undefined)[] = [];
  /** What connecting fails with. */
  noConnection: Error | undefined;

  constructor() {
    for (const part of ['bin', 'uninstalled', 'etc', 'packages', 'units'])
      mkdirSync(this.path(part));
    for (const name of realTools) symlinkSync(toolPath(name), this.path(`bin/${name}`));
    for (const [name, text] of Object.entries(fakeTools)) this.#tool('bin', name, text);
    this.#tool('uninstalled', 'wg', wg);
  }

  path(file: string): string {
    return join(this.root, file);
  }

  /** All files of the host that a push can change, with their texts. */
  files(): Readonly<Record<string, string>> {
    const names = ['etc', 'packages', 'units'].flatMap((part) =>
      readdirSync(this.path(part), { recursive: true, encoding: 'utf8' }).map(
        (name) => `${part}/${name}`,
      ),
    );
    const isFile = (name: string) => !['etc/wireguard'].includes(name);
    return Object.fromEntries(
      names
        .filter(isFile)
        .sort()
        .map((name) => [name, readFileSync(this.path(name), 'utf8')]),
    );
  }

  privateKey(): string {
    return readFileSync(this.path('etc/wireguard/wg0.key'), 'utf8').trim();
  }

  /** As after a distribution's installation: the tools are there, and whatever they make. */
  installTools(): void {
    writeFileSync(this.path('packages/wireguard-tools'), '');
    cpSync(this.path('uninstalled/wg'), this.path('bin/wg'));
  }

  writeKey(privateKey: string): void {
    mkdirSync(this.path('etc/wireguard'), { recursive: true });
    writeFileSync(this.path('etc/wireguard/wg0.key'), `${privateKey}\n`, { mode: 0o600 });
  }

  /** From now on its clock stands still. @param seconds since 1970. */
  setClock(seconds: number): void {
    this.#tool('bin', 'date', `[ "$*" = +%s ] || refuse "$@"; echo ${String(seconds)}`);
  }

  /** From now on a tool fails when it is told to do this. */
  breakTool(name: string, verb: string): void {
    const text = fakeTools[name] ?? '';
    const broken = `[ "$1" != ${verb} ] || { echo 'out of order' >&2; exit 1; }`;
    this.#tool('bin', name, `${broken}\n${text}`);
  }

  async run(job: Job): Promise<Reply> {
    const trouble = this.troubles.shift();
    const run = () => this.#shell(job);
    try {
      const reply = await (trouble === undefined ? run() : trouble(run, job));
      this.jobs.push({ script: job.script, reply });
      return reply;
    } catch (error) {
      this.jobs.push({ script: job.script, reply: undefined });
      throw error;
    }
  }

  #tool(directory: string, name: string, text: string): void {
    const file = this.path(`${directory}/${name}`);
    // What stands there may be a link to a tool of this machine, and must not be written through.
    rmSync(file, { force: true });
    writeFileSync(file, `#!/bin/sh\nroot=${this.root}\n${refuse}\n${text}\n`, { flag: 'wx' });
    chmodSync(file, 0o755);
  }

  #shell({ script, nonce }: Job): Promise<Reply> {
    const here = script
      .replaceAll('/etc/wireguard', this.path('etc/wireguard'))
      .replaceAll('/var/lib/wgpush', this.path('undo'))
      .replaceAll('/run/wgpush-lock', this.path('lock'))
      .replaceAll(/\/var\/(lib|cache)\/(apt|dpkg)/g, this.path('no-$2'))
      .replaceAll('/run/cloud-init', this.path('no-cloud-init'))
      .replaceAll('/run/systemd', this.path('no-systemd'))
      .replaceAll(/ PATH=\S+/g, ` PATH=${this.path('bin')}`);
    return new Promise((resolve, reject) => {
      const child = spawn('/bin/sh', ['-s', nonce], { stdio: 'pipe' });
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on('data', (piece: Buffer) => stdout.push(piece));
      child.stderr.on('data', (piece: Buffer) => stderr.push(piece));
      child.on('error', reject);
      child.on('close', (exitCode) => {
        resolve({
          stdout: Buffer.concat(stdout),
          stderr: Buffer.concat(stderr),
          exitCode: exitCode ?? undefined,
          loginShellMs: 1,
        });
      });
      child.stdin.end(here);
    });
  }
}

/** Connections to fake hosts by the host of their login, and how they are used. */
export class FakeNetwork {
  opened = 0;
  closed = 0;
  #busy = 0;
  mostBusy = 0;

  constructor(readonly hosts: ReadonlyMap<string, FakeHost>) {}

  readonly connect: Connect = async ({ host: name }: Login): Promise<Connection> => {
    const host = this.hosts.get(name);
    if (host === undefined) throw new Error(`the test knows no host ${name}`);
    await this.#during(() => new Promise((resolve) => setTimeout(resolve, 5)));
    if (host.noConnection !== undefined) throw host.noConnection;
    this.opened += 1;
    let isOpen = true;
    return {
      run: (job) => {
        if (!isOpen) throw new Error(`a script for ${name} on a closed connection`);
        return this.#during(() => host.run(job));
      },
      close: () => {
        if (isOpen) this.closed += 1;
        isOpen = false;
        return Promise.resolve();
      },
    };
  };

  async #during<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    this.mostBusy = Math.max(this.mostBusy, this.#busy);
    try {
      return await work();
    } finally {
      this.#busy -= 1;
    }
  }
}

const realTools = [
  ...['sh', 'awk', 'base64', 'cat', 'chmod', 'cp', 'cut', 'dirname', 'grep', 'head', 'mkdir'],
  ...['mktemp', 'mv', 'rm', 'sed', 'sha256sum', 'sleep', 'touch', 'tr', 'id', 'ls'],
  // What a push is taken back with.
  ...['date', 'find', 'setsid', 'sort'],
  // What it is kept to itself with.
  'flock',
];

function toolPath(name: string): string {
  const found = ['/usr/bin', '/bin'].map((directory) => join(directory, name)).find(existsSync);
  if (found === undefined) throw new Error(`this machine has no ${name}`);
  return found;
}

const refuse = `refuse() { echo "$\{0##*/}: the fake does not know: $*" >&2; exit 64; }`;

/** Not a public key of Curve25519, but a function of the private key that is not it: halves swapped. */
const half = '?'.repeat(21);
const wg = `case $1 in
genkey) head -c 32 /dev/urandom | base64 ;;
pubkey)
  read -r key
  [ "$\{#key}" -eq 44 ] || { echo 'wg: Key is not the correct length or format' >&2; exit 1; }
  rest=$\{key#${half}}
  echo "$\{rest%??}$\{key%"$rest"}$\{rest#${half}}" ;;
*) refuse "$@" ;;
esac`;

const fakeTools: Readonly<Record<string, string>> = {
  'dpkg-query': `[ "$1 $2" = '-W -f' ] || refuse "$@"
shift 3
code=0
for name; do
  if [ -e "$root/packages/$name" ]; then echo "$name installed 1.0"
  else echo "dpkg-query: no packages found matching $name" >&2; code=1
  fi
done
exit $code`,
  'apt-get': `[ "$1 $2 $3 $4" = '-q -y -o DPkg::Lock::Timeout=120' ] || refuse "$@"
shift 4
case $1 in
update) exit 0 ;;
install)
  [ "$2 $3 $4" = '--no-install-recommends -o Dpkg::Options::=--force-confold' ] || refuse "$@"
  shift 4
  for name; do
    [ ! -e "$root/no-such-package" ] || { echo "E: Unable to locate package $name" >&2; exit 100; }
    [ ! -e "$root/lazy-apt" ] || exit 0
    touch "$root/packages/$name"
  done
  cp "$root/uninstalled/wg" "$root/bin/wg" ;;
*) refuse "$@" ;;
esac`,
  systemctl: `case $1 in
show)
  [ "$2 $3 $4 $5 $6 $7 $8 $9" = '-p LoadState -p ActiveState -p UnitFileState -p NeedDaemonReload' ] || refuse "$@"
  enabled=disabled
  shift 9
  [ ! -e "$root/units/$1" ] || enabled=enabled
  printf 'LoadState=loaded\\nActiveState=inactive\\nUnitFileState=%s\\nNeedDaemonReload=no\\n' $enabled ;;
enable) touch "$root/units/$2" ;;
*) refuse "$@" ;;
esac`,
  ip: `case $* in
'address show dev wg0' | 'link show dev wg0') echo 'Device "wg0" does not exist.' >&2; exit 1 ;;
*) refuse "$@" ;;
esac`,
  // Whoever runs the tests is the root of these hosts.
  stat: `/usr/bin/stat "$@" | sed "s/ $(id -un)\\$/ root/"`,
  chown: `[ "$1" = root: ] || refuse "$@"`,
};
