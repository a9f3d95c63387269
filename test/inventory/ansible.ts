/** The real Ansible, which what we read is held against. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** A group as `ansible-inventory --list` prints it. */
interface ListedGroup {
  readonly hosts?: readonly string[];
  readonly children?: readonly string[];
}

/** What it prints for each of these hosts files, in one run of it; null for one that it can't read. */
export function ansibleListings(files: readonly string[]): ReadonlyMap<string, unknown> {
  return answers('ansible-list.py', [], files);
}

/** The hosts that each of these patterns limits a run to, sorted. */
export function ansibleHosts(
  file: string,
  patterns: readonly string[],
): ReadonlyMap<string, unknown> {
  return answers('ansible-hosts.py', [file], patterns);
}

function answers(
  program: string,
  args: readonly string[],
  lines: readonly string[],
): ReadonlyMap<string, unknown> {
  const printed = execFileSync('/usr/bin/python3', [path.join(__dirname, program), ...args], {
    input: lines.join('\n'),
    stdio: ['pipe', 'pipe', 'ignore'],
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  // Python writes a negative zero, which JSON.stringify does not: they are the same number.
  const parsed: unknown = JSON.parse(printed, (_, value: unknown) => (value === 0 ? 0 : value));
  return new Map(Object.entries(parsed as Readonly<Record<string, unknown>>));
}

/** The same but for the order in which hosts and groups are named, which says nothing. */
export function ordered(listing: unknown): unknown {
  // Both are of that shape: an object of groups, and `_meta`, which has neither key.
  const groups = listing as Readonly<Record<string, ListedGroup>>;
  return Object.fromEntries(
    Object.entries(groups).map(([name, { hosts, children, ...others }]) => [
      name,
      {
        ...(hosts === undefined ? {} : { hosts: hosts.toSorted() }),
        ...(children === undefined ? {} : { children: children.toSorted() }),
        ...others,
      },
    ]),
  );
}
