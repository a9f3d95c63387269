/**
 * The firewall policy by ufw: its files, its settings and the kernel.
 *
 * The order is the protection: the rules that keep the operator in are loaded first, the defaults come
 * second, and only then is the firewall enabled.
 */
import type { PacketFilter } from '../facts/packet-filter';
import type { UfwSettings } from '../facts/ufw-settings';
import type { Family } from '../model/address';
import type { Change } from '../model/change';
import type { FirewallPolicy } from '../model/firewall-policy';
import type { UnmanagedRules } from '../model/inventory';
import { lines, type Script, sh } from '../model/shell';
import {
  canonical,
  parseUfwRules,
  renderUfwRules,
  ufwForward,
  ufwRule,
  type UfwChain,
  type UfwRule,
} from './ufw-rules';

export interface UfwFound {
  readonly settings: UfwSettings;
  readonly files: Readonly<Record<Family, string | undefined>>;
  readonly running: Readonly<Record<Family, PacketFilter | undefined>>;
}

/** What the facts about ufw say, by family. */
export function ufwFound(facts: {
  readonly settings: UfwSettings;
  readonly file4: string | undefined;
  readonly file6: string | undefined;
  readonly running4: PacketFilter | undefined;
  readonly running6: PacketFilter | undefined;
}): UfwFound {
  const { settings, file4, file6, running4, running6 } = facts;
  return { settings, files: { 4: file4, 6: file6 }, running: { 4: running4, 6: running6 } };
}

/** One family: what is wanted, what the file says, what the kernel does. */
interface Side {
  readonly family: Family;
  readonly file: string;
  readonly wanted: readonly UfwRule[];
  readonly found: readonly UfwRule[];
  readonly running: PacketFilter | undefined;
}

const families = [4, 6] as const;

export const ufwFiles = { 4: '/etc/ufw/user.rules', 6: '/etc/ufw/user6.rules' } as const;

/** Makes ufw carry the policy out. */
export function* ufwChanges(
  policy: FirewallPolicy,
  found: UfwFound,
  unmanaged: UnmanagedRules,
): Iterable<Change> {
  yield* ruleChanges(sidesOf(policy, found, unmanaged), { isRunning: isRunning(found) });
  yield* settingChanges(policy, found.settings);
  if (isUfwInForce(policy, found)) return;
  const { isEnabled } = found.settings.kind === 'present' ? found.settings : { isEnabled: false };
  yield {
    summary: isEnabled ? 'start ufw anew' : 'enable ufw',
    before: isEnabled ? 'ufw is enabled, but not in force' : 'ufw is disabled',
    after: 'ufw is enabled: what no rule admits is denied',
    commands: [takeDown(4), takeDown(6), sh`ufw --force enable`],
  };
}

/** Does ufw deny what its rules do not admit, now and after a reboot? */
export function isUfwInForce(policy: FirewallPolicy, found: UfwFound): boolean {
  const { settings, running } = found;
  return (
    settings.kind === 'present' &&
    settings.isEnabled &&
    [...settingChanges(policy, settings)].length === 0 &&
    isRunning(found) &&
    families.every((family) => running[family]?.inputPolicy === 'DROP')
  );
}

function isRunning({ running }: UfwFound): boolean {
  return families.every((family) => running[family]?.isLoaded === true);
}

/** Takes ufw out of force, where another backend carries the policy out. */
export function* ufwRetirement({ settings, running }: UfwFound): Iterable<Change> {
  const isEnabled = settings.kind === 'present' && settings.isEnabled;
  const denying = families.filter(
    (family) => running[family]?.isLoaded === true || running[family]?.inputPolicy === 'DROP',
  );
  if (!isEnabled && denying.length === 0) return;
  yield {
    summary: isEnabled ? 'disable ufw' : 'let iptables admit what the packet table judges',
    before: isEnabled ? 'ufw is enabled' : 'iptables denies by default',
    after: isEnabled ? 'ufw is disabled' : 'iptables denies nothing by default',
    reason: 'nftables is the backend',
    commands: [
      ...(isEnabled ? [sh`ufw --force disable`] : []),
      ...families.flatMap((family) => (running[family] === undefined ? [] : [takeDown(family)])),
    ],
  };
}

