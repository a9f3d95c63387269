/** Roles: found beside the inventory or in the package, and checked against their resources. */
import path from 'node:path';
import { loadRole } from '../../src/inventory/role-file';
import type { ResourceWords, Vocabulary } from '../../src/inventory/role-task';
import type { Schema } from '../../src/inventory/schema';
import { problemText } from '../../src/model/problem';
import { directoryOf } from './directory';

const words = (args: Schema) => ({ args, isCheck: false, textFile: undefined, mistakes: () => [] });

const vocabulary: Vocabulary = {
  resources: new Map<string, ResourceWords>([
    [
      'thing',
      words({
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
      }),
    ],
    ['nothing', words({ type: 'object', additionalProperties: false })],
    [
      'note',
      {
        args: {
          type: 'object',
          properties: { text: { type: 'string' }, from: { type: 'string' } },
        },
        isCheck: false,
        textFile: { from: 'from', to: 'text' },
        mistakes: (args: unknown) => ('text' in Object(args) ? [] : ['there is no text']),
      },
    ],
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

describe('a text beside the role', () => {
  const noteWith = async (tasks: string, files: Readonly<Record<string, string | Uint8Array>>) => {
    const directory = directoryOf({
      'x/role.yaml': `description: d\ntasks:\n  - note: ${tasks}\n`,
      ...files,
    });
    const nameOf = (file: string) => path.relative(directory, file);
    const found = await loadRole('x', [directory], vocabulary, nameOf);
    return { args: found?.value.tasks[0]?.args, said: found?.problems.map(problemText) };
  };

  it.each([
    ['a text\nof two lines', 'a text\nof two lines'],
    ['$host.name is no reference here', '$$host.name is no reference here'],
    ['$$', '$$$'],
    ['', ''],
    ['\ufeffmark', '\ufeffmark'],
  ])('becomes the argument that it stands for: %j', async (text, wanted) => {
    const { args, said } = await noteWith('{ from: files/a }', { 'x/files/a': text });
    expect([args, said]).toEqual([{ text: wanted }, []]);
  });

  it.each<[string, Readonly<Record<string, string | Uint8Array>>, string]>([
    ['{ from: files/a }', {}, '3:19: there is no file "files/a" beside the role.yaml'],
    ['{ from: ../a }', { a: '' }, '3:19: "../a" must be a path inside of the role\'s directory'],
    ['{ from: /etc/hostname }', {}, '3:19: "/etc/hostname" must be a path inside'],
    ['{ from: files }', { 'x/files/a': '' }, '3:19: "files" is not a regular file'],
    ['{ from: files/a }', { 'x/files/a': Uint8Array.of(255) }, '3:19: "files/a" is not UTF-8 text'],
    [
      '{ from: files/a }',
      { 'x/files/a': 'x'.repeat(70_000) },
      '3:19: "files/a" is too long: it has 70000 bytes, at most 65536 are written',
    ],
    [
      '{ from: files/a, text: b }',
      { 'x/files/a': '' },
      '3:13: "from" and "text" stand side by side',
    ],
    ['{}', {}, '3:5: there is no text'],
  ])('%s is told with its place where it is wrong', async (task, files, message) => {
    const { said } = await noteWith(task, files);
    expect(said?.[0]).toContain(`x/role.yaml:${message}`);
  });

  it('that no task names is a mistake, and so is what another tool would read', async () => {
    const { said } = await noteWith('{ from: ./files/a }', {
      ...{ 'x/files/a': '', 'x/files/b': '', 'x/tasks/main.yml': '', 'x/role.yml': '' },
      ...{ 'x/README.md': '', 'x/.gitkeep': '', 'x/role.yaml~': '' },
    });
    expect(said?.map((each) => each.split(':', 1)[0])).toEqual([
      'x/files/b',
      'x/role.yml',
      'x/tasks/main.yml',
    ]);
  });
});

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
