/** From roles to tasks: order, stages, and the values that roles refer to. */
import type { Host } from '../../src/model/host';
import type { Inventory } from '../../src/model/inventory';
import type { Role } from '../../src/model/role';
import { seenOf } from '../../src/facts/seen';
import { compare, judge } from '../../src/plan/plan';
import { compile, questions } from '../../src/plan/task';
import { references, resolved, type Wanted } from '../../src/plan/values';
import { hostNamed, inventoryOf, keyOf, lockOf, serviceNamed, today } from '../model/fleet';

function wantedFor(inventory: Inventory, more: Partial<Wanted> = {}): Wanted {
  return { inventory, lock: lockOf(inventory), keysToCome: new Set(), today, ...more };
}

function hostOf(inventory: Inventory, name: string): Host {
  const found = inventory.hosts.find((host) => host.name === name);
  if (found === undefined) throw new Error(`no host ${name}`);
  return found;
}

const typeOf = (value: unknown) => (Array.isArray(value) ? 'list' : typeof value);

const unit = (name: string) => ({ resource: 'systemd-unit', args: { unit: name } });
const role = (name: string, more: Partial<Role> = {}): Role => ({
  ...{ name, description: '', barrier: false, tasks: [unit(`${name}.service`)] },
  ...more,
});

describe('tasks', () => {
  const inventory = inventoryOf([hostNamed('a', { roles: ['one', 'two', 'three'] })]);
  const tasksOf = (roles: readonly Role[]) =>
    compile(hostOf(inventory, 'a'), roles, wantedFor(inventory));

  it('come in the order of the host, whatever the order of the roles', () => {
    const roles = [role('three'), role('one'), role('elsewhere'), role('two')];
    expect(tasksOf(roles).map((task) => task.role)).toEqual(['one', 'two', 'three']);
  });

  it('are in the next stage behind a barrier', () => {
    const roles = [role('one', { barrier: true }), role('two', { barrier: true }), role('three')];
    expect(tasksOf(roles).map((task) => task.stage)).toEqual([0, 1, 2]);
  });

  it('leave the roles as they were', () => {
    const roles = Object.freeze([role('three'), role('one')]);
    expect(() => tasksOf(roles)).not.toThrow();
    expect(roles.map(({ name }) => name)).toEqual(['three', 'one']);
  });

  it('ask a question that two of them have once', () => {
    const roles = [
      role('one', { tasks: [unit('x'), unit('x'), unit('y')] }),
      role('two', { tasks: [unit('x')] }),
    ];
    const asked = questions(tasksOf(roles)).map(({ text }) => text);
    expect(asked.map((text) => text.split(' ').at(-1))).toEqual(['x', 'y']);
  });

  it('of an unknown resource are a bug, since the loader refuses them', () => {
    expect(() => tasksOf([role('one', { tasks: [{ resource: 'teapot', args: {} }] })])).toThrow(
      'no resource teapot',
    );
  });
});

test('a check that can not be made is skipped, and hinders no other', () => {
  const inventory = inventoryOf([hostNamed('a', { roles: ['one'] })]);
  const check = (title: string) => ({ resource: 'check', args: { title, command: [title] } });
  const one = role('one', { tasks: [check('works'), check('garbled'), check('fails')] });
  const tasks = compile(hostOf(inventory, 'a'), [one], wantedFor(inventory));
  const said = ['\n0 end', 'nonsense', '\n1 end'];
  const answers = new Map(
    questions(tasks).map(({ text }, index) => {
      return [text, { exitCode: 0, stdout: said[index] ?? '', stderr: '' }];
    }),
  );
  const checks = judge('a', tasks, answers, seenOf(new Map(), new Set()));
  expect(checks.map(({ id, title, status }) => [id, title, status])).toEqual([
    ['INV-1', 'a: works', 'pass'],
    ['INV-1', 'a answers the check of role one', 'skip'],
    ['INV-1', 'a: fails', 'fail'],
  ]);
});

describe('what is deferred', () => {
  const path = (name: string) => `/etc/default/${name}`;
  const restart = 'exporter.service';
  const inventory = inventoryOf([hostNamed('a', { roles: ['one', 'two'] })]);
  const roles = [
    role('one', {
      tasks: [
        { resource: 'file', args: { path: path('x'), content: '', restart } },
        { resource: 'file', args: { path: path('y'), content: '', restart } },
        { resource: 'file', args: { path: path('z'), content: '', reload: restart } },
        { resource: 'directory', args: { path: '/srv/exporter' } },
      ],
    }),
    role('two', { tasks: [{ resource: 'directory', args: { path: '/srv/two' } }] }),
  ];
  const tasks = compile(hostOf(inventory, 'a'), roles, wantedFor(inventory));
  const answers = new Map(
    questions(tasks).map(({ text }) => {
      const stdout = text.includes('systemctl')
        ? 'ActiveState=inactive\nInactiveExitTimestamp=\nStateChangeTimestamp='
        : 'absent';
      return [text, { exitCode: 0, stdout, stderr: '' }];
    }),
  );

  it('is done once, when all else of its role is done', () => {
    expect(compare(tasks, answers).map(({ summary }) => summary)).toEqual([
      `write ${path('x')}`,
      `write ${path('y')}`,
      `write ${path('z')}`,
      'make directory /srv/exporter',
      'restart exporter.service',
      'reload exporter.service',
      'make directory /srv/two',
    ]);
  });
});

