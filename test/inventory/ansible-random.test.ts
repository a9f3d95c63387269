/** Inventories that nobody has written: we read them as Ansible does, or call them mistakes. */
import path from 'node:path';
import fc from 'fast-check';
import { listing } from '../../src/inventory/listing';
import { problemText } from '../../src/model/problem';
import { ansibleListings, ordered } from './ansible';
import { directoryOf, load } from './directory';

const count = 120;
/** The same ones every time, so that what fails is what was changed; SEED=$RANDOM looks for others. */
const seed = Number(process.env['SEED'] ?? 20_261_125);

type Files = Readonly<Record<string, string>>;

const groups = ['a', 'b', 'c', 'd', 'e'] as const;
const group = fc.constantFrom(...groups, 'all', 'ungrouped');
const host = fc.constantFrom(
  'x1',
  'x2',
  'x3',
  'x[1:3]',
  'y-[a:c].example.net',
  'z-[01:03:2]',
  'w:2222',
);
const name = fc.constantFrom('u', 'v', 'w');

/** Text of the characters that literals are made of. */
const literal = fc.oneof(
  fc.stringMatching(/^[-+0-9_.xobeE]{1,8}$/),
  fc.stringMatching(/^[[\](){}'"a1,: #\\nx-]{1,10}$/),
  fc.constantFrom('True', 'None', 'yes', '[1, 2]', "{'a': [1]}", '1,', '"a" \'b\'', "'#'", '5 # c'),
);

const iniLine = fc.oneof(
  fc.tuple(host, name, fc.stringMatching(/^[a-z0-9.]{0,5}$/)).map(([h, n, v]) => `${h} ${n}=${v}`),
  fc.tuple(host, name, literal).map(([h, n, v]) => `${h} ${n}="${v.replaceAll(/["\\]/g, '\\$&')}"`),
  host,
  fc.constantFrom('# comment', '; comment', ''),
);
const iniSection = fc.oneof(
  fc.tuple(group, fc.array(iniLine, { maxLength: 4 })).map(([g, lines]) => [`[${g}]`, ...lines]),
  fc
    .tuple(group, fc.array(fc.tuple(name, literal), { maxLength: 4 }))
    .map(([g, pairs]) => [`[${g}:vars]`, ...pairs.map(([n, v]) => `${n} = ${v}`)]),
  // A child stands later in the alphabet than its parent, so that no group contains itself.
  fc
    .tuple(fc.nat(3), fc.nat(3))
    .map(([one, more]) => [
      `[${groups[one] ?? 'a'}:children]`,
      groups[Math.min(one + 1 + more, groups.length - 1)] ?? 'e',
    ]),
  fc
    .tuple(group, fc.integer({ min: -3, max: 30 }))
    .map(([g, priority]) => [`[${g}:vars]`, `ansible_group_priority=${String(priority)}`]),
);
/** Every group is declared, so that any may be spoken of. */
const ini = fc
  .array(iniSection, { maxLength: 8 })
  .map((sections) => ['lone', ...sections.flat(), ...groups.map((g) => `[${g}]`), ''].join('\n'));

const scalar = fc.oneof(
  // What begins with a digit, a sign and a digit, or a dot is a number or near one.
  fc.stringMatching(/^[-+]?[0-9][0-9_.xobeE+-]{0,6}$/),
  fc.stringMatching(/^[-+]?[0-9_]{1,3}(?::[0-9]{1,2}){1,2}(?:\.[0-9_]{0,2})?$/),
  fc.stringMatching(/^\.[0-9_eE+-]{1,5}$/),
  fc.constantFrom(
    'yes',
    'No',
    'off',
    '~',
    'null',
    'NULL',
    '0x1F',
    '010',
    'a b',
    "'5'",
    '"x"',
    '[1, a]',
  ),
);
const pairs = fc.uniqueArray(fc.tuple(name, scalar), { selector: ([n]) => n, maxLength: 3 });
const block = (indent: string, lines: readonly (readonly [string, string])[]): string =>
  lines.map(([key, value]) => `${indent}${key}: ${value}\n`).join('');
const uniqueHosts = fc.uniqueArray(fc.tuple(host, pairs), { selector: ([h]) => h, maxLength: 3 });
const yamlGroup = fc.record({
  vars: pairs,
  hosts: uniqueHosts,
  children: fc.uniqueArray(fc.nat(3), { maxLength: 2 }),
  order: fc.shuffledSubarray(['vars', 'hosts', 'children'], { minLength: 1 }),
});
const yaml = fc.array(yamlGroup, { minLength: 1, maxLength: groups.length }).map((all) => {
  const texts = all.map(({ vars, hosts, children, order }, index) => {
    const parts: Readonly<Record<string, string>> = {
      vars: `  vars:\n${block('    ', vars)}`,
      hosts: `  hosts:\n${hosts.map(([h, own]) => `    "${h}":\n${block('      ', own)}`).join('')}`,
      children: `  children:\n${children
        .map((child) => groups[index + 1 + child])
        .map((child) => (child === undefined ? '' : `    ${child}:\n`))
        .join('')}`,
    };
    return `${groups[index] ?? 'a'}:\n${order.map((key) => parts[key] ?? '').join('')}`;
  });
  return `all: { hosts: { lone: } }\n${texts.join('')}`;
});

const variableFile = fc.tuple(
  fc.oneof(
    fc.constantFrom(...groups, 'all', 'ungrouped').map((g) => `group_vars/${g}`),
    fc.constantFrom('x1', 'x2', 'y-a.example.net', 'lone').map((h) => `host_vars/${h}`),
  ),
  fc.constantFrom('', '.yml', '.yaml', '.json', '.d/a.yml', '.folder'),
  pairs,
);
const files = fc.array(variableFile, { maxLength: 5 }).map((all): Files => {
  const found = new Map<string, string>();
  for (const [base, ending, own] of all) {
    const file = ending === '.folder' ? `${base}/main.yml` : `${base}${ending}`;
    // A file can't also be a folder.
    const clash = [...found.keys()].some(
      (known) => `${known}/main.yml` === file || known === `${file}/main.yml`,
    );
    if (!clash) found.set(file, block('', own));
  }
  return Object.fromEntries(found);
});

const inventory = fc
  .tuple(
    fc.oneof(
      ini.map((text) => ['hosts.ini', text]),
      yaml.map((text) => ['hosts.yaml', text]),
    ),
    files,
  )
  .map(([[file = '', text = ''], more]): Files => ({ [file]: text, ...more }));

const samples = fc.sample(inventory, { numRuns: count, seed });

test(`of ${String(count)} random inventories (SEED=${String(seed)}) each is read alike`, async () => {
  const directories = samples.map((sample) => directoryOf(sample));
  const fileOf = (index: number): string =>
    path.join(directories[index] ?? '', Object.keys(samples[index] ?? {})[0] ?? '');
  const listings = ansibleListings(samples.map((_, index) => fileOf(index)));
  let compared = 0;
  for (const [index, directory] of directories.entries()) {
    const theirs = listings.get(fileOf(index));
    const found = await load(directory);
    const text = JSON.stringify(samples[index], undefined, 2).replaceAll('\\n', '\n');
    if (found.kind === 'invalid') {
      // Only what Ansible can't read either, or what it takes without a word and we don't.
      const strange = found.problems
        .map(problemText)
        .filter((line) => !/port|priority|too deep/.test(line));
      if (theirs !== null && strange.length > 0) throw new Error(`${strange.join('\n')}\n${text}`);
      continue;
    }
    // Python has values that JSON has not, such as sets: to us they are texts.
    if (theirs === null) continue;
    const ours: unknown = JSON.parse(JSON.stringify(listing(found.groups)));
    compared += 1;
    try {
      expect(ordered(ours)).toEqual(ordered(theirs));
    } catch (error) {
      throw new Error(`${String(error)}\n${text}`, { cause: error });
    }
  }
  // Most of them say something: else this test would be one of nothing.
  expect(compared).toBeGreaterThan(count / 2);
});
