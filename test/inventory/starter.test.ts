/** The starter that `wgpush init` writes: valid as it stands, and with its examples in use. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeNewDirectory } from '../../src/inventory/new-directory';
import { starterFiles } from '../../src/inventory/starter';
import { problemText } from '../../src/model/problem';
import { directoryOf, load } from './directory';

async function problemsIn(directory: string): Promise<readonly string[]> {
  const found = await load(directory);
  return found.kind === 'invalid' ? found.problems.map(problemText) : [];
}

async function started(): Promise<string> {
  const directory = path.join(directoryOf({}), 'inventory/prod');
  expect(await writeNewDirectory(directory, await starterFiles())).toEqual([]);
  return directory;
}

test('it is valid as it stands', async () => {
  const directory = await started();
  expect(await problemsIn(directory)).toEqual([]);
  expect(readdirSync(directory).sort()).toEqual([
    '.schemas',
    'README.md',
    'exceptions.yaml',
    'hosts.yaml',
    'ignores.yaml',
    'mesh.yaml',
    'services.yaml',
  ]);
});

test('its examples are valid too', async () => {
  const directory = await started();
  for (const file of ['hosts.yaml', 'services.yaml', 'exceptions.yaml', 'ignores.yaml']) {
    const text = readFileSync(path.join(directory, file), 'utf8');
    const inUse = text.replace(/^# (?= {2})/gm, '').replace(/^( +)# (?=\w+: )/gm, '$1');
    expect(inUse).not.toBe(text);
    writeFileSync(path.join(directory, file), inUse);
  }
  const found = await load(directory);
  if (found.kind === 'invalid') throw new Error(found.problems.map(problemText).join('\n'));
  expect(found.inventory.services.map(({ name, from }) => [name, from])).toEqual([
    ['postgres', ['web-1', 'web-2']],
  ]);
  expect(found.inventory.exceptions.map(({ id }) => id)).toEqual(['EX-001']);
  expect(found.inventory.ignores.map(({ id }) => id)).toEqual(['IG-001']);
});

test('every file names a schema that lies beside it, and is the one that checks it', async () => {
  const directory = await started();
  for (const name of ['hosts', 'mesh', 'services', 'exceptions', 'ignores']) {
    const [first = ''] = readFileSync(path.join(directory, `${name}.yaml`), 'utf8').split('\n');
    const schema = first.replace('# yaml-language-server: $schema=', '');
    expect(schema).toBe(`.schemas/${name}.schema.json`);
    const source = path.join(__dirname, `../../src/inventory/schemas/${name}.schema.json`);
    expect(JSON.parse(readFileSync(path.join(directory, schema), 'utf8'))).toEqual(
      JSON.parse(readFileSync(source, 'utf8')),
    );
  }
});

describe('a new directory', () => {
  const files = new Map([
    ['a', 'one'],
    ['b/c', 'two'],
  ]);

  test('may be there already, if it is empty', async () => {
    const directory = path.join(directoryOf({}), 'x');
    mkdirSync(directory);
    expect(await writeNewDirectory(directory, files)).toEqual([]);
    expect(readFileSync(path.join(directory, 'b/c'), 'utf8')).toBe('two');
    expect(readdirSync(path.dirname(directory))).toEqual(['x']);
  });

  test('is not written over anything: what is there is named, and stays', async () => {
    const directory = directoryOf({ z: 'mine', '.git/x': '' });
    expect(await writeNewDirectory(directory, files)).toEqual(['.git', 'z']);
    expect(readdirSync(directory).sort()).toEqual(['.git', 'z']);
  });

  test('is whole or is not there', async () => {
    const directory = path.join(directoryOf({}), 'x');
    const impossible = new Map([...files, ['a/d', 'below a file']]);
    await expect(writeNewDirectory(directory, impossible)).rejects.toThrow(/ENOTDIR|EEXIST/);
    expect(existsSync(directory)).toBe(false);
    expect(readdirSync(path.dirname(directory))).toEqual([]);
  });

  test('cannot stand in the place of a file', async () => {
    const directory = directoryOf({ x: 'a file' });
    await expect(writeNewDirectory(path.join(directory, 'x'), files)).rejects.toThrow(/ENOTDIR/);
    expect(readdirSync(directory)).toEqual(['x']);
  });
});
