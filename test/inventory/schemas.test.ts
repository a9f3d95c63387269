/** The schemas are for editors too: they say where they are found and what every key is for. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type AnySchema, Ajv } from 'ajv';
import { resources } from '../../src/resources/closed-set';

const directory = path.join(__dirname, '../../src/inventory/schemas');
const files = readdirSync(directory);

const read = (file: string): unknown =>
  JSON.parse(readFileSync(path.join(directory, file), 'utf8'));

test.each(files)('%s has a title, an id of its own and is of draft 7', (file) => {
  expect(read(file)).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: `https://wgpush.dev/schema/${file}`,
    title: expect.stringMatching(/^wgpush /) as string,
    description: expect.stringMatching(/\.$/) as string,
  });
});

// The loader doesn't, to start sooner.
test.each([
  // JSON that the next line checks.
  ...files.map((file) => [file, read(file) as AnySchema] as const),
  ...[...resources].map(([kind, { args }]) => [kind, args] as const),
])('%s is a valid schema', (_, schema) => {
  expect(typeof new Ajv({ strict: true, allowUnionTypes: true }).compile(schema)).toBe('function');
});

/** Every key that a schema knows, with its description. */
function* keysIn(schema: unknown): Generator<readonly [string, unknown]> {
  if (Array.isArray(schema)) {
    for (const one of schema as readonly unknown[]) yield* keysIn(one);
  } else if (typeof schema === 'object' && schema !== null) {
    for (const [keyword, value] of Object.entries(schema as Readonly<Record<string, unknown>>)) {
      if (keyword === 'properties' && typeof value === 'object' && value !== null) {
        yield* Object.entries<unknown>(value as Readonly<Record<string, unknown>>);
      }
      if (keyword !== 'examples' && keyword !== 'default') yield* keysIn(value);
    }
  }
}

test.each(files)('every key of %s says what it is for', (file) => {
  for (const [key, property] of keysIn(read(file))) {
    expect([key, property]).toEqual([
      key,
      expect.objectContaining({ description: expect.stringMatching(/\S/) as string }),
    ]);
  }
});

/** Other names of what the complete example shows, and what a YAML file of it needs no more. */
const names = [
  ...['ansible_ssh_host', 'ansible_ssh_port', 'ansible_ssh_user', 'ansible_private_key_file'],
  ...['ansible_ssh_args', 'ansible_ssh_extra_args', 'wg_persistent_keepalive'],
];

test.each(['hosts', 'mesh', 'services', 'exceptions', 'ignores'])(
  'every key of %s.yaml stands in the complete example, in use or in a comment',
  (name) => {
    const text = readFileSync(path.join(directory, '../../../inventory/complete', `${name}.yaml`));
    const missing = [...keysIn(read(`${name}.schema.json`))]
      .map(([key]) => key)
      .filter((key) => !names.includes(key) && !new RegExp(`\\b${key}\\b`).test(text.toString()));
    expect(missing).toEqual([]);
  },
);

test('the examples name a schema that exists', () => {
  const inventories = path.join(__dirname, '../../inventory');
  for (const name of ['complete', 'demo', 'starter']) {
    const inFolder = readdirSync(path.join(inventories, name), {
      recursive: true,
      encoding: 'utf8',
    });
    for (const file of inFolder.filter((each) => each.endsWith('.yaml'))) {
      const text = readFileSync(path.join(inventories, name, file), 'utf8');
      const schema = /^# yaml-language-server: \$schema=(.*)$/m.exec(text)?.[1] ?? '';
      const folder = path.dirname(path.join(inventories, name, file));
      expect(path.dirname(path.join(folder, schema))).toBe(directory);
      expect(files).toContain(path.basename(schema));
    }
  }
});
