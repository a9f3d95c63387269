/**
 * Ignoring: what a run has found, held against the ignore rules.
 *
 * A check or a change can tell of several things, and a rule that matches one of them is no reason to
 * pass over the others: it counts, and as a whole, as long as it tells of anything that no rule names.
 */
import { differingLines, type PlannedChange } from './change';
import type { Check } from './check';
import type { IgnoreRule } from './ignore-rule';
import type { IgnoredBy } from './ignored-by';
import { type Inventory, isExpired } from './inventory';
import type { HostOutcome, RunOutcome } from './outcome';

export type Found = Pick<RunOutcome, 'hosts' | 'checks'>;

/** The rules that hold today; `today` is `YYYY-MM-DD`, in UTC. */
export function livingRules({ ignores }: Inventory, today: string): readonly IgnoreRule[] {
  return ignores.filter((rule) => !isExpired(rule, today));
}

/** The same with what does not count marked, and apart from what does. */
export function withoutIgnored({ hosts, checks }: Found, rules: readonly IgnoreRule[]): Found {
  if (rules.length === 0) return { hosts, checks };
  return {
    hosts: hosts.map((host) => (host.outcome === 'pending' ? judgedHost(host, rules) : host)),
    checks: checks.map((check) => judgedCheck(check, rules)),
  };
}

/**
 * The rules that nothing was found for, on hosts that all had their say. Where one was not looked at,
 * or a check of that kind could not be made, nobody knows.
 */
export function unusedRules(found: Found, rules: readonly IgnoreRule[]): readonly IgnoreRule[] {
  const silent = new Set(
    found.checks.flatMap(({ id, host, status }) => (status === 'skip' ? `${id} ${host}` : [])),
  );
  const looked = new Set(
    found.hosts.flatMap(({ host, outcome }) =>
      outcome === 'unchanged' || outcome === 'pending' ? host : [],
    ),
  );
  return rules.filter(
    (rule) =>
      rule.hosts.length > 0 &&
      rule.hosts.every((host) => looked.has(host) && !silent.has(`${idOf(rule) ?? ''} ${host}`)) &&
      !isUsed(found, rule),
  );
}

function isUsed({ hosts, checks }: Found, rule: IgnoreRule): boolean {
  const touches = (thing: Thing) => [thing.title, ...thing.parts].some((text) => says(text, rule));
  return (
    checks.some(
      (check) =>
        /^(fail|warn|ignored)$/.test(check.status) &&
        namesCheck(rule, check) &&
        touches(ofCheck(check)),
    ) ||
    hosts.some(({ host, changes, ignored = [] }) =>
      [...changes, ...ignored.map(({ change }) => change)].some(
        (change) => namesChange(rule, host, change) && touches(ofChange(change)),
      ),
    )
  );
}

function judgedHost(host: HostOutcome, rules: readonly IgnoreRule[]): HostOutcome {
  const judged = host.changes.map((change) => ({
    change,
    by: rulesFor(
      ofChange(change),
      rules.filter((rule) => namesChange(rule, host.host, change)),
    ),
  }));
  const ignored = judged.filter(({ by }) => by.length > 0);
  if (ignored.length === 0) return host;
  const changes = judged.flatMap(({ change, by }) => (by.length === 0 ? change : []));
  return { ...host, outcome: changes.length === 0 ? 'unchanged' : 'pending', changes, ignored };
}

function judgedCheck(check: Check, rules: readonly IgnoreRule[]): Check {
  const { status } = check;
  if (status !== 'fail' && status !== 'warn') return check;
  const by = rulesFor(
    ofCheck(check),
    rules.filter((rule) => namesCheck(rule, check)),
  );
  return by.length === 0 ? check : { ...check, status: 'ignored', ignored: { was: status, by } };
}

/** What a rule can match: all of a thing by its title, or the parts of it one by one. */
interface Thing {
  readonly title: string;
  readonly parts: readonly string[];
}

function ofCheck({ title, evidence, parts = [evidence] }: Check): Thing {
  return { title, parts };
}

function ofChange(change: PlannedChange): Thing {
  return { title: change.summary, parts: differingLines(change) };
}

/** The rules that name all of it, together; none where they leave something out. */
function rulesFor({ title, parts }: Thing, rules: readonly IgnoreRule[]): readonly IgnoredBy[] {
  const whole = rules.find((rule) => says(title, rule));
  if (whole !== undefined) return [byRule(whole)];
  const byPart = parts.map((part) => rules.find((rule) => says(part, rule)));
  const found = byPart.filter((rule) => rule !== undefined);
  return found.length < parts.length ? [] : [...new Set(found)].map(byRule);
}

function byRule({ id, reason, owner, expires }: IgnoreRule): IgnoredBy {
  return { id, reason, owner, expires };
}

function idOf({ names }: IgnoreRule): string | undefined {
  return names.kind === 'checks' ? names.id : undefined;
}

function namesCheck(rule: IgnoreRule, { id, host }: Check): boolean {
  return idOf(rule) === id && rule.hosts.includes(host);
}

function namesChange({ names, hosts }: IgnoreRule, host: string, change: PlannedChange): boolean {
  return (
    names.kind === 'changes' &&
    (names.role ?? change.role) === change.role &&
    (names.resource ?? change.resource) === change.resource &&
    hosts.includes(host)
  );
}

/**
 * Does the text say what the rule wants, as words of their own? 8080 is neither in 18080 nor in
 * host-8080 nor in 10.0.0.8080: it would be another port's excuse.
 */
function says(text: string, { match }: IgnoreRule): boolean {
  if (match === undefined) return true;
  const literal = match.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const [begins, ends] = [/^[\p{L}\p{N}_]/u.test(match), /[\p{L}\p{N}_]$/u.test(match)];
  const before = begins ? '(?<![\\p{L}\\p{N}_]|[\\p{L}\\p{N}_][.-])' : '';
  const after = ends ? '(?![\\p{L}\\p{N}_]|[.-][\\p{L}\\p{N}_])' : '';
  return new RegExp(`${before}${literal}${after}`, 'u').test(text);
}