/** Rules of ufw's list that admit what nobody declared, in its words. */
export function undeclaredUfwRules(policy: FirewallPolicy, found: UfwFound): readonly string[] {
  return sidesOf(policy, found, 'remove').flatMap((side) => {
    const wanted = new Set(side.wanted.map(identity));
    const listed = side.found.filter((rule) => !wanted.has(identity(rule)));
    const admitting = listed.filter(({ tuple }) => /^(route:)?(allow|limit)/.test(tuple));
    const unlisted = isRunning(found) ? onlyInForce(side) : [];
    return [
      ...admitting.map(({ text }) => text),
      ...unlisted.filter((text) => text.includes('-j ACCEPT')).map((text) => text + unlistedFlaw),
    ];
  });
}

function sidesOf(
  policy: FirewallPolicy,
  { files, running }: UfwFound,
  unmanaged: UnmanagedRules,
): readonly Side[] {
  return families.map((family) => {
    const file = files[family] ?? '';
    const declared = [
      ...policy.rules.filter((rule) => rule.family === family).map(ufwRule),
      ...policy.forwards.filter((forward) => forward.family === family).map(ufwForward),
    ];
    const found = parseUfwRules(file, family);
    const names = new Set(declared.map(identity));
    const kept = unmanaged === 'report' ? found.filter((rule) => !names.has(identity(rule))) : [];
    const wanted = [...declared, ...kept];
    return { family, file, wanted, found, running: judged(running[family], wanted, unmanaged) };
  });
}

/** Where rules that nobody declared are left alone, those that only the kernel has are as well. */
function judged(
  running: PacketFilter | undefined,
  wanted: readonly UfwRule[],
  unmanaged: UnmanagedRules,
): PacketFilter | undefined {
  if (running === undefined || unmanaged === 'remove') return running;
  const lines = new Set(wanted.flatMap(canonicalRules));
  return {
    ...running,
    userRules: running.userRules.filter((line) => lines.has(inChain('input', line))),
    forwardRules: running.forwardRules.filter((line) => lines.has(inChain('forward', line))),
  };
}

/** A rule without the comment, which admits nobody. */
function identity({ tuple }: UfwRule): string {
  return tuple.replace(/ comment=\S*/, '');
}

/** What ufw reads when it starts; until then it changes nothing. */
function* settingChanges({ forwards }: FirewallPolicy, settings: UfwSettings): Iterable<Change> {
  if (settings.kind === 'absent') return;
  if (!settings.guardsIpv6) {
    yield {
      summary: 'guard IPv6 as well',
      before: 'IPV6=no',
      after: 'IPV6=yes',
      commands: [sh`sed -i -e '$aIPV6=yes' -e '/^IPV6=/d' /etc/default/ufw`],
    };
  }
  // The kernel of a hub forwards, and must not do so for everybody. Elsewhere it is not our affair.
  if (forwards.length > 0 && settings.forwardPolicy !== 'DROP') {
    yield {
      summary: 'deny forwarding by default',
      before: `routed: ${settings.forwardPolicy.toLowerCase()}`,
      after: 'routed: drop',
      commands: [
        sh`sed -i 's/^DEFAULT_FORWARD_POLICY=.*/DEFAULT_FORWARD_POLICY="DROP"/' /etc/default/ufw`,
      ],
    };
  }
  if (settings.incomingPolicy !== 'DROP') {
    yield {
      summary: 'deny incoming by default',
      before: `incoming: ${settings.incomingPolicy.toLowerCase()}`,
      after: 'incoming: drop',
      commands: [
        sh`sed -i 's/^DEFAULT_INPUT_POLICY=.*/DEFAULT_INPUT_POLICY="DROP"/' /etc/default/ufw`,
      ],
    };
  }
}

/**
 * Takes what is left of ufw's chains out of the kernel, so that ufw starts as on a fresh host.
 *
 * Where somebody has flushed the packet filter, ufw finds its chains and does not hook them in
 * again, but sets the policy to drop: then nobody gets in any more (ufw 0.36, `ufw-init start`).
 */
function takeDown(family: Family): Script {
  const name = family === 4 ? 'iptables' : 'ip6tables';
  return lines(
    sh`saved=$(${`${name}-save`} -t filter)`,
    sh`left() { printf '%s\n' "$saved" | sed -n -E "$1"; }`,
    sh`{
printf '%s\n' '*filter' ':INPUT ACCEPT'
left 's/^-A ((INPUT|OUTPUT|FORWARD) -j ufw.*)/-D \1/p'
left 's/^:(ufw[^ ]*) .*/-F \1/p'
left 's/^:(ufw[^ ]*) .*/-X \1/p'
echo COMMIT
} | ${`${name}-restore`} -n`,
  );
}

