/** Our writing of ufw's files against ufw's own, recorded from the tool (ufw-written.json). */
import fc from 'fast-check';
import type { Family } from '../../src/model/address';
import { type Rule, ruleKey } from '../../src/model/firewall-policy';
import {
  canonical,
  parseUfwRules,
  renderUfwRules,
  ufwForward,
  ufwRule,
  type UfwRule,
} from '../../src/resources/ufw-rules';
import written from './ufw-written.json';

const families: readonly Family[] = [4, 6];

/** The recorded rules of a family. JSON has no undefined: what is missing is any. */
function recordedRules(family: Family): readonly UfwRule[] {
  const rules = written.rules.map(({ rule }) => rule as Rule);
  return rules.filter((rule) => rule.family === family).map(ufwRule);
}

const recordedFile = (family: Family) => written.files[family].join('\n');

describe.each(families)('the file of IPv%i', (family) => {
  it('is, byte for byte, what ufw writes for the same rules', () => {
    const rules = recordedRules(family);
    expect(renderUfwRules(rules, recordedFile(family), family)).toBe(recordedFile(family));
    expect(renderUfwRules(rules, '', family)).toBe(recordedFile(family));
  });

  it('of ufw is read as the rules it was made of', () => {
    expect(parseUfwRules(recordedFile(family), family)).toEqual(recordedRules(family));
  });

  it('stands for the rules that the kernel lists then', () => {
    const chain = family === 4 ? '-A ufw-user-input ' : '-A ufw6-user-input ';
    const kernel = written.saved[family].filter((line) => line.startsWith(chain));
    expect(kernel.map((line) => canonical(line.slice(chain.length)))).toEqual(
      recordedRules(family).flatMap((rule) => rule.iptables.map(canonical)),
    );
  });

  it('keeps what does not concern rules', () => {
    const file = recordedFile(family).replace('--limit 3/min', '--limit 9/min');
    const rendered = renderUfwRules([], file, family);
    expect(rendered).toContain('--limit 9/min');
    expect(rendered).not.toContain('### tuple ###');
  });
});

test('a rule of any protocol, passed on or coming in, is written as ufw writes it', () => {
  const forward = ufwForward({
    family: 4,
    interface: 'wg0',
    source: '10.50.0.0/24',
    comment: 'mesh',
  });
  // By ufw 0.36.2: ufw route allow in on wg0 out on wg0 from 10.50.0.0/24 comment mesh
  expect(forward.tuple).toBe(
    'route:allow any any 0.0.0.0/0 any 10.50.0.0/24 in_wg0!out_wg0 comment=6d657368',
  );
  expect(forward.iptables).toEqual(['-i wg0 -o wg0 -s 10.50.0.0/24 -j ACCEPT']);
  const incoming = ufwRule({
    family: 4,
    interface: 'wg0',
    protocol: undefined,
    ports: undefined,
    source: '10.50.0.7/32',
    comment: 'any',
  });
  expect(incoming.iptables).toEqual(['-i wg0 -s 10.50.0.7 -j ACCEPT']);
});

const port = fc.integer({ min: 1, max: 65_535 });
const rule: fc.Arbitrary<Rule> = fc
  .record({
    family: fc.constantFrom(...families),
    interface: fc.option(fc.constantFrom('wg0', 'eth0'), { nil: undefined }),
    protocol: fc.constantFrom('tcp' as const, 'udp' as const),
    ports: fc.tuple(port, port).map(([one, other]) => ({
      first: Math.min(one, other),
      last: Math.max(one, other),
    })),
    length: fc.constantFrom(undefined, 8, 24, 32),
    comment: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
  })
  .map(({ length, ...rest }) => {
    const [net, full] = rest.family === 4 ? ['10.0.0.0', 32] : ['fd00::', 128];
    const prefix = length === 32 ? full : length;
    return { ...rest, source: prefix === undefined ? undefined : `${net}/${prefix}` };
  });

