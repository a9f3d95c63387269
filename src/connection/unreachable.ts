/** Why a host could not be logged in to, in words for the person who is woken up by it. */
import { withPort } from '../model/address';
import type { Jump } from '../model/host';
import { printable } from '../model/secret';
import type { Attempt } from './attempt';
import { Unreachable } from './connection';
import { TurnedAway } from './login-turns';
import { errorCode, errorMessage } from './system-error';

/** The error of an attempt that failed. */
export function unreachable(attempt: Attempt, error: unknown): Unreachable {
  if (error instanceof Unreachable) return error;
  attempt.look();
  const Kind = isTurnedAway(attempt, error) ? TurnedAway : Unreachable;
  return new Kind(reason(attempt, error), { cause: error });
}

/**
 * Did the host hang up before it said who it is? An sshd that is full does, and may say so. Other
 * words are meant: `Not allowed at this time` lasts for longer than we wait (PerSourcePenalties).
 */
export function isTurnedAway(attempt: Attempt, error: unknown): boolean {
  if (attempt.isTimedOut || attempt.isTrusted) return false;
  if (!attempt.isConnected) return errorCode(error) === 'ECONNRESET';
  if (!isClosed(errorMessage(error))) return false;
  return /^(?:Exceeded MaxStartups\s*)?$/.test(attempt.greeting.toString());
}

function reason(attempt: Attempt, error: unknown): string {
  const place = withPort(attempt.login.host, attempt.login.port);
  if (attempt.isTimedOut) return timedOut(attempt, place);
  if (attempt.hostKeyRefusal !== undefined) return attempt.hostKeyRefusal;
  if (!attempt.isConnected) return connectionFailed(attempt.login, place, error);
  const detail = detailOf(error);
  if (!attempt.isTrusted) return handshakeFailed(attempt, place, detail);
  return loginRefused(attempt, place, detail);
}

function timedOut(attempt: Attempt, place: string): string {
  const { connectTimeoutMs, credentials, isConnected, isTrusted } = attempt;
  const seconds = String(connectTimeoutMs / 1000);
  if (credentials === undefined) return `the ssh-agent does not answer within ${seconds} s`;
  const text = `connection to ${place} timed out after ${seconds} s`;
  if (isTrusted) return `${text}, during the login`;
  return isConnected ? `${text}: the port is open, but the SSH handshake does not end` : text;
}

function connectionFailed({ host }: Jump, place: string, error: unknown): string {
  switch (errorCode(error) ?? '') {
    case 'ECONNREFUSED':
      return `connection to ${place} refused: nothing listens there`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `no route to ${place}`;
    case 'ETIMEDOUT':
      return `connection to ${place} timed out`;
    case 'ECONNRESET':
      return `${place} closed the connection during the SSH handshake`;
    case 'ENOTFOUND':
      return `the name ${host} does not resolve`;
    case 'EAI_AGAIN':
      return `the name ${host} could not be resolved: no name server answers`;
    default:
      return `connection to ${place} failed: ${oneLine(errorMessage(error) || (errorCode(error) ?? ''))}`;
  }
}

function handshakeFailed({ greeting }: Attempt, place: string, detail: string): string {
  const said = beforeIdentification(greeting);
  const words = said === '' ? '' : `; it says: ${said}`;
  if (isClosed(detail)) return `${place} closed the connection during the SSH handshake${words}`;
  return `the SSH handshake with ${place} failed: ${detail}${words}`;
}

function loginRefused(attempt: Attempt, place: string, detail: string): string {
  const { login, credentials, banner, methodsLeft = [] } = attempt;
  const who = `${login.user}@${place}`;
  if (isClosed(detail)) return `${place} closed the connection during the login of ${login.user}`;
  const tried = credentials?.offered.map((one) => one.description).join(', ') ?? 'no key';
  const others = methodsLeft.filter((method) => method !== 'publickey').join(' or ');
  const isPublickeyOff = methodsLeft.length > 0 && !methodsLeft.includes('publickey');
  const parts = [
    attempt.isHalfAccepted
      ? `login refused for ${who}: the key is accepted, but the host asks for ${others} too`
      : `login refused for ${who} with ${tried}`,
    isPublickeyOff && !attempt.isHalfAccepted ? `the host accepts no keys, only ${others}` : '',
    /All configured authentication methods failed/.test(detail) ? '' : detail,
    ...(credentials?.passedOver ?? []),
    banner === '' ? '' : `the host says: ${oneLine(banner)}`,
  ];
  return parts.filter((part) => part !== '').join('; ');
}

/** ssh2 marks the errors of the agent; their text alone does not say whose they are. */
function detailOf(error: unknown): string {
  const message = oneLine(errorMessage(error));
  const isAgents = error instanceof Error && 'level' in error && error.level === 'agent';
  return isAgents ? `the ssh-agent did not sign: ${message}` : message;
}

/** Anything may stand before the line with which an SSH server begins (RFC 4253, section 4.2). */
function beforeIdentification(greeting: Buffer): string {
  return oneLine(greeting.toString('utf8').replace(/(^|\n)SSH-[^]*$/, ''));
}

/** Text from a stranger: short, on one line, without control characters. */
function oneLine(text: string): string {
  const line = printable(text.trim().replaceAll(/\s*[\r\n]+\s*/g, ' | '));
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

function isClosed(detail: string): boolean {
  return /ECONNRESET|EPIPE|No response from server|Connection lost before handshake/.test(detail);
}
