/** One thing that was looked at on the live fleet, and how it held. */
import { groupedBy } from './grouping';
import type { IgnoredBy } from './ignored-by';
import { portsText } from './port';

/** What a check serves: the RFC's success criteria and invariants. */
export type CheckId = 'SC-1' | 'SC-2' | 'SC-3' | 'INV-1' | 'INV-2' | 'INV-3';

export interface Check extends Omit<Finding, 'status'> {
  readonly id: CheckId;
  readonly host: string;
  /** The other one, of a check between two nodes. */
  readonly peer?: string;
  /** What was to hold, as a statement. */
  readonly title: string;
  /** `ignored`: it does not hold, and does not count. */
  readonly status: Finding['status'] | 'ignored';
  /** Of one that is ignored: what it would be, and the rules that name all of it. */
  readonly ignored?: { readonly was: 'warn' | 'fail'; readonly by: readonly IgnoredBy[] };
}

/** What a check found. */
export interface Finding {
  /** `skip`: it could not be looked at, and the evidence says why. */
  readonly status: 'pass' | 'warn' | 'fail' | 'skip';
  /** What was seen. */
  readonly evidence: string;
  /** What does not hold, one by one; left out where the evidence tells of one thing. */
  readonly parts?: readonly string[];
}

const severities = ['fail', 'warn', 'skip', 'pass'] as const;

/**
 * What was found of several ports as one: the worst of it, and what each of them says. Sixty ports
 * of a service are one check.
 */
export function summed(ports: readonly (Finding & { readonly port: number })[]): Finding {
  const alike = groupedBy(ports, ({ evidence }) => evidence);
  const status = severities.find((each) => ports.some((port) => port.status === each)) ?? 'skip';
  const texts = alike.map((own) => {
    const [{ evidence }] = own;
    return alike.length === 1 ? evidence : `${portsText(own.map(({ port }) => port))}: ${evidence}`;
  });
  const parts = ports
    .filter((each) => each.status === 'fail' || each.status === 'warn')
    .map(({ port, evidence }) => `${String(port)}: ${evidence}`);
  return { status, evidence: texts.join('; '), ...(parts.length === 0 ? {} : { parts }) };
}

/** `ADDRESS:PORT`, or how many ports there are. */
export function placeOf(address: string, ports: readonly number[]): string {
  const [only] = ports;
  return ports.length === 1
    ? `${address}:${String(only)}`
    : `${address} by ${String(ports.length)} ports`;
}