test('whatever rules are written, these rules are read', () => {
  const property = fc.property(fc.array(rule, { maxLength: 8 }), (rules) => {
    for (const family of families) {
      const wanted = rules.filter((each) => each.family === family).map(ufwRule);
      const file = renderUfwRules(wanted, '', family);
      expect(parseUfwRules(file, family)).toEqual(wanted);
      expect(renderUfwRules(wanted, file, family)).toBe(file);
    }
  });
  fc.assert(property);
});

test('two rules of a family are one to the kernel exactly when they admit the same', () => {
  const property = fc.property(rule, rule, (one, other) => {
    fc.pre(one.family === other.family);
    const texts = [one, other].map((each) => ufwRule(each).iptables.map(canonical).join('\n'));
    expect(texts[0] === texts[1]).toBe(ruleKey(one) === ruleKey(other));
  });
  fc.assert(property);
});

test.each([
  ['-p tcp --dport 22 -j ACCEPT', '-p tcp -m tcp --dport 22 -j ACCEPT'],
  [
    '-i wg0 -p tcp --dport 22 -s 10.0.0.1 -j ACCEPT',
    '-s 10.0.0.1/32 -i wg0 -p tcp -m tcp --dport 22 -j ACCEPT',
  ],
  [
    '-p udp -m multiport --dports 1:9 -s fd00::1 -j ACCEPT',
    '-s fd00::1/128 -p udp -m multiport --dports 1:9 -j ACCEPT',
  ],
  ['-p all -s 10.0.0.0/8 -j DROP', '-s 10.0.0.0/8 -j DROP'],
])('%s is what the kernel lists as %s', (file, kernel) => {
  expect(canonical(file)).toBe(canonical(kernel));
});

test.each([
  ['-p tcp --dport 22 -j ACCEPT', '-p tcp --dport 22 -j DROP'],
  ['-p tcp --dport 22 -j ACCEPT', '-p udp --dport 22 -j ACCEPT'],
  ['-p tcp --dport 22 -j ACCEPT', '-p tcp --sport 22 -j ACCEPT'],
  ['-i wg0 -p tcp --dport 22 -j ACCEPT', '! -i wg0 -p tcp --dport 22 -j ACCEPT'],
  ['-s 10.0.0.1 -j ACCEPT', '-d 10.0.0.1 -j ACCEPT'],
  ['-s 10.0.0.1 -j ACCEPT', '-s 10.0.0.0/8 -j ACCEPT'],
])('%s is not %s', (one, other) => {
  expect(canonical(one)).not.toBe(canonical(other));
});

test.each([
  ['allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in', 'allow 22/tcp from anywhere'],
  ['allow any 9999 ::/0 any ::/0 in', 'allow 9999 from anywhere (v6)'],
  ['deny any any 0.0.0.0/0 any 198.51.100.9 in', 'deny everything from 198.51.100.9'],
  [
    'allow tcp 1:9 0.0.0.0/0 any 10.0.0.0/8 in_wg0 comment=7067',
    'allow 1:9/tcp on wg0 from 10.0.0.0/8 # pg',
  ],
  ['allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 OpenSSH - in', 'allow 22/tcp from anywhere'],
  ['limit tcp 22 10.0.0.1 any 0.0.0.0/0 in', 'limit 22/tcp to 10.0.0.1 from anywhere'],
  ['allow any any 0.0.0.0/0 any 0.0.0.0/0 in_eth0', 'allow everything on eth0 from anywhere'],
  ['allow udp any 10.0.0.1 99 10.0.0.9 in', 'allow all/udp to 10.0.0.1 from 10.0.0.9 port 99'],
])('the tuple "%s" reads "%s"', (tuple, text) => {
  const file = `*filter\n### RULES ###\n\n### tuple ### ${tuple}\n### END RULES ###\n`;
  expect(parseUfwRules(file, 4).map((each) => each.text)).toEqual([text]);
});
