/** Roles: found beside the inventory or in the package, and checked against their resources. */
import path from 'node:path';
import { loadRole, type Vocabulary } from '../../src/inventory/role-file';
import { problemText } from '../../src/model/problem';
import { directoryOf } from './directory';

const vocabulary: Vocabulary = {
  resources: new Map([
    [
      'thing',
      {
        type: 'object',
        properties: {
          text: { type: 'string', pattern: '^[a-z]+$' },
          number: { type: 'integer', minimum: 1 },
          list: { type: 'array', items: { type: 'string' }, minItems: 1 },
          nested: {
            type: 'array',
            items: { type: 'object', properties: { on: { type: 'boolean' } }, required: ['on'] },
          },
          mode: { enum: ['a', 'b'] },
        },
        required: ['text'],
        additionalProperties: false,
      },
    ],
    ['nothing', { type: 'object', additionalProperties: false }],
  ]),
  references: new Map<string, { example: unknown }>([
    ['host.name', { example: 'web' }],
    ['host.addresses', { example: ['ten', 'fd'] }],
    ['wireguard.mtu', { example: 1420 }],
    ['wireguard.peers', { example: [{ on: true }] }],
  ]),
};

async function role(tasks: string, { head = 'description: d' } = {}) {
  const directory = directoryOf({ 'x/role.yaml': `${head}\ntasks:\n${tasks}\n` });
  return loadRole('x', [directory], vocabulary, (file) => path.basename(file));
}

async function problems(task: string): Promise<readonly string[] | undefined> {
  return (await role(`  - ${task}`))?.problems.map(problemText);
}

test('a role is its tasks in their order, with their arguments', async () => {
  const found = await role('  - thing: { text: a, list: [b, $host.name] }\n  - nothing:', {
    head: 'description: d\nbarrier: true',
  });
  expect(found?.problems).toEqual([]);
  expect(found?.value).toEqual({
    name: 'x',
    description: 'd',
    barrier: true,
    tasks: [
      { resource: 'thing', args: { text: 'a', list: ['b', '$host.name'] } },
      { resource: 'nothing', args: {} },
    ],
  });
});

test.each([
  '{ text: $host.name }',
  '{ text: a, number: $wireguard.mtu }',
  '{ text: a, list: $host.addresses }',
  '{ text: a, list: [$host.name] }',
  '{ text: a, nested: $wireguard.peers }',
])('a reference stands for a value of its type: %s', async (args) => {
  expect(await problems(`thing: ${args}`)).toEqual([]);
});

test.each([
  ['thing: { text: A }', 'role.yaml:3:20: "text" must match ^[a-z]+$; found "A"'],
  ['thing: { number: 1 }', 'role.yaml:3:5: the key "text" is missing'],
  [
    'thing: { text: a, number: 0 }',
    'role.yaml:3:31: "number" must be at least 1; found the number 0',
  ],
  ['thing: { text: a, number: x }', 'role.yaml:3:31: "number" must be a whole number; found "x"'],
  ['thing: { text: a, list: [] }', 'role.yaml:3:29: "list" must not be empty'],
  [
    'thing: { text: a, list: [1] }',
    'role.yaml:3:30: an item of "list" must be text; found the number 1',
  ],
  ['thing: { text: a, nested: [{}] }', 'role.yaml:3:32: the key "on" is missing'],
  ['thing: { text: a, mode: c }', 'role.yaml:3:29: "mode" must be "a" or "b"; found "c"'],
  ['thing: { text: a, txt: b }', 'role.yaml:3:23: unknown key "txt"; did you mean "text"?'],
  [
    'thing: { text: $host.nam }',
    'role.yaml:3:20: there is no reference "$host.nam"; did you mean "$host.name"?',
  ],
  [
    'thing: { text: a, list: [$HOME/x] }',
    'role.yaml:3:30: there is no reference "$HOME/x"; known: "$host.addresses", "$host.name", "$wireguard.mtu", "$wireguard.peers"; a text that begins with "$" is written "$$HOME/x"',
  ],
  [
    'thing: { text: $wireguard.mtu }',
    'role.yaml:3:20: "text" must be text; found "$wireguard.mtu", which is for instance 1420',
  ],
  [
    'thing: { text: a, list: $wireguard.peers }',
    'role.yaml:3:29: an item of "list" must be text; found "$wireguard.peers", which is for instance [{"on":true}]',
  ],
  [
    'thing: { text: a, list: ["http://$host.name/"] }',
    'role.yaml:3:30: "$host.name" inside a text is not replaced; a line of a "content" can be a list of parts, and a reference one of them',
  ],
  ['thing: $host.name', 'role.yaml:3:12: "thing" must be a mapping; found "$host.name"'],
  ['thng: { text: a }', 'role.yaml:3:5: there is no resource "thng"; did you mean "thing"?'],
  ['nothing: { a: 1 }', 'role.yaml:3:16: unknown key "a"'],
  ['nothing', 'role.yaml:3:5: an item of "tasks" must be a mapping; found "nothing"'],
])('%s is told with its place', async (task, message) => {
  expect(await problems(task)).toEqual([message]);
});

test.each(['$$HOME', '$$host.name', 'a $HOME', '5 $', '$$'])(
  'a text of dollars that means itself is no reference: %s',
  async (text) => {
    expect(await problems(`thing: { text: a, list: ['${text}'] }`)).toEqual([]);
  },
);

test("an inventory's own role stands in the place of a built-in one", async () => {
  const own = directoryOf({ 'x/role.yaml': 'description: own\ntasks: []\n' });
  const builtIn = directoryOf({
    'x/role.yaml': 'description: built in\ntasks: []\n',
    'y/role.yaml': 'description: built in\ntasks: []\n',
  });
  const load = async (name: string) =>
    (await loadRole(name, [own, builtIn], vocabulary, String))?.value.description;
  expect(await load('x')).toBe('own');
  expect(await load('y')).toBe('built in');
});

test.each(['none', '..', '../x', 'x/', '', 'x\0'])('there is no role %j', async (name) => {
  const directory = directoryOf({ 'x/role.yaml': 'description: d\ntasks: []\n', 'role.yaml': '' });
  expect(await loadRole(name, [directory], vocabulary, String)).toBeUndefined();
});
