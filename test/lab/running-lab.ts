/** A lab for tests: real hosts, and wgpush run from the internet outside them. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(__dirname, '../..');
const script = join(root, 'test/lab/lab');

/** Ends the names of labs: the tests of two checkouts run on one machine, each with its own hosts. */
const checkout = createHash('sha256').update(root).digest('hex').slice(0, 4);

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Files = Readonly<Record<string, string>>;

export interface Lab {
  /** `host-1`, … */
  readonly hosts: readonly string[];
  /** Where wgpush runs; `inventory/NAME` in it is `--inventory NAME`. */
  readonly directory: string;
  /** The path of wgpush. */
  readonly program: string;
  /** The private key that root of every host accepts. */
  readonly keyFile: string;
  /** Runs wgpush from outside the hosts, with the lab's known_hosts. */
  wgpush(command: string, ...args: readonly string[]): Promise<Ended>;
  /** Runs shell text on a host as root. */
  on(host: string, command: string): Promise<Ended>;
  /** Runs shell text in the internet, where the controller is. */
  outside(command: string): Promise<Ended>;
  stop(host: string): Promise<void>;
  start(host: string): Promise<void>;
  /** Writes files of an inventory, replacing what there was under its name, the lock too. */
  writeInventory(name: string, files: Files): Promise<void>;
  /** The same, but the lock stays: the hosts are who they were. */
  rewriteInventory(name: string, files: Files): Promise<void>;
  down(): Promise<void>;
}

/** The public address of the n-th host, from 1. */
export function publicAddress(number: number): string {
  return `203.0.113.${String(10 + number)}`;
}

/** Its public address of IPv6. */
export function publicAddress6(number: number): string {
  return `2001:db8::${String(10 + number)}`;
}

/** Its address in the private network, if it is in there. */
export function privateAddress(number: number): string {
  return `10.9.0.${String(10 + number)}`;
}

/**
 * A fresh lab. Bare hosts: neither wireguard-tools nor ufw is installed. Those behind NAT let only
 * SSH in, by the address that they would have had themselves. Those of `docker` have an engine; on
 * those of `noSystemd` nothing runs but sshd. Those of `lan` have a private network beside the internet.
 * @param topic what the tests are about.
 */
export async function labUp(
  topic: string,
  size: number,
  {
    nat = [],
    docker = [],
    noSystemd = [],
    lan = [],
  }: Readonly<Partial<Record<'nat' | 'docker' | 'noSystemd' | 'lan', readonly string[]>>> = {},
): Promise<Lab> {
  const name = `${topic}-${checkout}`;
  const options = [
    ...nat.flatMap((host) => ['--nat', host]),
    ...docker.flatMap((host) => ['--docker', host]),
    ...noSystemd.flatMap((host) => ['--no-systemd', host]),
    ...lan.flatMap((host) => ['--lan', host]),
  ];
  await must(lab(name, ['up', String(size), ...options]));
  const directory = await mkdtemp(join(tmpdir(), `wgpush-lab-${name}-`));
  await cp(join(root, 'inventory'), join(directory, 'inventory'), { recursive: true });
  const state = join('/run/wgpush-lab', name);
  const knownHosts = ['--known-hosts', join(state, 'known_hosts')];
  const writeInventory = async (inventory: string, files: Files): Promise<void> => {
    const target = join(directory, 'inventory', inventory);
    await rm(target, { recursive: true, force: true });
    await mkdir(target, { recursive: true });
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(target, file)), { recursive: true });
      await writeFile(join(target, file), text);
    }
  };
  return {
    hosts: Array.from({ length: size }, (_, index) => `host-${String(index + 1)}`),
    directory,
    program: join(root, 'bin/wgpush'),
    keyFile: join(state, 'id_ed25519'),
    wgpush: (command, ...args) =>
      lab(
        name,
        [
          'outside',
          join(root, 'bin/wgpush'),
          command,
          ...(['validate', 'inventory'].includes(command) ? [] : knownHosts),
          ...args,
        ],
        directory,
      ),
    on: (host, command) => lab(name, ['exec', host, 'sh', '-c', command]),
    outside: (command) => lab(name, ['outside', 'sh', '-c', command]),
    stop: (host) => must(lab(name, ['stop', host])),
    start: (host) => must(lab(name, ['start', host])),
    writeInventory,
    rewriteInventory: async (inventory, files) => {
      const lockFile = join(directory, 'inventory', inventory, 'wgpush.lock.yaml');
      const lock = await readFile(lockFile, 'utf8').catch(() => undefined);
      await writeInventory(inventory, {
        ...files,
        ...(lock === undefined ? {} : { 'wgpush.lock.yaml': lock }),
      });
    },
    down: async () => {
      await must(lab(name, ['down']));
      await rm(directory, { recursive: true });
    },
  };
}

async function must(ended: Promise<Ended>): Promise<void> {
  const { code, stdout, stderr } = await ended;
  if (code !== 0) throw new Error(`the lab failed with ${String(code)}: ${stderr}${stdout}`);
}

function lab(name: string, [verb = '', ...args]: readonly string[], cwd = root): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      script,
      [verb, '--name', name, ...args],
      {
        cwd,
        maxBuffer: 64 * 1024 * 1024,
        env: { ...process.env, NO_COLOR: '1', WGPUSH_STATE: join(cwd, '.state') },
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      },
    );
    child.stdin?.end();
  });
}
