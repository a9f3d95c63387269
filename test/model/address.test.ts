import fc from 'fast-check';
import {
  address,
  addressAt,
  bits,
  contains,
  familyOf,
  hostOffsets,
  isReserved,
  overlap,
  single,
  subnet,
  withPort,
} from '../../src/model/address';
import { ip, net } from './fleet';

test.each([
  ['10.50.0.1', '10.50.0.1'],
  ['0.0.0.0', '0.0.0.0'],
  ['255.255.255.255', '255.255.255.255'],
  ['fd50::1', 'fd50::1'],
  ['FD50:0:0:0:0:0:0:1', 'fd50::1'],
  ['fd50:0000::0001', 'fd50::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['::', '::'],
  ['::1', '::1'],
])('%s is read as %s', (text, canonical) => {
  expect(address(text)).toBe(canonical);
});

test.each([
  ['a part that others read as octal', '010.0.0.1'],
  ['a part that others read as octal, in the middle', '10.050.0.1'],
  ['two zeros', '10.00.0.1'],
  ['hexadecimal', '0x0a.0.0.1'],
  ['three parts', '10.50.1'],
  ['two parts', '10.1'],
  ['one number', '171051009'],
  ['five parts', '10.0.0.0.1'],
  ['a part too large', '10.50.0.256'],
  ['an empty part', '10..0.1'],
  ['a sign', '10.0.0.-1'],
  ['a space', ' 10.50.0.1'],
  ['a line feed', '10.50.0.1\n'],
  ['a prefix length', '10.50.0.1/24'],
  ['a port', '10.50.0.1:22'],
  ['digits of another script', '١٠.0.0.1'],
  ['a zone', 'fe80::1%eth0'],
  ['brackets', '[fd50::1]'],
  ['two gaps', 'fd50::1::2'],
  ['nine groups', '1:2:3:4:5:6:7:8:9'],
  ['a group too long', 'fd50::00001'],
  ['octal within an IPv6 address', '::ffff:010.0.0.1'],
  ['a short IPv4 address within an IPv6 address', '::ffff:10.1'],
  ['nothing', ''],
  ['a name', 'localhost'],
])('%s is no address: %j', (_, text) => {
  expect(address(text)).toBeUndefined();
});

test('every IPv4 address is its own canonical text', () => {
  fc.assert(
    fc.property(fc.ipV4(), (text) => {
      expect(address(text)).toBe(text);
    }),
  );
});

/** Without those that end like an IPv4 address; see below. */
const ipV6 = fc.ipV6().filter((text) => !text.includes('.'));

/** Another reader of addresses, which writes them as RFC 5952 says. */
function asInUrl(text: string): string {
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

test('every writing of an IPv6 address is read as the one that a URL has', () => {
  fc.assert(
    fc.property(ipV6, (text) => {
      expect(address(text)).toBe(asInUrl(text));
    }),
  );
});

test('an IPv6 address that ends like an IPv4 one is refused or read right, never as another', () => {
  const mixed = fc.tuple(fc.constantFrom('::', '::ffff:', 'fd50::', '64:ff9b::'), fc.ipV4());
  fc.assert(
    fc.property(mixed, ([start, end]) => {
      const text = `${start}${end}`;
      expect([undefined, asInUrl(text)]).toContain(address(text));
    }),
  );
});

test.each([
  ['10.50.0.0/24', '10.50.0.0/24'],
  ['10.50.0.77/24', '10.50.0.0/24'],
  ['10.50.3.77/22', '10.50.0.0/22'],
  ['10.50.0.3/31', '10.50.0.2/31'],
  ['10.50.0.3/32', '10.50.0.3/32'],
  ['10.50.0.3/0', '0.0.0.0/0'],
  ['FD50:0:0::99/64', 'fd50::/64'],
  ['fd50::99/128', 'fd50::99/128'],
  ['fd50::99/0', '::/0'],
])('the subnet %s is %s', (text, canonical) => {
  expect(subnet(text)?.text).toBe(canonical);
});

test.each([
  '10.50.0.0',
  '10.50.0.0/33',
  '10.50.0.0/-1',
  '10.50.0.0/024',
  '10.50.0.0/',
  'fd50::/129',
])('%s is no subnet', (text) => {
  expect(subnet(text)).toBeUndefined();
});

test.each([
  ['10.50.0.0/24', '10.50.0.1', '10.50.0.254', ['10.50.0.0', '10.50.0.255']],
  ['10.50.0.0/30', '10.50.0.1', '10.50.0.2', ['10.50.0.0', '10.50.0.3']],
  ['10.50.0.2/31', '10.50.0.2', '10.50.0.3', ['10.50.0.1', '10.50.0.4']],
  ['10.50.0.2/32', '10.50.0.2', '10.50.0.2', ['10.50.0.1', '10.50.0.3']],
  ['fd50::/64', 'fd50::1', 'fd50::ffff:ffff:ffff:ffff', ['fd50::']],
  ['fd50::/127', 'fd50::', 'fd50::1', ['fd50::2']],
])('hosts of %s have addresses from %s to %s', (text, first, last, reserved) => {
  const of = net(text);
  const offsets = hostOffsets(of);
  expect(addressAt(of, offsets.first)).toBe(first);
  expect(addressAt(of, offsets.last)).toBe(last);
  expect([first, last].map((each) => isReserved(of, ip(each)))).toEqual([false, false]);
  expect(reserved.map((each) => isReserved(of, ip(each)))).toEqual(reserved.map(() => true));
});

const anySubnet = fc
  .oneof(
    fc.tuple(fc.ipV4(), fc.nat({ max: 32 })),
    fc.tuple(ipV6, fc.nat({ max: 128 })),
    // Neighbours, so that subnets meet at all.
    fc.tuple(fc.constantFrom('10.50.0.0', '10.50.0.128', '10.50.1.0'), fc.nat({ max: 32 })),
  )
  .map(([base, length]) => net(`${base}/${length}`));

test('a subnet holds its first and its last address, and not the ones beside them', () => {
  fc.assert(
    fc.property(anySubnet, (of) => {
      const size = 1n << BigInt(bits(of.family) - of.prefixLength);
      const all = 1n << BigInt(bits(of.family));
      expect(contains(of, of.address)).toBe(true);
      expect(contains(of, addressAt(of, size - 1n))).toBe(true);
      if (size < all) expect(contains(of, addressAt(of, size))).toBe(false);
    }),
  );
});

test('two subnets overlap exactly when one holds the other, in either order', () => {
  fc.assert(
    fc.property(anySubnet, anySubnet, (one, other) => {
      const [wide, narrow] = one.prefixLength <= other.prefixLength ? [one, other] : [other, one];
      const isInside = contains(wide, narrow.address);
      expect([overlap(one, other), overlap(other, one)]).toEqual([isInside, isInside]);
    }),
  );
});

test('families never meet', () => {
  expect(contains(net('0.0.0.0/0'), ip('::1'))).toBe(false);
  expect(overlap(net('0.0.0.0/0'), net('::/0'))).toBe(false);
  expect([familyOf(ip('10.0.0.1')), familyOf(ip('fd50::1'))]).toEqual([4, 6]);
});

test.each([
  ['10.50.0.1', '10.50.0.1/32'],
  ['fd50::1', 'fd50::1/128'],
])('the subnet of %s alone is %s', (text, subnetText) => {
  expect(single(ip(text))).toBe(subnetText);
});

test.each([
  ['203.0.113.7', '203.0.113.7:51820'],
  ['2001:db8::7', '[2001:db8::7]:51820'],
  ['web-1.example.net', 'web-1.example.net:51820'],
])('%s with a port is %s', (host, text) => {
  expect(withPort(host, 51820)).toBe(text);
});
