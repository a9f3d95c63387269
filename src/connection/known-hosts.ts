/**
 * The known_hosts file: what its lines say of a host, and the verdict on a key that a host shows
 * (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT").
 *
 * The rules are those of OpenSSH's own client, with one exception: a host that is known by keys of
 * other types only has *changed*; ssh takes its key for a new one, which accept-new would record.
 */
import { createHmac } from 'node:crypto';
import { address } from '../model/address';
import { describedKey, keyType } from './host-key';

export interface KnownHostsLine {
  /** FILE:LINE */
  readonly place: string;
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  readonly hosts: Patterns | HashedName;
  readonly type: string;
  readonly key: Buffer;
}

/** At least one has to match, and none of those that begin with `!`. */
type Patterns = readonly string[];

/** `|1|SALT|HMAC-SHA1(SALT, NAME)` in base64: what HashKnownHosts writes. */
interface HashedName {
  readonly salt: Buffer;
  /** In base64. */
  readonly hash: string;
}

/** The lines that speak of one host at one port. */
export interface HostLines {
  readonly withPort: readonly KnownHostsLine[];
  /** Lines of the bare name: a key that they hold is known on every port, as it is to ssh. */
  readonly withoutPort: readonly KnownHostsLine[];
}

export type HostKeyVerdict =
  | { readonly kind: 'known'; readonly line: KnownHostsLine }
  | { readonly kind: 'unknown' }
  /** Only a certificate authority is recorded; the host may well have a certificate, which we cannot read. */
  | { readonly kind: 'certified'; readonly line: KnownHostsLine }
  | { readonly kind: 'changed'; readonly lines: readonly KnownHostsLine[] }
  | { readonly kind: 'revoked'; readonly line: KnownHostsLine };

/** Reads a file. Lines that make no sense are skipped, as ssh does. */
export function parseKnownHosts(text: string, file: string): readonly KnownHostsLine[] {
  return text
    .split(/\r?\n/)
    .flatMap((line, index) => parseLine(line, `${file}:${String(index + 1)}`) ?? []);
}

export function linesOf(lines: readonly KnownHostsLine[], host: string, port: number): HostLines {
  const bare = canonicalName(host);
  const withoutPort = lines.filter((line) => speaksOf(line.hosts, bare));
  if (port === 22) return { withPort: withoutPort, withoutPort: [] };
  const full = hostField(host, port);
  return { withPort: lines.filter((line) => speaksOf(line.hosts, full)), withoutPort };
}

/** What to think of a key that the host shows. @param shown type and fingerprint: all that ssh tells. */
export function judge({ withPort, withoutPort }: HostLines, shown: string): HostKeyVerdict {
  const all = [...withPort, ...withoutPort];
  const isKey = (line: KnownHostsLine): boolean => describedKey(line.key) === shown;

  const revoked = all.find((line) => line.marker === 'revoked' && isKey(line));
  if (revoked !== undefined) return { kind: 'revoked', line: revoked };

  const recorded = withPort.filter((line) => line.marker === 'none');
  const candidates = recorded.length > 0 ? recorded : plain(withoutPort);
  const known = candidates.find(isKey);
  if (known !== undefined) return { kind: 'known', line: known };
  if (recorded.length > 0) return { kind: 'changed', lines: recorded };

  const authority = all.find((line) => line.marker === 'cert-authority');
  return authority === undefined ? { kind: 'unknown' } : { kind: 'certified', line: authority };
}

/** The types of key that are known of a host, so that it can be asked for one of them. */
export function knownKeyTypes({ withPort, withoutPort }: HostLines): readonly string[] {
  const own = plain(withPort);
  return [...new Set((own.length > 0 ? own : plain(withoutPort)).map((line) => line.type))];
}

/** How a host stands in the file: the bare name at port 22, else `[name]:port`. */
export function hostField(host: string, port: number): string {
  const name = canonicalName(host);
  return port === 22 ? name : `[${name}]:${String(port)}`;
}

/** The line that records a key. */
export function recordOf(host: string, port: number, key: Buffer): string {
  return `${hostField(host, port)} ${keyType(key) ?? ''} ${key.toString('base64')}`;
}

function plain(lines: readonly KnownHostsLine[]): readonly KnownHostsLine[] {
  return lines.filter((line) => line.marker === 'none');
}

/** ssh looks names up in lower case and addresses in their canonical form. */
function canonicalName(host: string): string {
  return address(host) ?? host.toLowerCase();
}

function parseLine(line: string, place: string): KnownHostsLine | undefined {
  const match = /^[ \t]*(?:@(\S+)[ \t]+)?([^\s#@]\S*)[ \t]+(\S+)[ \t]+(\S+)/.exec(line);
  const [, markerWord, hostsField, type, base64] = match ?? [];
  const marker = markerWord ?? 'none';
  if (marker !== 'none' && marker !== 'revoked' && marker !== 'cert-authority') return undefined;
  if (hostsField === undefined || type === undefined || base64 === undefined) return undefined;
  const hosts = parseHosts(hostsField);
  const key = Buffer.from(base64, 'base64');
  return hosts && keyType(key) === type ? { place, marker, hosts, type, key } : undefined;
}

function parseHosts(field: string): Patterns | HashedName | undefined {
  if (!field.startsWith('|')) return field.split(',').filter((pattern) => pattern !== '');
  const [, version, salt, hash] = field.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return undefined;
  return { salt: Buffer.from(salt, 'base64'), hash };
}

function speaksOf(hosts: Patterns | HashedName, name: string): boolean {
  if ('salt' in hosts) {
    return createHmac('sha1', hosts.salt).update(name).digest('base64') === hosts.hash;
  }
  const refuses = (pattern: string): boolean =>
    pattern.startsWith('!') && globMatches(pattern.slice(1), name);
  return !hosts.some(refuses) && hosts.some((pattern) => globMatches(pattern, name));
}

/** `*` is any text, `?` one character; everything else stands for itself, brackets too. */
function globMatches(pattern: string, name: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern.toLowerCase() === name;
  const source = pattern
    .toLowerCase()
    .replace(/[\\^$.|+()[\]{}/-]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(name);
}
