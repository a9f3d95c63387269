/** services.yaml and exceptions.yaml: who runs what, and who may reach it. */
import { loaded, problemsOf } from './directory';

const hosts = `
all:
  children:
    web: { hosts: { web-1: , web-2: } }
    db: { hosts: { db-1: { ansible_port: 2222 } } }
    empty:
`;

async function service(text: string) {
  const { inventory } = await loaded({
    'hosts.yaml': hosts,
    'services.yaml': `services: { s: { owner: me, ${text} } }\n`,
  });
  return inventory.services[0];
}

test.each([
  ['hosts: db, port: 5432, from: web', ['db-1'], ['web-1', 'web-2']],
  ['hosts: [db, web-1], port: 5432, from: [web-2, web]', ['db-1', 'web-1'], ['web-1', 'web-2']],
  ['hosts: all, port: 5432, from: all', ['db-1', 'web-1', 'web-2'], 'all'],
  ['hosts: db, port: 5432, from: [web, all]', ['db-1'], 'all'],
  ['hosts: db, port: 5432, from: []', ['db-1'], []],
  ['hosts: empty, port: 5432, from: all', [], 'all'],
])('{ %s } names hosts', async (text, runs, from) => {
  expect(await service(text)).toMatchObject({ hosts: runs, from });
});

test.each([
  ['port: 5432', [[5432, 5432]]],
  ['port: "5432"', [[5432, 5432]]],
  ['port: 9100-9110', [[9100, 9110]]],
  [
    'ports: [9092, "9100-9110"]',
    [
      [9092, 9092],
      [9100, 9110],
    ],
  ],
])('{ %s } names ports', async (text, ports) => {
  const found = await service(`hosts: db, from: all, ${text}`);
  expect(found?.ports.map(({ first, last }) => [first, last])).toEqual(ports);
});

test.each([
  ['', 'any'],
  [', bind: any', 'any'],
  [', bind: wg', 'wg'],
])('a service with "%s" may listen on: %s', async (text, bind) => {
  expect((await service(`hosts: db, port: 5432, from: all${text}`))?.bind).toBe(bind);
});

test('the same port of another protocol, or of another host, is free', async () => {
  const { inventory } = await loaded({
    'hosts.yaml': hosts,
    'services.yaml': `
services:
  a: { owner: me, hosts: db, port: 53, from: all }
  b: { owner: me, hosts: db, port: 53, protocol: udp, from: all }
  c: { owner: me, hosts: web, port: 53, from: all }
  d: { owner: me, hosts: db, port: 22, from: all }
  e: { owner: me, hosts: web, port: 2222, from: all }
`,
  });
  expect(inventory.services.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('a port inside the range of another service is found, however they are written', async () => {
  const problems = await problemsOf({
    'hosts.yaml': hosts,
    'services.yaml': `
services:
  one: { owner: me, hosts: db, ports: [9105, "9000-9200"], from: all }
  two: { owner: me, hosts: all, port: 9150, from: all }
`,
  });
  expect(problems).toEqual([
    'services.yaml:3:46: port 9000-9200/tcp of host "db-1" collides with service "one", which has 9105',
    'services.yaml:4:39: port 9150/tcp of host "db-1" collides with service "one", which has 9000-9200',
  ]);
});

test.each([
  ['any', 'any'],
  ['203.0.113.9', ['203.0.113.9/32']],
  ['["0.0.0.0/0", "::/0"]', ['0.0.0.0/0', '::/0']],
])('an exception may be for %s', async (sources, expected) => {
  const { inventory } = await loaded({
    'hosts.yaml': hosts,
    'exceptions.yaml': `
exceptions:
  - { id: EX-2, hosts: web, port: 443, protocol: tcp, sources: ${sources}, owner: o, approved_by: a, reason: r, expires: 2028-02-29 }
  - { id: EX-1, hosts: db, ports: [80], protocol: udp, sources: any, owner: o, approved_by: a, reason: r, expires: 2020-01-01 }
`,
  });
  const [first, second] = inventory.exceptions;
  expect([first?.id, second?.id]).toEqual(['EX-1', 'EX-2']);
  expect(second).toMatchObject({ hosts: ['web-1', 'web-2'], expires: '2028-02-29' });
  const found = second?.sources;
  expect(found === 'any' ? 'any' : found?.map(({ text }) => text)).toEqual(expected);
});

test.each(['services:\n', '', '# none\n', '---\n'])('%j declares no service', async (text) => {
  const { inventory } = await loaded({ 'hosts.yaml': hosts, 'services.yaml': text });
  expect(inventory.services).toEqual([]);
});
