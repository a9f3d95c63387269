/**
 * ufw's rules as its files have them: a line `### tuple ###` that ufw reads, and the iptables rules
 * it stands for, which the kernel gets.
 *
 * The files are rendered whole and loaded at once, because a call of ufw(8) costs 0.12 s and sixty
 * of them are sixty states on the way. Format: ufw 0.36, `UFWBackendIptables._write_rules`.
 */
import type { Family } from '../model/address';
import type { Forward, Rule } from '../model/firewall-policy';
import { rangeText } from '../model/port';

export type UfwChain = 'input' | 'forward';

/** A rule of the file. */
export interface UfwRule {
  /** For people, in ufw's words: `allow 5432/tcp on wg0 from 10.50.0.2`. */
  readonly text: string;
  /** What follows `### tuple ###`. */
  readonly tuple: string;
  /** The chain of ufw's that they are in: what comes in, or what is passed on. */
  readonly chain: UfwChain;
  /** The iptables rules, each without `-A CHAIN`. */
  readonly iptables: readonly string[];
}

const anywhere = { 4: '0.0.0.0/0', 6: '::/0' } as const;

/** A rule of the policy as ufw would have written it. */
export function ufwRule(rule: Rule): UfwRule {
  const any = anywhere[rule.family];
  const ports = rule.ports === undefined ? 'any' : rangeText(rule.ports, ':');
  const source = rule.source ?? any;
  const isRange = rule.ports !== undefined && rule.ports.first !== rule.ports.last;
  const tuple = [
    'allow',
    rule.protocol ?? 'any',
    ports,
    any,
    'any',
    source.replace(/\/(32|128)$/, ''),
    rule.interface === undefined ? 'in' : `in_${rule.interface}`,
    `comment=${Buffer.from(rule.comment).toString('hex')}`,
  ].join(' ');
  const matches = [
    rule.interface === undefined ? '' : `-i ${rule.interface}`,
    // Of any protocol ufw writes none (`_get_rules_from_formatted`), and would take `-p all` out.
    rule.protocol === undefined ? '' : `-p ${rule.protocol}`,
    rule.ports === undefined ? '' : isRange ? `-m multiport --dports ${ports}` : `--dport ${ports}`,
    rule.source === undefined ? '' : `-s ${source.replace(/\/(32|128)$/, '')}`,
    '-j ACCEPT',
  ];
  return {
    text: tupleText(tuple),
    tuple,
    chain: 'input',
    iptables: [matches.filter((match) => match !== '').join(' ')],
  };
}

/** What a hub passes on, as `ufw route allow` would have written it. */
export function ufwForward({ family, interface: wg, source, comment }: Forward): UfwRule {
  const any = anywhere[family];
  const from = source.replace(/\/(32|128)$/, '');
  const hex = Buffer.from(comment).toString('hex');
  const tuple = `route:allow any any ${any} any ${from} in_${wg}!out_${wg} comment=${hex}`;
  return {
    text: tupleText(tuple),
    tuple,
    chain: 'forward',
    iptables: [`-i ${wg} -o ${wg} -s ${from} -j ACCEPT`],
  };
}