/** All rules of both families are one change: one load in each, whatever their number. */
function* ruleChanges(
  sides: readonly Side[],
  { isRunning }: { readonly isRunning: boolean },
): Iterable<Change> {
  const isRight = (each: Side) =>
    sameFile(each) && (!isRunning || sameRules(kernelRules(each), each));
  if (sides.every(isRight)) return;
  const found = sides.flatMap((each) => rulesFound(each, { isRunning }));
  const wanted = sides.flatMap((each) => each.wanted.map((rule) => rule.text));
  const inForce = new Set(found.filter(({ flaw }) => flaw === '').map(({ text }) => text));
  const missing = wanted.filter((text) => !inForce.has(text)).length;
  const undeclared = found.filter(({ text }) => !wanted.includes(text)).length;
  yield {
    summary: ruleSummary(missing, undeclared),
    before: found.map(({ text, flaw }) => text + flaw).join('\n'),
    after: wanted.join('\n'),
    ...(undeclared > 0 ? { reason: 'nobody declared it' } : {}),
    commands: sides.map((each) => loadRules(each, { isRunning })),
  };
}

function ruleSummary(missing: number, undeclared: number): string {
  const admit = missing === 0 ? [] : [`admit ${count(missing, 'rule')}`];
  const remove = undeclared === 0 ? [] : [`remove ${count(undeclared, 'rule')}`];
  const both = [...admit, ...remove].join(', ');
  return both === '' ? 'load the rules anew, in their order' : both;
}

function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}

interface FoundRule {
  readonly text: string;
  /** Empty where file and kernel agree on it. */
  readonly flaw: string;
}

/** The rules of the file and those of the kernel, each once, and where they disagree. */
function rulesFound(
  each: Side,
  { isRunning }: { readonly isRunning: boolean },
): readonly FoundRule[] {
  if (!isRunning) return each.found.map(({ text }) => ({ text, flaw: '' }));
  const inForce = new Set(kernelRules(each));
  return [
    ...each.found.map((rule) => {
      const isInForce = canonicalRules(rule).every((line) => inForce.has(line));
      return { text: rule.text, flaw: isInForce ? '' : ' (in the file, not in force)' };
    }),
    ...onlyInForce(each).map((text) => ({ text, flaw: unlistedFlaw })),
  ];
}

const unlistedFlaw = ' (in force, not in the file)';

/** Rules that only the kernel has. */
function onlyInForce(each: Side): readonly string[] {
  const known = new Set([...each.found, ...each.wanted].flatMap(canonicalRules));
  return kernelRules(each).filter((line) => !known.has(line));
}

function kernelRules({ running }: Side): readonly string[] {
  return [
    ...(running?.userRules ?? []).map((line) => inChain('input', line)),
    ...(running?.forwardRules ?? []).map((line) => inChain('forward', line)),
  ];
}

function canonicalRules({ chain, iptables }: UfwRule): readonly string[] {
  return iptables.map((line) => inChain(chain, line));
}

/** A rule in one writing, told apart by its chain. */
function inChain(chain: UfwChain, line: string): string {
  return chain === 'input' ? canonical(line) : `route ${canonical(line)}`;
}

function sameRules(kernel: readonly string[], { wanted }: Side): boolean {
  return kernel.join('\n') === wanted.flatMap(canonicalRules).join('\n');
}

function sameFile({ wanted, found }: Side): boolean {
  const text = (rules: readonly UfwRule[]) =>
    rules.map(({ tuple, iptables }) => [tuple, ...iptables].join('\n')).join('\n');
  return text(wanted) === text(found);
}

/** Writes the file, and loads it in one transaction where ufw runs; else enabling loads it. */
function loadRules(each: Side, { isRunning }: { readonly isRunning: boolean }): Script {
  const path = ufwFiles[each.family];
  const restore = each.family === 4 ? 'iptables-restore' : 'ip6tables-restore';
  const content = renderUfwRules(each.wanted, each.file, each.family);
  return lines(
    sh`new=$(mktemp ${`${path}.XXXXXX`})`,
    sh`trap 'rm -f "$new"' EXIT`,
    sh`printf '%s' ${content} | cat >"$new"`,
    sh`chmod 640 "$new"`,
    ...(isRunning ? [sh`${restore} -n <"$new"`] : []),
    sh`mv "$new" ${path}`,
  );
}
