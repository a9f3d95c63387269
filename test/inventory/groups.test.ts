/** Groups and variables count as they do for Ansible. */
import { loaded } from './directory';

/** The port that counts is where it shows which value won. */
async function ports(hosts: string): Promise<Record<string, number>> {
  const { inventory } = await loaded({ 'hosts.yaml': hosts });
  return Object.fromEntries(inventory.hosts.map(({ name, login }) => [name, login.port]));
}

test('the value nearest to a host counts: all < parent < child < host', async () => {
  const found = await ports(`
all:
  vars: { ansible_port: 1 }
  hosts: { lone: }
  children:
    parent:
      vars: { ansible_port: 2 }
      hosts: { elder: }
      children:
        child:
          vars: { ansible_port: 3 }
          hosts: { younger: , own: { ansible_port: 4 } }
`);
  expect(found).toEqual({ lone: 1, elder: 2, younger: 3, own: 4 });
});

test('of groups equally near the one later in the alphabet counts', async () => {
  const found = await ports(`
b: { vars: { ansible_port: 2 }, hosts: { x: } }
a: { vars: { ansible_port: 1 }, hosts: { x: } }
`);
  expect(found).toEqual({ x: 2 });
});

test('of groups equally near the one with the higher priority counts', async () => {
  const found = await ports(`
a: { vars: { ansible_port: 1, ansible_group_priority: 10 }, hosts: { x: } }
b: { vars: { ansible_port: 2 }, hosts: { x: } }
`);
  expect(found).toEqual({ x: 1 });
});

test('a group is as deep as its longest way from all', async () => {
  const found = await ports(`
all:
  children:
    z: { vars: { ansible_port: 1 }, hosts: { x: } }
    m:
      children:
        a: { vars: { ansible_port: 2 }, hosts: { x: } }
    a:
`);
  expect(found).toEqual({ x: 2 });
});

test('what is said of a group and of a host in several places adds up', async () => {
  const { inventory } = await loaded({
    'hosts.yaml': `
all:
  children:
    web: { hosts: { x: { ansible_host: 203.0.113.1 } } }
    east: { children: { web: } }
web: { hosts: { y: { ansible_host: 203.0.113.2 }, x: { ansible_port: 2222 } } }
`,
  });
  const [x, y] = inventory.hosts;
  expect(x?.login).toMatchObject({ host: '203.0.113.1', port: 2222 });
  expect(x?.groups).toEqual(['all', 'east', 'web']);
  expect(y?.groups).toEqual(['all', 'east', 'web']);
});

test('a host in no group but all is ungrouped, and can be named by that', async () => {
  const { inventory } = await loaded({
    'hosts.yaml': 'all: { hosts: { x: }, children: { g: { hosts: { y: } } } }\n',
    'services.yaml': 'services: { a: { owner: me, hosts: ungrouped, port: 80, from: g } }\n',
  });
  expect(inventory.hosts.map(({ groups }) => groups)).toEqual([
    ['all', 'ungrouped'],
    ['all', 'g'],
  ]);
  expect(inventory.services[0]).toMatchObject({ hosts: ['x'], from: ['y'] });
});

test('anchors, aliases and merge keys are read as Ansible reads them', async () => {
  const found = await ports(`
x-defaults: { vars: &defaults { ansible_port: 2222, ansible_user: admin } }
all:
  hosts:
    a: *defaults
    b: { <<: *defaults, ansible_port: 22 }
    c: { ansible_port: 23, <<: [ { ansible_port: 24 }, *defaults ] }
    d: { <<: [ { ansible_port: 24 }, *defaults ] }
`);
  expect(found).toEqual({ a: 2222, b: 22, c: 23, d: 24 });
});

test('names that YAML takes for numbers or nothing stay names', async () => {
  const found = await ports(
    'all: { hosts: { 007: { ansible_host: 203.0.113.7 }, null: , true: } }\n',
  );
  expect(Object.keys(found).sort()).toEqual(['007', 'null', 'true']);
});

test("a team's own variables are let through, whatever they hold", async () => {
  const found = await ports(`
all:
  vars:
    ansible_python_interpreter: /usr/bin/python3
    ansible_ssh_pipelining: true
    ansible_connection: ssh
    wireguard_unmanaged_peers: {}
    app: { secret: !vault "x", list: [1, 2.5, ~] }
  hosts: { x: }
`);
  expect(found).toEqual({ x: 22 });
});
