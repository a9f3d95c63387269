/**
 * Isolation, proven from other hosts: past WireGuard no internal service of a host may let them in, and
 * nothing else that it listens on and that nobody declared (SC-2, INV-1). A rule that admits one
 * neighbour only is not seen from where the controller stands.
 */
import type { DoorReplies } from '../facts/door-replies';
import type { DoorReply } from '../facts/knocking';
import type { Address } from '../model/address';
import { type Check, type Finding, summed } from '../model/check';
import { groupedBy } from '../model/grouping';
import { deadAfter, type Handshake } from '../model/handshake';
import { portsText } from '../model/port';
import type { Call, Calls } from './calls';
import type { Subject } from './subject';

/** A call, and what came of it, or why nothing did. */
export interface Answered {
  readonly call: Call;
  readonly replies: DoorReplies | string;
}

/**
 * What the calls prove, host by host.
 * @param handshakes by them a host may know that it can send to another.
 */
export function judgeCalls(
  subjects: readonly Subject[],
  uncalled: Calls['uncalled'],
  answered: readonly Answered[],
  handshakes: readonly Handshake[],
): readonly Check[] {
  const alive = new Set(handshakes.flatMap(wayOf));
  const byHost = new Map(
    groupedBy(answered, ({ call }) => call.to).map((own) => [own[0].call.to, own]),
  );
  const without = new Map(groupedBy(uncalled, ({ to }) => to).map((own) => [own[0].to, own]));
  return subjects.flatMap((subject) => {
    const attempts = (byHost.get(subject.host) ?? []).flatMap((each) => attemptsOf(each, alive));
    const byPort = new Map(
      groupedBy(attempts, ({ port }) => String(port)).map((own) => [own[0].port, own]),
    );
    const at: AttemptsAt = (port) => byPort.get(port) ?? [];
    return [
      ...subject.services.map((service) => judgeService(subject.host, service, at)),
      ...judgeUndeclared(subject, at),
      ...judgeAddresses(subject, attempts, without.get(subject.host) ?? []),
    ];
  });
}

/** One port, tried by one host at one address. */
interface Attempt {
  readonly from: string;
  readonly address: Address;
  readonly port: number;
  readonly reply: DoorReply;
}

type AttemptsAt = (port: number) => readonly Attempt[];

/** Silence proves nothing where nobody can tell that there is a way. */
function attemptsOf({ call, replies }: Answered, alive: ReadonlySet<string>): readonly Attempt[] {
  const { from, to, address, ports } = call;
  const attempt = (port: number, reply: DoorReply): Attempt => ({ from, address, port, reply });
  if (typeof replies === 'string') {
    return ports.map((port) => attempt(port, { kind: 'untried', why: replies }));
  }
  const heard = [...replies.ports.values()].some(
    ({ kind }) => kind === 'open' || kind === 'refused',
  );
  const isThere = replies.isThere || heard || alive.has(`${from} ${to} ${address}`);
  const nothing: DoorReply = { kind: 'untried', why: `${from} hears nothing at all from there` };
  return ports.map((port) => {
    const reply = replies.ports.get(port) ?? nothing;
    return attempt(port, reply.kind === 'silent' && !isThere ? nothing : reply);
  });
}

/** Of a session that is alive: who has it with whom, and by which address. */
function wayOf({ host, peer, endpoint, ageSeconds }: Handshake): readonly string[] {
  if (endpoint === null || ageSeconds === null || ageSeconds >= deadAfter) return [];
  const [, address = ''] = /^\[?(.+?)\]?:\d+$/.exec(endpoint) ?? [];
  return [`${host} ${peer} ${address}`];
}

function judgeService(
  host: string,
  { name, ports }: Subject['services'][number],
  at: AttemptsAt,
): Check {
  const title = `${name} of ${host} is closed to other hosts past WireGuard`;
  const findings = ports.map((port) => ({ port, ...findingOf(at(port)) }));
  return { id: 'SC-2', host, title, ...summed(findings) };
}

