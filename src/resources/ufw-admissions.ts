/**
 * Rules that admit what comes in, and are not in ufw's list: in the files that ufw loads around it, and
 * in the kernel beside it. `ufw status` shows none of them.
 */
import type { FileRule } from '../facts/ufw-rules-files';
import type { PacketFilter } from '../facts/packet-filter';
import type { Family } from '../model/address';
import type { Change } from '../model/change';
import { lines, type Script, sh } from '../model/shell';
import { canonical } from './ufw-rules';

export interface Admissions {
  readonly files: readonly FileRule[];
  readonly running: Readonly<Record<Family, PacketFilter | undefined>>;
}

/** What nobody declared of them, in the words of iptables. */
export function foreignAdmissions(found: Admissions): readonly string[] {
  const inFiles = foreignIn(found.files).map(({ file, rule }) => `${rule} (in ${file})`);
  return [...inFiles, ...live(found, 4), ...live(found, 6).map((rule) => `${rule} (v6)`)];
}

/** All of them are one change. */
export function* admissionChanges(found: Admissions): Iterable<Change> {
  const undeclared = foreignAdmissions(found);
  if (undeclared.length === 0) return;
  const inFiles = foreignIn(found.files);
  const files = [...new Set(inFiles.map(({ file }) => file))];
  yield {
    summary: `remove ${String(undeclared.length)} rule${undeclared.length === 1 ? '' : 's'} beside those of ufw`,
    before: undeclared.join('\n'),
    after: '',
    reason: 'nobody declared it',
    commands: [
      ...files.map((path) =>
        withoutLines(
          path,
          inFiles.filter(({ file }) => file === path).map(({ rule }) => rule),
        ),
      ),
      ...([4, 6] as const).flatMap((family) => removal(family, live(found, family))),
    ],
  };
}

function live({ running }: Admissions, family: Family): readonly string[] {
  return (running[family]?.otherAdmissions ?? []).filter((line) => !isStock(line));
}

function foreignIn(files: readonly FileRule[]): readonly FileRule[] {
  return files.filter(({ rule }) => !isStock(rule));
}

/** What ufw comes with: loopback, answers, ICMP, how a host gets its addresses, and local discovery. */
function isStock(line: string): boolean {
  const rule = canonical(line.replace(/^-[AI] \S+ /, ''));
  return stock.has(rule) || /(^| )-p (icmp|icmpv6|ipv6-icmp)( |$)/.test(rule);
}

const stock: ReadonlySet<string> = new Set([
  '-i lo -j ACCEPT',
  '--ctstate RELATED,ESTABLISHED -j ACCEPT',
  '--dport 68 --sport 67 -j ACCEPT -p udp',
  '--dport 546 --sport 547 -d fe80::/10 -j ACCEPT -p udp -s fe80::/10',
  '--dport 5353 -d 224.0.0.251 -j ACCEPT -p udp',
  '--dport 5353 -d ff02::fb -j ACCEPT -p udp',
  '--dport 1900 -d 239.255.255.250 -j ACCEPT -p udp',
  '--dport 1900 -d ff02::f -j ACCEPT -p udp',
]);

function withoutLines(path: string, rules: readonly string[]): Script {
  return lines(
    sh`new=$(mktemp ${`${path}.XXXXXX`})`,
    sh`trap 'rm -f "$new"' EXIT`,
    sh`{ printf '%s\n' ${rules} | grep -vxF -f - ${path} || [ $? -eq 1 ]; } >"$new"`,
    sh`chmod 640 "$new"`,
    sh`mv -T "$new" ${path}`,
  );
}

function removal(family: Family, rules: readonly string[]): readonly Script[] {
  if (rules.length === 0) return [];
  const name = family === 4 ? 'iptables' : 'ip6tables';
  const deletions = rules.map((rule) => rule.replace(/^-A /, '-D '));
  return [sh`printf '%s\n' ${['*filter', ...deletions, 'COMMIT']} | ${`${name}-restore`} -n`];
}