/** The rules of `user.rules` or `user6.rules`, in their order. */
export function parseUfwRules(file: string, family: Family): readonly UfwRule[] {
  const [, ...sections] = ruleBlock(file).split(/^### tuple ### /m);
  return sections.map((section) => {
    const [tuple = '', ...rest] = section.split('\n');
    const chain: UfwChain = tuple.startsWith('route:') ? 'forward' : 'input';
    const start = `-A ${chainOf(family, chain)} `;
    return {
      text: tupleText(tuple),
      tuple,
      chain,
      iptables: rest
        .filter((line) => line.startsWith(start))
        .map((line) => line.slice(start.length)),
    };
  });
}

/** The whole file with these rules; what else is in `file` (logging, limits) stays. */
export function renderUfwRules(rules: readonly UfwRule[], file: string, family: Family): string {
  const block = rules.map(({ tuple, chain, iptables }) => {
    const lines = iptables.map((line) => `-A ${chainOf(family, chain)} ${line}\n`).join('');
    return `\n### tuple ### ${tuple}\n${lines}`;
  });
  const tail = file.includes(endOfRules) ? file.slice(file.indexOf(endOfRules)) : freshTail(family);
  return `${head(family)}${block.join('')}\n${tail}`;
}

/** A rule in one writing, whether ufw wrote it or iptables-save(8) printed it. */
export function canonical(rule: string): string {
  const words = rule.split(' ');
  const options: string[] = [];
  for (let at = 0; at < words.length;) {
    const negated = words[at] === '!';
    const start = at;
    at += negated ? 2 : 1;
    while (at < words.length && !/^(-|!)/.test(words[at] ?? '')) at += 1;
    options.push(words.slice(start, at).join(' '));
  }
  return options
    .filter((option) => !impliedByKernel.test(option))
    .map((option) => option.replace(/^((?:! )?-[sd] \S+)\/(32|128)$/, '$1').replace(/["'\\]/g, ''))
    .sort()
    .join(' ');
}

/** What the kernel's list says besides, or says of itself: modules, and defaults of `-m recent`. */
const impliedByKernel = /^-m \w+$|^-p all$|^--name DEFAULT$|^--mask |^--rsource$/;

const startOfRules = '### RULES ###\n';
const endOfRules = '### END RULES ###\n';

function chainOf(family: Family, chain: UfwChain): string {
  return `${family === 4 ? 'ufw' : 'ufw6'}-user-${chain}`;
}

function ruleBlock(file: string): string {
  const from = file.indexOf(startOfRules);
  if (from === -1) return '';
  const to = file.indexOf(endOfRules);
  return file.slice(from + startOfRules.length, to === -1 ? undefined : to);
}

/** The chains that ufw declares; declaring one empties it, so the load replaces all rules at once. */
function head(family: Family): string {
  const prefix = family === 4 ? 'ufw' : 'ufw6';
  const chains = [
    'user-input',
    'user-output',
    'user-forward',
    'before-logging-input',
    'before-logging-output',
    'before-logging-forward',
    'user-logging-input',
    'user-logging-output',
    'user-logging-forward',
    'after-logging-input',
    'after-logging-output',
    'after-logging-forward',
    'logging-deny',
    'logging-allow',
    'user-limit',
    'user-limit-accept',
  ];
  return `*filter\n${chains.map((chain) => `:${prefix}-${chain} - [0:0]\n`).join('')}${startOfRules}`;
}

/** What follows the rules on a host where ufw has never written its file: logging `low`, limits. */
function freshTail(family: Family): string {
  const prefix = family === 4 ? 'ufw' : 'ufw6';
  const rarely = '-m limit --limit 3/min --limit-burst 10';
  return `${endOfRules}
### LOGGING ###
-A ${prefix}-after-logging-input -j LOG --log-prefix "[UFW BLOCK] " ${rarely}
-A ${prefix}-after-logging-forward -j LOG --log-prefix "[UFW BLOCK] " ${rarely}
-I ${prefix}-logging-deny -m conntrack --ctstate INVALID -j RETURN ${rarely}
-A ${prefix}-logging-deny -j LOG --log-prefix "[UFW BLOCK] " ${rarely}
-A ${prefix}-logging-allow -j LOG --log-prefix "[UFW ALLOW] " ${rarely}
### END LOGGING ###

### RATE LIMITING ###
-A ${prefix}-user-limit -m limit --limit 3/minute -j LOG --log-prefix "[UFW LIMIT BLOCK] "
-A ${prefix}-user-limit -j REJECT
-A ${prefix}-user-limit-accept -j ACCEPT
### END RATE LIMITING ###
COMMIT
`;
}

/** A tuple in the words of `ufw status`: action, ports, interface, source, comment. */
function tupleText(tuple: string): string {
  const words = tuple.split(' ');
  const comment = words.find((word) => word.startsWith('comment='))?.slice('comment='.length);
  const plain = words.filter((word) => !word.startsWith('comment='));
  const [action = '', protocol = '', port = '', destination = '', sourcePort, source = ''] = plain;
  const direction = plain.at(-1) ?? 'in';
  return [
    action,
    port === 'any' && protocol === 'any' ? 'everything' : portText(port, protocol),
    isAnywhere(destination) ? '' : `to ${destination}`,
    direction === 'in' ? '' : directionText(direction),
    `from ${isAnywhere(source) ? 'anywhere' : source}`,
    sourcePort === 'any' ? '' : `port ${sourcePort ?? ''}`,
    source.includes(':') ? '(v6)' : '',
    comment === undefined ? '' : `# ${Buffer.from(comment, 'hex').toString()}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function portText(port: string, protocol: string): string {
  const name = port === 'any' ? 'all' : port;
  return protocol === 'any' ? name : `${name}/${protocol}`;
}

function directionText(direction: string): string {
  const [, incoming] = /^in_([^!]+)$/.exec(direction) ?? [];
  if (incoming !== undefined) return `on ${incoming}`;
  return direction.replace(/(in|out)_/g, '$1 on ').replace('!', ' ');
}

function isAnywhere(subnet: string): boolean {
  return subnet === anywhere[4] || subnet === anywhere[6];
}
