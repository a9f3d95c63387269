/**
 * What `ssh -v` writes about a login: how far it came, and why it failed. That it has succeeded is never
 * taken from here, but from ssh's exit code.
 *
 * Whatever a stranger says is one line of it, without control characters, and after words of ssh's own;
 * so nothing that a host says is taken for ssh's word.
 */
import type { Attempt, Offer } from './attempt';

/** Notes what is seen so far. @param log of one login, from its beginning. */
export function see(attempt: Attempt, log: string): void {
  const lines = linesOf(log);
  const has = (pattern: RegExp): boolean => lines.some((line) => pattern.test(line));
  const first = (pattern: RegExp): readonly string[] =>
    lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);

  attempt.isConnected = has(/^debug1: (?:Connection established|Executing proxy command)/);
  attempt.isTrusted = has(/^debug1: SSH2_MSG_NEWKEYS received/);
  const greeting = first(/^debug1: kex_exchange_identification: banner line \d+: (.*)/);
  const version = first(/^debug1: Remote protocol version (.*)/);
  attempt.greeting = Buffer.from(
    [...greeting, ...version.map((words) => `SSH-${words}`)].join('\n'),
  );
  attempt.methodsLeft = first(/^debug1: Authentications that can continue: (.*)/)
    .at(-1)
    ?.split(',');
  attempt.isHalfAccepted = has(/^Authenticated using "publickey" with partial success/);
  attempt.credentials = {
    offered: offeredIn(lines),
    passedOver: attempt.credentials?.passedOver ?? [],
  };
}

/** The key that the host has shown, as `describedKey` gives it, if ssh does not accept it. */
export function refusedHostKey(log: string): string | undefined {
  const lines = linesOf(log);
  if (!lines.some((line) => line === 'Host key verification failed.')) return undefined;
  return lines
    .map((line) => /^debug1: Server host (?:key|certificate): (\S+ SHA256:\S+)/.exec(line)?.[1])
    .findLast((shown) => shown !== undefined);
}

/** Why a login failed. */
export function errorIn(log: string): Error {
  const lines = linesOf(log).filter((line) => !line.startsWith('debug1: '));
  for (const { pattern, error } of causes) {
    const found = lines.map((line) => pattern.exec(line)).findLast((match) => match !== null);
    if (found) return error(found[1] ?? '');
  }
  return new Error(lines.at(-1) ?? 'ssh ends without a word');
}

/** What ssh has said since it logged in, if it is the reason why the connection ended. */
export function endIn(log: string): string | undefined {
  const lines = linesOf(log);
  const since = lines.findIndex((line) => line.startsWith('Authenticated to ')) + 1;
  return lines.slice(since).find((line) => !line.startsWith('debug1: '));
}

function linesOf(log: string): readonly string[] {
  return log.split(/\r?\n/).filter((line) => line !== '');
}

/** `debug1: Offering public key: WHERE TYPE FINGERPRINT [explicit] [agent]` */
function offeredIn(lines: readonly string[]): Offer['offered'] {
  return lines.flatMap((line) => {
    const match = /^debug1: Offering public key: (.*) (\S+) (SHA256:\S+)(.*)$/.exec(line);
    const [, file = '', type = '', fingerprint = '', origin = ''] = match ?? [];
    if (match === null) return [];
    const key = `${keyTypes[type] ?? type} ${fingerprint}`;
    const isAgents = / agent\b/.test(origin);
    return { description: isAgents ? `${key} of the ssh-agent` : `${file} (${key})` };
  });
}

/** Was a key offered that is not in a file? */
export function offersHeldKey(log: string): boolean {
  return /^debug1: Offering public key: .*(?:-SK SHA256:| agent\b| token\b)/m.test(log);
}

/** ssh's short names. Of ECDSA it does not say the curve. */
const keyTypes: Readonly<Record<string, string>> = { ED25519: 'ssh-ed25519', RSA: 'ssh-rsa' };

interface Cause {
  readonly pattern: RegExp;
  readonly error: (words: string) => Error;
}

const closed = (): Error => withCode('ECONNRESET', 'read ECONNRESET');
const said = (words: string): Error => new Error(words);

/** The first that is found counts. */
const causes: readonly Cause[] = [
  {
    pattern: /^ssh: connect to host .* port \d+: (.*)$/,
    error: (words) => withCode(codes[words], words),
  },
  {
    pattern: /^ssh: Could not resolve hostname .*: (.*)$/i,
    error: (words) => withCode(/^Temporary/.test(words) ? 'EAI_AGAIN' : 'ENOTFOUND', words),
  },
  { pattern: /^Unable to negotiate with .*: (no matching .*)$/, error: said },
  { pattern: /^Received disconnect from .* port \d+:\d+: (.*)$/, error: said },
  {
    pattern: /^sign_and_send_pubkey: signing failed for .*: (.*)$/,
    error: (words) => Object.assign(said(words), { level: 'agent' }),
  },
  { pattern: /^\S*: Permission denied \(/, error: () => said('') },
  {
    pattern: /^kex_exchange_identification: (?:.*Connection (?:reset|closed)|.*Broken pipe)/,
    error: closed,
  },
  { pattern: /^kex_exchange_identification: (.*)$/, error: said },
  { pattern: /^(?:Connection (?:closed|reset) by |.*: Broken pipe)/, error: closed },
  {
    pattern: /^ssh_dispatch_run_fatal: .*: (?:Connection (?:reset|closed)|Broken pipe)/,
    error: closed,
  },
  { pattern: /^ssh_dispatch_run_fatal: .* port \d+: (.*)$/, error: said },
];

/** As strerror(3) words them. */
const codes: Readonly<Record<string, string>> = {
  'Connection refused': 'ECONNREFUSED',
  'No route to host': 'EHOSTUNREACH',
  'Network is unreachable': 'ENETUNREACH',
  'Connection timed out': 'ETIMEDOUT',
  'Connection reset by peer': 'ECONNRESET',
};

function withCode(code: string | undefined, words: string): Error {
  return Object.assign(new Error(words), { code });
}
