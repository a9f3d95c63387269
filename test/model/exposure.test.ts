/** What is public on a host, and who answers for it. */
import { exposuresOf } from '../../src/model/exposure';
import { loaded } from '../inventory/directory';

const hosts = 'all: { hosts: { a: { ansible_host: 192.0.2.1, ansible_port: 2222 } } }\n';

const exceptions = `exceptions:
  - id: EX-1
    hosts: a
    ports: [443, "8000-8010"]
    protocol: tcp
    sources: [192.0.2.0/24]
    owner: web-team
    approved_by: security
    reason: an entry point
    expires: 2026-03-31
`;

async function exposures(files: Readonly<Record<string, string>>, today = '2026-03-31') {
  const { inventory } = await loaded({ 'hosts.yaml': hosts, ...files });
  return exposuresOf(inventory.hosts, inventory, today);
}

test('SSH and WireGuard are exposures without an end', async () => {
  expect(await exposures({})).toMatchObject([
    { host: 'a', protocol: 'tcp', ports: '2222', sources: ['anywhere'], by: 'ssh', expires: null },
    { host: 'a', protocol: 'udp', ports: '51820', by: 'wireguard', owner: null },
  ]);
});

test('SSH over WireGuard only is none', async () => {
  const found = await exposures({ 'mesh.yaml': 'firewall: { ssh: { sources: [] } }\n' });
  expect(found.map(({ by }) => by)).toEqual(['wireguard']);
});

test.each([
  ['["0.0.0.0/0", "::/0"]', ['anywhere']],
  ['["0.0.0.0/0"]', ['0.0.0.0/0']],
  ['["::/0", "192.0.2.0/24"]', ['::/0', '192.0.2.0/24']],
])('an exception for %s is one for %j', async (sources, told) => {
  const text = exceptions.replace('[192.0.2.0/24]', sources);
  const found = await exposures({ 'exceptions.yaml': text });
  expect(found[2]?.sources).toEqual(told);
});

test('an exception is one by each of its ports, until its last day', async () => {
  const found = await exposures({ 'exceptions.yaml': exceptions });
  expect(found.slice(2)).toMatchObject([
    { ports: '443', by: 'EX-1', owner: 'web-team', approvedBy: 'security', expires: '2026-03-31' },
    { ports: '8000-8010', by: 'EX-1', sources: ['192.0.2.0/24'], reason: 'an entry point' },
  ]);
  expect(await exposures({ 'exceptions.yaml': exceptions }, '2026-04-01')).toHaveLength(2);
});
