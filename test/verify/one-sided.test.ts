/** Edges that only one of their hosts has. */
import { wireguardState } from '../../src/facts/wireguard-state';
import { meshOf } from '../../src/model/mesh';
import { oneSidedEdges } from '../../src/verify/one-sided';
import { hostNamed, inventoryOf, keyOf, lockOf } from '../model/fleet';

const names = ['a', 'b', 'c'];
const inventory = inventoryOf(names.map((name) => hostNamed(name)));
const mesh = meshOf(inventory, lockOf(inventory));
const { question } = wireguardState('wg0');

const interfaceOf = (host: string) => [
  '7: wg0: <POINTOPOINT,UP,LOWER_UP> mtu 1420 qdisc noqueue state UNKNOWN',
  `interface ${keyOf(host)} 51820`,
];

/** Hosts by the peers that their kernel has; undefined: there is no interface. */
function saying(byHost: Readonly<Record<string, readonly string[] | undefined>>) {
  return new Map(
    Object.entries(byHost).map(([host, known]) => {
      const peers = known?.map((peer) => `peer ${keyOf(peer)} 0 1 10.50.0.9/32 off`) ?? [];
      const stdout = known === undefined ? 'absent' : [...interfaceOf(host), ...peers].join('\n');
      return [host, new Map([[question.text, { exitCode: 0, stdout, stderr: '' }]])];
    }),
  );
}

function edges(
  after: Readonly<Record<string, readonly string[] | undefined>>,
  before: Readonly<Record<string, readonly string[] | undefined>> = {},
  hosts = names,
) {
  return oneSidedEdges(mesh, 'wg0', hosts, saying(before), saying(after)).map(
    ({ host, peer, isSeen }) => `${host}>${peer}${isSeen ? '' : '?'}`,
  );
}

test.each<[string, ReturnType<typeof edges>, readonly string[]]>([
  ['none of a whole mesh', edges({ a: ['b', 'c'], b: ['a', 'c'], c: ['a', 'b'] }), []],
  ['none of a mesh that has not begun', edges({ a: undefined, b: undefined }), []],
  ['those to a host without an interface', edges({ a: ['b'], b: undefined }), ['a>b']],
  ['those to a host without the peer', edges({ a: ['b'], b: ['c'], c: ['b'] }), ['a>b']],
  ['those that are new, to a host that says nothing', edges({ a: ['b'] }, { a: [] }), ['a>b?']],
  ['none that were there before, to such a host', edges({ a: ['b'] }, { a: ['b'] }), []],
  ['none to hosts that are not in the run', edges({ a: ['b'] }, { a: [] }, ['a']), []],
])('are %s', (_, found, expected) => {
  expect(found).toEqual(expected);
});
