/**
 * The rooms of src and the doors between them: who may import what, and why not more.
 *
 * A room of a path is its first directory. Imports of types count like imports of values: who needs
 * a room's nouns depends on that room.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { doors, rooms } from './rooms';

/** Types name no behaviour: a report may say that it is given colours. */
const typesAllowed = new Set(['report picocolors']);

/** What a pure room may take from Node: functions of their arguments. */
const pureBuiltins: Readonly<Record<string, readonly string[]>> = { 'node:crypto': ['createHash'] };

const impureGlobals = new Set([
  ...['Promise', 'Date', 'process', 'console', 'performance', 'fetch', 'globalThis'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'require'],
]);
const purity =
  'a pure room has no clock, no randomness, no world and no waiting: all of it comes in as arguments';

const namelessNames = /^(utils?|helpers?|common|types|constants|index|misc|shared|lib)$/;

interface Import {
  readonly file: string;
  readonly line: number;
  readonly specifier: string;
  /** Names taken from it, where they are listed. */
  readonly names: readonly string[];
  readonly isTypeOnly: boolean;
}

type Sources = ReadonlyMap<string, string>;

describe('the rooms of src', () => {
  const sources = readSources(join(__dirname, '../src'));

  it('keep to their arrows, doors and purity', () => {
    expect(violations(sources)).toEqual([]);
  });

  it('are the ones that the design knows', () => {
    const found = new Set([...sources.keys()].map(roomOf));
    expect([...found].filter((room) => rooms[room] === undefined)).toEqual([]);
  });

  it('use every runtime dependency, by the door that is meant for it', () => {
    const { dependencies } = JSON.parse(
      readFileSync(join(__dirname, '../package.json'), 'utf8'),
    ) as { readonly dependencies: Readonly<Record<string, string>> };
    const imported = new Set(importsOf(sources).map(({ specifier }) => packageOf(specifier)));
    expect(Object.keys(dependencies).filter((name) => !imported.has(name))).toEqual([]);
    expect(Object.keys(doors).filter((name) => dependencies[name] === undefined)).toEqual([]);
  });
});

