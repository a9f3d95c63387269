/** Endpoints become addresses before anything is planned. */
import { resolveEndpoints } from '../../src/inventory/resolve';
import { loaded } from './directory';

const answers: Readonly<Record<string, readonly string[]>> = {
  'a.example.net': ['2001:db8::1', '203.0.113.10', '203.0.113.9'],
  'b.example.net': ['2001:db8::a', '2001:db8::9', '2001:db8:0:1::'],
  'c.example.net': ['fe80::1%eth0'],
};

/** A resolver that knows these names only, and counts. */
function resolver() {
  const asked: string[] = [];
  const lookup = async (name: string): Promise<readonly string[]> => {
    asked.push(name);
    await Promise.resolve();
    const found = answers[name];
    if (found === undefined) throw Object.assign(new Error(name), { code: 'ENOTFOUND' });
    return found;
  };
  return { asked, lookup };
}

async function fleet(...endpoints: string[]) {
  const hosts = endpoints.map(
    (endpoint, index) => `    h${index}: { wg_endpoint: "${endpoint}:${5000 + index}" }\n`,
  );
  const { inventory } = await loaded({ 'hosts.yaml': `all:\n  hosts:\n${hosts.join('')}` });
  return inventory;
}

test('the lowest IPv4 address counts, or the lowest of IPv6 where there is none', async () => {
  const inventory = await fleet('a.example.net', 'b.example.net');
  const found = await resolveEndpoints(inventory, resolver().lookup);
  expect(found.unresolved).toEqual([]);
  expect(found.inventory.hosts.flatMap(({ endpoints }) => endpoints)).toEqual([
    { host: '203.0.113.9', port: 5000 },
    { host: '2001:db8::9', port: 5001 },
  ]);
});

test('addresses are asked nobody, and a name is asked once', async () => {
  const inventory = await fleet('203.0.113.1', '[2001:db8::2]', 'a.example.net', 'a.example.net');
  const { asked, lookup } = resolver();
  await resolveEndpoints(inventory, lookup);
  expect(asked).toEqual(['a.example.net']);
});

test('a name without an address is told, and the others are resolved', async () => {
  const inventory = await fleet('a.example.net', 'gone.example.net', 'c.example.net');
  const found = await resolveEndpoints(inventory, resolver().lookup);
  expect(found.unresolved).toEqual([
    {
      host: 'h1',
      name: 'gone.example.net',
      message: 'gone.example.net cannot be resolved (ENOTFOUND)',
    },
    { host: 'h2', name: 'c.example.net', message: 'c.example.net has no address' },
  ]);
  expect(found.inventory.hosts[0]?.endpoints[0]?.host).toBe('203.0.113.9');
});

test("the system's resolver is asked where none is given", async () => {
  const found = await resolveEndpoints(await fleet('localhost'));
  expect(found.inventory.hosts[0]?.endpoints[0]?.host).toMatch(/^(?:127\.0\.0\.1|::1)$/);
});
