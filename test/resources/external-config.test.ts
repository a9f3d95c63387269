/** The configuration for a peer that wgpush does not manage. */
import { meshOf } from '../../src/model/mesh';
import { externalConfigText } from '../../src/resources/wireguard-config';
import { inventoryOf, ip, keyOf, lockOf } from '../model/fleet';

const inventory = inventoryOf(['db-1', 'web-1'], {
  externals: [
    {
      name: 'laptop',
      owner: 'anna',
      publicKey: keyOf('laptop'),
      addresses: [ip('10.50.0.200'), ip('fd50::c8')],
      networks: [],
      endpoint: undefined,
      persistentKeepalive: 25,
      hub: undefined,
    },
  ],
});

test('it has every peer by endpoint and AllowedIPs, a keepalive, and no private key', () => {
  const node = meshOf(inventory, lockOf(inventory)).get('laptop');
  if (node === undefined) throw new Error('the laptop is not in the mesh');
  expect(externalConfigText(node, 1420))
    .toBe(`# laptop, as wgpush exported it. The private key is to be put in by whoever has it: the
# one of the public key ${keyOf('laptop')}
[Interface]
# PrivateKey =
Address = 10.50.0.200/32
Address = fd50::c8/128
MTU = 1420

[Peer] # db-1
PublicKey = ${keyOf('db-1')}
AllowedIPs = 10.50.0.1/32, fd50::1/128
Endpoint = 203.0.113.7:51820
PersistentKeepalive = 25

[Peer] # web-1
PublicKey = ${keyOf('web-1')}
AllowedIPs = 10.50.0.2/32, fd50::2/128
Endpoint = 203.0.113.7:51820
PersistentKeepalive = 25
`);
});
