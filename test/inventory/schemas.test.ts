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

test('the examples name a schema that exists', () => {
  const inventories = path.join(__dirname, '../../inventory');
  for (const name of ['complete', 'demo']) {
    for (const file of readdirSync(path.join(inventories, name))) {
      const text = readFileSync(path.join(inventories, name, file), 'utf8');
      const schema = /^# yaml-language-server: \$schema=(.*)$/m.exec(text)?.[1] ?? '';
      expect(path.dirname(path.join(inventories, name, schema))).toBe(directory);
      expect(files).toContain(path.basename(schema));
    }
  }
});