function findingOf(attempts: readonly Attempt[]): Finding {
  const of = (kind: DoorReply['kind']) => attempts.filter(({ reply }) => reply.kind === kind);
  const [open, refused, silent] = [of('open'), of('refused'), of('silent')];
  if (open.length > 0) {
    return { status: 'fail', evidence: `it accepted a connection from ${waysText(open)}` };
  }
  if (refused.length > 0) {
    const meaning = 'nothing listens, but no firewall dropped it';
    return { status: 'warn', evidence: `the host refused ${waysText(refused)}: ${meaning}` };
  }
  return silent.length > 0
    ? { status: 'pass', evidence: `no answer to ${waysText(silent)}` }
    : { status: 'skip', evidence: whyUntried(attempts) };
}

function judgeUndeclared({ host, undeclared }: Subject, at: AttemptsAt): readonly Check[] {
  const title = `nothing undeclared of ${host} answers other hosts past WireGuard`;
  const check = { id: 'SC-2', host, title } as const;
  if (undeclared.kind === 'untold') return [{ ...check, status: 'skip', evidence: undeclared.why }];
  const { ports } = undeclared;
  if (ports.length === 0) return [];
  const open = ports.flatMap(({ port, holder }) => {
    const admitted = at(port).filter(({ reply }) => reply.kind === 'open');
    if (admitted.length === 0) return [];
    return `${String(port)}/tcp of ${holder} accepted a connection from ${waysText(admitted)}`;
  });
  if (open.length > 0) {
    const evidence = `${open.join('; ')}; nobody declared it`;
    return [{ ...check, status: 'fail', evidence, parts: open }];
  }
  const untried = ports.filter(({ port }) => at(port).every(isUntried));
  if (untried.length > 0) {
    const which = portsText(untried.map(({ port }) => port));
    const why = whyUntried(untried.flatMap(({ port }) => at(port)));
    return [{ ...check, status: 'skip', evidence: `${which}: ${why}` }];
  }
  const which = portsText(ports.map(({ port }) => port));
  const made = ports.flatMap(({ port }) => at(port).filter((each) => !isUntried(each)));
  const evidence = `no connection to ${which}, which are listened on, from ${waysText(made)}`;
  return [{ ...check, status: 'pass', evidence }];
}

/** At which addresses a host was tried at all. */
function judgeAddresses(
  { host, isTold, ports }: Subject,
  attempts: readonly Attempt[],
  uncalled: Calls['uncalled'],
): readonly Check[] {
  if (ports.length === 0) return [];
  const check = (where: string, finding: Finding): Check => ({
    ...{ id: 'SC-2', host, title: `other hosts can try ${host} at ${where}` },
    ...finding,
  });
  return [
    ...groupedBy(attempts, ({ address }) => address).map((own) => {
      const made = own.filter((each) => !isUntried(each));
      return check(
        own[0].address,
        made.length > 0
          ? { status: 'pass', evidence: `tried by ${namesOf(made)}` }
          : { status: 'skip', evidence: whyUntried(own) },
      );
    }),
    ...uncalled.map(({ address, why }) => check(address, { status: 'skip', evidence: why })),
    ...(isTold
      ? []
      : [check('its own addresses', { status: 'skip', evidence: 'it does not tell them' })]),
  ];
}

function isUntried({ reply }: Attempt): boolean {
  return reply.kind === 'untried';
}

function whyUntried(attempts: readonly Attempt[]): string {
  const whys = attempts.flatMap(({ reply }) => (reply.kind === 'untried' ? reply.why : []));
  return whys.length === 0 ? 'no other host tried it' : [...new Set(whys)].join('; ');
}

/** `host-1, host-2 over 203.0.113.13, 2001:db8::13 and host-2 over 10.0.0.13`. */
function waysText(attempts: readonly Attempt[]): string {
  const ways = groupedBy(attempts, ({ from }) => from).map((own) => ({
    from: own[0].from,
    addresses: [...new Set(own.map(({ address }) => address))].join(', '),
  }));
  return groupedBy(ways, ({ addresses }) => addresses)
    .map((own) => `${namesOf(own)} over ${own[0].addresses}`)
    .join(' and ');
}

function namesOf(some: readonly { readonly from: string }[]): string {
  return [...new Set(some.map(({ from }) => from))].sort().join(', ');
}