describe('values', () => {
  const services = [
    serviceNamed('pg', { hosts: ['b'], from: ['a'], ports: [{ first: 5432, last: 5433 }] }),
    serviceNamed('dns', { hosts: ['b'], from: 'all', protocol: 'udp' }),
    serviceNamed('secret', { hosts: ['b'], from: ['c'] }),
    serviceNamed('own', { hosts: ['a', 'c'], from: 'all', ports: [{ first: 80, last: 80 }] }),
  ];
  const inventory = inventoryOf(['a', 'b', 'c'], { services });
  const valueOf = (reference: string, wanted = wantedFor(inventory)) =>
    resolved(reference, hostOf(inventory, 'a'), wanted);

  it.each([
    ['$host.name', 'a'],
    ['$host.address', '10.50.0.1'],
    ['$host.addresses', ['10.50.0.1', 'fd50::1']],
    ['$wireguard.interface', 'wg0'],
    ['$wireguard.unit', 'wg-quick@wg0.service'],
    ['$wireguard.config_file', '/etc/wireguard/wg0.conf'],
    ['$wireguard.key_file', '/etc/wireguard/wg0.key'],
    ['$wireguard.addresses', ['10.50.0.1/24', 'fd50::1/64']],
    ['$wireguard.routes', ['10.50.0.0/24', 'fd50::/64']],
    ['$wireguard.listen_port', 51820],
    ['$wireguard.mtu', 1420],
    ['$firewall.backend', 'ufw'],
    ['$firewall.package', 'ufw'],
    ['$firewall.uses_ufw', true],
    ['$firewall.unmanaged_rules', 'remove'],
  ])('%s is %j', (reference, value) => {
    expect(valueOf(reference)).toEqual(value);
  });

  it('of the peers leave out who has no key, and gets none now', () => {
    const lock = lockOf(inventory, { withoutKey: ['b', 'c'] });
    const names = (reference: string, keysToCome: readonly string[]) =>
      (
        valueOf(reference, wantedFor(inventory, { lock, keysToCome: new Set(keysToCome) })) as {
          host: string;
        }[]
      ).map(({ host }) => host);
    expect(names('$wireguard.peers', [])).toEqual([]);
    expect(names('$wireguard.peers', ['c'])).toEqual(['c']);
    expect(names('$wireguard.members', [])).toEqual(['b', 'c']);
  });

  it('of the services are the TCP ports of others that the host may use', () => {
    const found = valueOf('$wireguard.services') as {
      service: string;
      host: string;
      address: string;
      port: number;
    }[];
    expect(
      found.map(({ service, host, address, port }) => `${service} ${host} ${address} ${port}`),
    ).toEqual([
      'pg b 10.50.0.2 5432',
      'pg b 10.50.0.2 5433',
      'pg b fd50::2 5432',
      'pg b fd50::2 5433',
      'own c 10.50.0.3 80',
      'own c fd50::3 80',
    ]);
  });

  it('are found in lists and mappings, and what is no reference stays', () => {
    const args = {
      names: ['wireguard-tools', '$firewall.package'],
      deep: { a: '$host.name' },
      n: 1,
      on: true,
    };
    expect(resolved(args, hostOf(inventory, 'a'), wantedFor(inventory))).toEqual({
      names: ['wireguard-tools', 'ufw'],
      deep: { a: 'a' },
      n: 1,
      on: true,
    });
  });

  it('all exist that may be referred to, and no others', () => {
    for (const path of references.keys()) expect(valueOf(`$${path}`)).toBeDefined();
    expect(() => valueOf('$wireguard.private_key')).toThrow('which does not exist');
  });

  it('have the type of their examples, by which arguments are judged', () => {
    for (const [path, { example }] of references) {
      expect([path, typeOf(valueOf(`$${path}`))]).toEqual([path, typeOf(example)]);
    }
  });

  it('are texts where two dollars begin them', () => {
    expect([valueOf('$$host.name'), valueOf('$$'), valueOf('a$')]).toEqual([
      '$host.name',
      '$',
      'a$',
    ]);
  });

  it('never depend on which hosts a run touches', () => {
    const lock = lockOf(inventory);
    expect(lock.hosts.get('b')?.publicKey).toBe(keyOf('b'));
    const peers = valueOf('$wireguard.peers') as { publicKey: string }[];
    expect(peers.map(({ publicKey }) => publicKey)).toEqual([keyOf('b'), keyOf('c')]);
  });
});