describe('a planted violation is named with its place and the reason', () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    [
      'an arrow against the stream',
      { 'model/a.ts': "\nimport { b } from '../facts/b';", 'facts/b.ts': '' },
      'src/model/a.ts:2: imports facts/b.ts, but model knows nobody: the nouns know nobody',
    ],
    [
      'a type from a room above',
      { 'facts/a.ts': "import type { B } from '../plan/b';", 'plan/b.ts': '' },
      'src/facts/a.ts:1: imports plan/b.ts, but facts knows model: a question must not',
    ],
    [
      'a dynamic import',
      { 'plan/a.ts': "const b = () => import('../executor/b.js');", 'executor/b.ts': '' },
      'src/plan/a.ts:1: imports executor/b.ts',
    ],
    [
      'an import type',
      { 'plan/a.ts': "type B = import('../executor/b').B;", 'executor/b.ts': '' },
      'src/plan/a.ts:1: imports executor/b.ts',
    ],
    [
      'an export from elsewhere',
      { 'plan/a.ts': "export { b } from '../executor/b';", 'executor/b.ts': '' },
      'src/plan/a.ts:1: imports executor/b.ts',
    ],
    [
      'an executor that sees SSH',
      {
        'executor/a.ts': "import { b } from '../connection/openssh';",
        'connection/openssh.ts': '',
      },
      'src/executor/a.ts:1: imports connection/openssh.ts',
    ],
    [
      'a dependency by another door',
      { 'plan/a.ts': "\n\nimport yaml from 'yaml';" },
      'src/plan/a.ts:3: imports yaml, whose door is inventory: past the inventory',
    ],
    [
      'a part of a dependency by another door',
      { 'executor/a.ts': "import { Ajv } from 'ajv/dist/2020';" },
      'src/executor/a.ts:1: imports ajv, whose door is inventory',
    ],
    [
      'colours made by a report',
      { 'report/a.ts': "import { createColors } from 'picocolors';" },
      'src/report/a.ts:1: imports picocolors, whose door is cli',
    ],
    [
      'a dependency without a door',
      { 'cli/a.ts': "import _ from 'lodash';" },
      'src/cli/a.ts:1: imports lodash, which has no door: add it to this test with a reason',
    ],
    [
      'a file that is not there',
      { 'cli/a.ts': "import { b } from './b';" },
      'src/cli/a.ts:1: imports cli/b, which does not exist',
    ],
    [
      'a file system in a pure room',
      { 'plan/a.ts': "import 'node:fs';" },
      'src/plan/a.ts:1: node:fs',
    ],
    [
      'randomness in a pure room',
      { 'plan/a.ts': "import { randomBytes } from 'node:crypto';" },
      'src/plan/a.ts:1: node:crypto.randomBytes',
    ],
    [
      'a child process by its old name',
      { 'plan/a.ts': "import 'child_process';" },
      'child_process',
    ],
    [
      'async',
      { 'plan/a.ts': 'export async function a() {}' },
      'src/plan/a.ts:1: async: a pure room',
    ],
    ['await', { 'plan/a.ts': 'for await (const a of b) c(a);' }, 'src/plan/a.ts:1: await'],
    ['a promise', { 'plan/a.ts': 'const a = Promise.all([]);' }, 'src/plan/a.ts:1: Promise'],
    ['the type of a promise', { 'plan/a.ts': 'type A = Promise<void>;' }, 'plan/a.ts:1: Promise'],
    ['the clock', { 'plan/a.ts': '\nconst a = new Date();' }, 'src/plan/a.ts:2: Date'],
    ['dice', { 'plan/a.ts': 'const a = Math.random();' }, 'src/plan/a.ts:1: Math.random'],
    ['the environment', { 'plan/a.ts': 'const { env } = process;' }, 'src/plan/a.ts:1: process'],
    [
      'a cycle',
      {
        'model/a.ts': "import type { B } from './b';",
        'model/b.ts': "import { c } from './c';",
        'model/c.ts': "import { a } from './a';",
      },
      'src/model/c.ts:1: closes a cycle: model/a.ts -> model/b.ts -> model/c.ts -> model/a.ts',
    ],
    [
      'a drawer for everything',
      { 'model/utils.ts': '' },
      'src/model/utils.ts:1: the name says nothing',
    ],
  ])('%s', (_, files, message) => {
    expect(violations(new Map(Object.entries(files))).join('\n')).toContain(message);
  });

  it.each([
    ['a member that bears the name of a global', 'export const a = { process: 1 }.process;'],
    ['a comment about promises', '/** No Promise, no process. */'],
    ['a pure part of Node', "import { createHash } from 'node:crypto';"],
  ])('but %s is none', (_, text) => {
    expect(violations(new Map([['plan/a.ts', text]]))).toEqual([]);
  });

  it('but the type of colours in a report is none', () => {
    const text = "import type { Colors } from 'picocolors/types';";
    expect(violations(new Map([['report/a.ts', text]]))).toEqual([]);
  });
});

function violations(sources: Sources): readonly string[] {
  const imports = importsOf(sources);
  return [
    ...imports.flatMap((each) => brokenArrow(each, sources)),
    ...imports.flatMap(wrongDoor),
    ...imports.flatMap(impureImport),
    ...[...sources].flatMap(([file, text]) => impureCode(file, text)),
    ...cycles(imports, sources),
    ...[...sources.keys()].flatMap(namelessFile),
  ];
}

function brokenArrow({ file, line, specifier }: Import, sources: Sources): readonly string[] {
  if (!specifier.startsWith('.')) return [];
  const target = targetOf(file, specifier, sources);
  if (target === undefined) {
    const path = posix.join(posix.dirname(file), specifier);
    return [`src/${file}:${line}: imports ${path}, which does not exist`];
  }
  const from = roomOf(file);
  const to = roomOf(target);
  const room = rooms[from];
  if (room === undefined) return [`src/${file}:${line}: the design knows no room ${from}`];
  if (from === to || room.knows.includes(to) || room.knows.includes(target)) return [];
  const known = room.knows.length === 0 ? 'nobody' : room.knows.join(', ');
  return [`src/${file}:${line}: imports ${target}, but ${from} knows ${known}: ${room.reason}`];
}

function wrongDoor({ file, line, specifier, isTypeOnly }: Import): readonly string[] {
  if (specifier.startsWith('.') || isBuiltin(specifier)) return [];
  const name = packageOf(specifier);
  const door = doors[name];
  if (door === undefined) {
    return [
      `src/${file}:${line}: imports ${name}, which has no door: add it to this test with a reason`,
    ];
  }
  const room = roomOf(file);
  if (door.rooms.includes(room)) return [];
  if (isTypeOnly && typesAllowed.has(`${room} ${name}`)) return [];
  const where = door.rooms.join(' and ');
  return [`src/${file}:${line}: imports ${name}, whose door is ${where}: ${door.why}`];
}

