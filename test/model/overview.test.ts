/** What an inventory declares, and what in it may not be meant. */
import { adviceOn, overviewOf } from '../../src/model/overview';
import {
  exceptionNamed,
  hostNamed,
  inventoryOf,
  lockOf,
  ruleNamed,
  serviceNamed,
  today,
} from './fleet';

test('groups are counted, but for those that every inventory has', () => {
  const inventory = inventoryOf(
    [
      hostNamed('a', { groups: ['all', 'web', 'eu'] }),
      hostNamed('b', { groups: ['all', 'eu'] }),
      hostNamed('c', { groups: ['all', 'ungrouped'] }),
    ],
    {
      services: [serviceNamed('pg')],
      exceptions: [exceptionNamed('EX-1')],
      ignores: [ruleNamed('IG-1', { hosts: ['a'] })],
    },
  );
  expect(overviewOf(inventory, lockOf(inventory))).toEqual({
    hosts: 3,
    groups: [
      { name: 'eu', hosts: 2 },
      { name: 'web', hosts: 1 },
    ],
    subnets: [
      { subnet: '10.50.0.0/24', size: '254', used: 3, retired: 0 },
      { subnet: 'fd50::/64', size: '18446744073709551615', used: 3, retired: 0 },
    ],
    services: ['pg'],
    exceptions: [{ id: 'EX-1', expires: '2026-12-31' }],
    ignores: [{ id: 'IG-1', expires: '2026-12-31' }],
  });
});

test.each([
  ['a service of some hosts', [serviceNamed('pg', { hosts: ['a'], from: ['b'] })], []],
  [
    'a service of nobody',
    [serviceNamed('pg')],
    ['service pg runs on no host: its groups are empty'],
  ],
  [
    'a service for nobody',
    [serviceNamed('pg', { hosts: ['a'], from: [] })],
    ['service pg may be reached by nobody'],
  ],
])('%s is advised on', (_, services, advice) => {
  expect(adviceOn(inventoryOf(['a', 'b'], { services }), today)).toEqual(advice);
});

test.each([
  ['of nobody', {}, ['exception EX-1 holds for no host: its groups are empty']],
  ['of a port that no service has', { hosts: ['a'] }, []],
  [
    'of the port of a service',
    { hosts: ['a'], ports: [{ first: 5000, last: 6000 }] },
    ['exception EX-1 makes the internal service pg public (INV-1)'],
  ],
  ['of the port on another host', { hosts: ['b'], ports: [{ first: 5432, last: 5432 }] }, []],
  [
    'of the port by another protocol',
    { hosts: ['a'], ports: [{ first: 5432, last: 5432 }], protocol: 'udp' as const },
    [],
  ],
  ['that has expired', { expires: '2026-01-01' }, []],
])('an exception %s is advised on', (_, more, advice) => {
  const services = [serviceNamed('pg', { hosts: ['a'] })];
  const exceptions = [exceptionNamed('EX-1', more)];
  expect(adviceOn(inventoryOf(['a', 'b'], { services, exceptions }), today)).toEqual(advice);
});

test('an ignore rule of nobody is advised on', () => {
  const ignores = [ruleNamed('IG-1', { hosts: ['a'] }), ruleNamed('IG-2')];
  expect(adviceOn(inventoryOf(['a'], { ignores }), today)).toEqual([
    'ignore rule IG-2 holds for no host: its groups are empty',
  ]);
});
