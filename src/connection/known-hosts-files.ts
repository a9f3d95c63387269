/**
 * The known_hosts files of a run: read once, and added to where new keys are accepted.
 *
 * A line is added with a single write(2) in append mode, which Linux does whole and at the end of
 * the file whoever else is writing; so there is no lock that a crash could leave behind. Two runs
 * that accept the same key at once leave the line twice, which means the same.
 */
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Jump } from '../model/host';
import { Unreachable } from './connection';
import { describedKey } from './host-key';
import {
  type HostKeyVerdict,
  type HostLines,
  hostField,
  judge,
  knownKeyTypes,
  linesOf,
  parseKnownHosts,
  recordOf,
} from './known-hosts';
import { errorCode, errorMessage } from './system-error';

export interface KnownHosts {
  /** The first is the one that is added to. */
  readonly files: readonly [string, ...(readonly string[])];
  /** The types of key that are known of a host; none: the host is unknown. */
  keyTypes(host: string, port: number): readonly string[];
  /** @param shown type and fingerprint, as `describedKey` gives them. */
  judge(host: string, port: number, shown: string): HostKeyVerdict;
  /**
   * Records the key of a host that has none, and gives the verdict after that: another connection
   * may have recorded another key meanwhile. @throws Error when the file can't be written.
   */
  accept(host: string, port: number, key: Buffer): Promise<HostKeyVerdict>;
}

/** A file is there but can't be read: no host key can be judged, so nobody may be connected to. */
export class KnownHostsUnreadable extends Unreachable {
  override readonly name = 'KnownHostsUnreadable';
}

/** The files that hold for a host. @throws KnownHostsUnreadable */
export type KnownHostsOf = (login: Jump) => Promise<KnownHosts>;

/** Those that the user's ssh configuration names for a host; `standard` where it names none. */
export function knownHostsByConfig(standard: KnownHosts, home: string): KnownHostsOf {
  const opened = new Map<string, Promise<KnownHosts>>();
  return ({ settings }) => {
    const { userKnownHosts, globalKnownHosts } = settings ?? {};
    if (userKnownHosts === undefined && globalKnownHosts === undefined) {
      return Promise.resolve(standard);
    }
    const [own, system] = defaultKnownHostsFiles(home);
    // Of `none`, nothing is known and nothing is kept.
    const [first = '/dev/null', ...more] = userKnownHosts ?? [own];
    const files = [first, ...more, ...(globalKnownHosts ?? [system])] as const;
    const key = JSON.stringify(files);
    const found = opened.get(key) ?? openKnownHosts(files);
    opened.set(key, found);
    return found;
  };
}

/** Where ssh looks: the user's own file, then the system's. */
export function defaultKnownHostsFiles(home: string): readonly [string, string] {
  return [join(home, '.ssh', 'known_hosts'), '/etc/ssh/ssh_known_hosts'];
}

/** Reads the files; one that is missing is empty. The first is the one that is added to. */
export async function openKnownHosts(
  files: readonly [string, ...(readonly string[])],
): Promise<KnownHosts> {
  const lines = (await Promise.all(files.map(readLines))).flat();
  const cache = new Map<string, HostLines>();

  const of = (host: string, port: number): HostLines => {
    const name = hostField(host, port);
    const found = cache.get(name) ?? linesOf(lines, host, port);
    cache.set(name, found);
    return found;
  };

  return {
    files,
    keyTypes: (host, port) => knownKeyTypes(of(host, port)),
    judge: (host, port, shown) => judge(of(host, port), shown),
    async accept(host, port, key) {
      const shown = describedKey(key);
      const before = judge(of(host, port), shown);
      if (before.kind !== 'unknown' && before.kind !== 'certified') return before;
      const record = recordOf(host, port, key);
      const place = `${files[0]}, added in this run`;
      lines.push(...parseKnownHosts(record, files[0]).map((line) => ({ ...line, place })));
      // A bare name speaks of its other ports too.
      cache.clear();
      await append(files[0], record);
      return judge(of(host, port), shown);
    },
  };
}

async function readLines(file: string): Promise<ReturnType<typeof parseKnownHosts>> {
  try {
    return parseKnownHosts(await readFile(file, 'utf8'), file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw new KnownHostsUnreadable(
      `${file} can't be read, so no host key can be checked: ${errorMessage(error)}`,
      { cause: error },
    );
  }
}

async function append(file: string, record: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const last = Buffer.from('\n');
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    // A file that somebody edited may end in the middle of a line.
    const text = Buffer.from(`${last.toString() === '\n' ? '' : '\n'}${record}\n`);
    const { bytesWritten } = await handle.write(text);
    if (bytesWritten < text.length) throw new Error(`${file}: the line was not written whole`);
  } finally {
    await handle.close();
  }
}