function impureImport({ file, line, specifier, names }: Import): readonly string[] {
  if (rooms[roomOf(file)]?.isPure !== true || !isBuiltin(specifier)) return [];
  const pure = pureBuiltins[specifier];
  if (pure === undefined || names.length === 0)
    return [`src/${file}:${line}: ${specifier}: ${purity}`];
  return names
    .filter((name) => !pure.includes(name))
    .map((name) => `src/${file}:${line}: ${specifier}.${name}: ${purity}`);
}

function impureCode(file: string, text: string): readonly string[] {
  if (rooms[roomOf(file)]?.isPure !== true) return [];
  const found: string[] = [];
  visit(parse(file, text), (node, line) => {
    const what = impurity(node);
    if (what !== undefined) found.push(`src/${file}:${line}: ${what}: ${purity}`);
  });
  return found;
}

function impurity(node: ts.Node): string | undefined {
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async';
  if (ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AwaitKeyword) return 'await';
  if (ts.isPropertyAccessExpression(node) && node.getText() === 'Math.random') return 'Math.random';
  if (!ts.isIdentifier(node) || !impureGlobals.has(node.text)) return undefined;
  const { parent } = node;
  const isMember = ts.isPropertyAccessExpression(parent) && parent.name === node;
  const isName =
    (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) && parent.name === node;
  return isMember || isName ? undefined : node.text;
}

function cycles(imports: readonly Import[], sources: Sources): readonly string[] {
  const found: string[] = [];
  const finished = new Set<string>();
  const walk = (file: string, path: readonly string[]) => {
    for (const each of imports.filter((one) => one.file === file)) {
      const target = targetOf(file, each.specifier, sources);
      if (target === undefined || finished.has(target)) continue;
      const start = path.indexOf(target);
      if (start === -1) walk(target, [...path, target]);
      else {
        const cycle = [...path.slice(start), target].join(' -> ');
        found.push(`src/${file}:${each.line}: closes a cycle: ${cycle}`);
      }
    }
    finished.add(file);
  };
  for (const file of sources.keys()) if (!finished.has(file)) walk(file, [file]);
  return found;
}

function namelessFile(file: string): readonly string[] {
  const name = posix.basename(file).replace(/(\.schema)?\.[a-z]+$/, '');
  if (namelessNames.test(name)) {
    return [`src/${file}:1: the name says nothing: a function lives with its noun`];
  }
  return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) ? [] : [`src/${file}:1: the name is not kebab-case`];
}

function importsOf(sources: Sources): readonly Import[] {
  return [...sources].flatMap(([file, text]) => {
    const found: Import[] = [];
    visit(parse(file, text), (node, line) => {
      const specifier = specifierOf(node);
      if (specifier === undefined) return;
      found.push({ file, line, specifier, names: namesOf(node), isTypeOnly: isTypeOnly(node) });
    });
    return found;
  });
}

function specifierOf(node: ts.Node): string | undefined {
  const text = (each: ts.Node | undefined) =>
    each !== undefined && ts.isStringLiteralLike(each) ? each.text : undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
    return text(node.moduleSpecifier);
  if (ts.isExternalModuleReference(node)) return text(node.expression);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return text(node.argument.literal);
  }
  if (!ts.isCallExpression(node)) return undefined;
  const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require';
  return isImport || isRequire ? text(node.arguments[0]) : undefined;
}

function namesOf(node: ts.Node): readonly string[] {
  if (!ts.isImportDeclaration(node)) return [];
  const bindings = node.importClause?.namedBindings;
  if (bindings === undefined || !ts.isNamedImports(bindings)) return [];
  return bindings.elements.map((element) => (element.propertyName ?? element.name).text);
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isImportTypeNode(node)) return true;
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  if (!ts.isImportDeclaration(node)) return false;
  return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function targetOf(file: string, specifier: string, sources: Sources): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const path = posix.join(posix.dirname(file), specifier);
  return [`${path}.ts`, path.replace(/\.js$/, '.ts'), path].find((each) => sources.has(each));
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

function roomOf(file: string): string {
  return file.split('/', 1)[0] ?? file;
}

function parse(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
}

/** Every node, with its line from 1. */
function visit(source: ts.SourceFile, see: (node: ts.Node, line: number) => void): void {
  const walk = (node: ts.Node) => {
    see(node, source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1);
    ts.forEachChild(node, walk);
  };
  walk(source);
}

/** By path below `directory`: the TypeScript as text, other files as empty ones. */
function readSources(directory: string): Sources {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.(ts|json)$/.test(path))
    .sort();
  return new Map(
    paths.map((path) => [
      path,
      path.endsWith('.ts') ? readFileSync(join(directory, path), 'utf8') : '',
    ]),
  );
}
