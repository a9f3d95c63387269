import type { Rule } from '../../src/model/firewall-policy';
import {
  addressSet,
  commentText,
  declaredRules,
  portElements,
} from '../../src/resources/packet-rules';
import { portSets } from '../../src/resources/port-sets';

function rule(more: Partial<Rule>): Rule {
  const port = { first: 5432, last: 5432 };
  return {
    family: 4,
    interface: 'wg0',
    protocol: 'tcp',
    ports: port,
    source: '10.50.0.0/24',
    comment: 'service pg',
    ...more,
  };
}

const port = (first: number, last = first) => ({ first, last });

test.each<[string, readonly Rule[], readonly string[]]>([
  [
    'sixty ports of the same sources are one rule',
    [rule({ ports: port(9092) }), rule({ ports: port(9093) }), rule({ ports: port(9100, 9150) })],
    [
      'iifname "wg0" ip saddr 10.50.0.0/24 meta l4proto tcp ct original proto-dst @service_pg accept comment "service pg"',
    ],
  ],
  [
    'so are the sources of the same ports',
    [rule({ source: '10.50.0.2/32' }), rule({ source: '10.50.0.3/32' })],
    [
      'iifname "wg0" ip saddr { 10.50.0.2, 10.50.0.3 } meta l4proto tcp ct original proto-dst 5432 accept comment "service pg"',
    ],
  ],
  [
    'ports of other sources are not mixed with them',
    [
      rule({ source: '10.50.0.2/32' }),
      rule({ source: '10.50.0.3/32' }),
      rule({ source: '10.50.0.2/32', ports: port(6379) }),
    ],
    [
      'iifname "wg0" ip saddr { 10.50.0.2, 10.50.0.3 } meta l4proto tcp ct original proto-dst 5432 accept comment "service pg"',
      'iifname "wg0" ip saddr 10.50.0.2 meta l4proto tcp ct original proto-dst 6379 accept comment "service pg"',
    ],
  ],
  [
    'what anybody may reach is one rule for both families',
    [
      rule({ interface: undefined, source: undefined, comment: 'ssh', ports: port(22) }),
      rule({ interface: undefined, source: undefined, comment: 'ssh', ports: port(22), family: 6 }),
    ],
    ['meta l4proto tcp ct original proto-dst 22 accept comment "ssh"'],
  ],
  [
    'in one family only it says so',
    [rule({ interface: undefined, source: undefined, family: 6 })],
    ['meta nfproto ipv6 meta l4proto tcp ct original proto-dst 5432 accept comment "service pg"'],
  ],
  [
    'the reason keeps rules apart: each carries its own',
    [rule({}), rule({ comment: 'exception EX-1' })],
    [
      'iifname "wg0" ip saddr 10.50.0.0/24 meta l4proto tcp ct original proto-dst 5432 accept comment "service pg"',
      'iifname "wg0" ip saddr 10.50.0.0/24 meta l4proto tcp ct original proto-dst 5432 accept comment "exception EX-1"',
    ],
  ],
])('%s', (_, rules, expected) => {
  expect(declaredRules(rules, portSets().textOf)).toEqual(expected);
});

test('a set holds no overlapping elements, which nft refuses', () => {
  const ports = [port(9100, 9110), port(80), port(9105, 9120), port(9120)];
  expect(portElements(ports)).toEqual(['80', '9100-9120']);
  expect(addressSet(['10.1.0.0/16', '192.0.2.7/32', '10.0.0.0/8', '192.0.2.7'])).toBe(
    '{ 192.0.2.7, 10.0.0.0/8 }',
  );
  expect(addressSet(['2001:db8::/32', '2001:db8:1::/48'])).toBe('2001:db8::/32');
});

test('a comment is no longer than nft takes', () => {
  expect(Buffer.byteLength(commentText('exception '.repeat(20)))).toBeLessThan(135);
});

test('a set of ports bears the name of its reason, and a number where that is taken', () => {
  const { textOf, declarations } = portSets();
  expect(textOf('service a-b', [port(80), port(443)])).toBe('@service_a_b');
  expect(textOf('service a_b', [port(80), port(443), port(8080)])).toBe('@service_a_b_2');
  expect(textOf('exception EX 1', [port(443), port(80)])).toBe('@service_a_b');
  expect(textOf('ssh', [port(22)])).toBe('22');
  expect(textOf('more', [port(9100, 9110)])).toBe('9100-9110');
  expect(declarations().map(([first, , , elements]) => [first, elements])).toEqual([
    ['set service_a_b {', '\telements = { 80, 443 }'],
    ['set service_a_b_2 {', '\telements = { 80, 443, 8080 }'],
  ]);
});
