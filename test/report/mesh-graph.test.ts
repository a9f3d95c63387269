/** The mesh as pictures, one of each shape that a node and an edge can have. */
import { meshOf } from '../../src/model/mesh';
import { meshGraph } from '../../src/report/mesh-graph';
import type { ExternalPeer } from '../../src/model/external-peer';
import { hostNamed, inventoryOf, ip, keyOf, lockOf, net } from '../model/fleet';

const laptop: ExternalPeer = {
  name: 'laptop',
  owner: undefined,
  publicKey: keyOf('laptop'),
  addresses: [ip('10.50.0.200')],
  networks: [net('192.0.2.0/24')],
  endpoint: undefined,
  persistentKeepalive: 25,
  hub: undefined,
};
const inventory = inventoryOf(['hub-1', 'web-1', hostNamed('web-2', { endpoints: [] })], {
  topology: { kind: 'hub-and-spoke', hubs: ['hub-1'] },
  externals: [laptop],
  network: { interface: 'wg0', subnets: [net('10.50.0.0/24')], mtu: 1420, quarantineDays: 30 },
});
const mesh = meshOf(inventory, lockOf(inventory));

test('the table tells who peers with whom, and who is behind NAT', () => {
  expect(meshGraph(mesh, 'text')).toBe(`node    kind      addresses    endpoints          peers
hub-1   hub       10.50.0.1    203.0.113.7:51820  laptop, web-1, web-2
laptop  external  10.50.0.200  behind NAT         hub-1
web-1   host      10.50.0.2    203.0.113.7:51820  hub-1
web-2   host      10.50.0.3    behind NAT         hub-1
`);
});

test('Mermaid has an edge for each pair, an arrow where only one side can begin', () => {
  expect(meshGraph(mesh, 'mermaid')).toBe(`flowchart LR
  n1{{"hub-1<br/>10.50.0.1"}}
  n2(["laptop<br/>10.50.0.200<br/>192.0.2.0/24"])
  n3["web-1<br/>10.50.0.2"]
  n4["web-2<br/>10.50.0.3"]
  n2 --> n1
  n1 --- n3
  n4 --> n1
`);
});

test('DOT has the same nodes and edges', () => {
  expect(meshGraph(mesh, 'dot')).toBe(`digraph wgpush {
  "hub-1" [label="hub-1\\n10.50.0.1", shape=hexagon];
  "laptop" [label="laptop\\n10.50.0.200\\n192.0.2.0/24", shape=ellipse];
  "web-1" [label="web-1\\n10.50.0.2", shape=box];
  "web-2" [label="web-2\\n10.50.0.3", shape=box];
  "laptop" -> "hub-1";
  "hub-1" -> "web-1" [dir=none];
  "web-2" -> "hub-1";
}
`);
});

test('in a large full mesh the table counts the peers, and the pictures have each pair once', () => {
  const hosts = Array.from({ length: 10 }, (_, index) => `host-${index}`);
  const full = meshOf(inventoryOf(hosts), lockOf(inventoryOf(hosts)));
  expect(meshGraph(full, 'text').match(/all 9 others/g)).toHaveLength(10);
  expect(meshGraph(full, 'mermaid').match(/ --- /g)).toHaveLength(45);
});
