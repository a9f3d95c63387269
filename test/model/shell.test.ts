/** Quoting, judged by the only one whose opinion counts: the shell. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { lines, quoted, Script, sh } from '../../src/model/shell';

function run(script: Script): string {
  const { status, stdout, stderr } = spawnSync('/bin/sh', [], { input: `${script.text}\n` });
  expect([status, stderr.toString()]).toEqual([0, '']);
  return stdout.toString();
}

/** Any text that can be an argument, most of it made of what shells care about. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...Array.from('\'"\\$`!*?[]{}()<>|&;#~=%@^ \t\n\r-/.,:+'),
        '$(id)',
        '${x}',
        "'\\''",
      ),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join('').replaceAll('\0', ''));

test('whatever text is put into a script, the shell reads that text', () => {
  const property = fc.property(fc.array(text, { minLength: 1, maxLength: 8 }), (texts) => {
    const script = lines(...texts.map((each) => sh`printf '%s\0' ${each}`));
    expect(run(script).split('\0').slice(0, -1)).toEqual(texts);
  });
  fc.assert(property, { numRuns: 60 });
});

test('a list becomes as many words as it has members', () => {
  const property = fc.property(fc.array(text, { minLength: 1, maxLength: 8 }), (texts) => {
    expect(
      run(sh`set -- ${texts}; printf '%s\0' "$#" "$@"`)
        .split('\0')
        .slice(0, -1),
    ).toEqual([String(texts.length), ...texts]);
  });
  fc.assert(property, { numRuns: 40 });
});

test('no text that is quoted becomes a command, an option of the shell or a pattern', () => {
  expect(run(sh`cd /; printf '%s|' ${'*'} ${'~'} ${'$(id)'} ${'`id`'} ${'{a,b}'}`)).toBe(
    '*|~|$(id)|`id`|{a,b}|',
  );
});

test.each([
  ['10.50.0.1/24', '10.50.0.1/24'],
  ['wg-quick@wg0.service', 'wg-quick@wg0.service'],
  ['[fd50::1]:51820', "'[fd50::1]:51820'"],
  ['', "''"],
  ["it's", String.raw`'it'\''s'`],
  ['two words', "'two words'"],
  ['~', "'~'"],
  ['*', "'*'"],
  ['ünï', "'ünï'"],
  ['line\n', "'line\n'"],
])('%j is quoted as %s', (value, word) => {
  expect(quoted(value)).toBe(word);
});

test('numbers and scripts stand as they are, and strings do not', () => {
  const inner = sh`echo "$x"`;
  expect(sh`a ${1} ${inner} ${'$x'} ${['b', '$c']} d`.text).toBe(`a 1 echo "$x" '$x' b '$c' d`);
});

test('backslashes of a template reach the shell', () => {
  expect(run(sh`printf 'a\tb\\n'`)).toBe('a\tb\\n');
});

test('in a report a script is its text', () => {
  expect(JSON.stringify({ commands: [sh`echo ${'a b'}`] })).toBe(`{"commands":["echo 'a b'"]}`);
  expect(new Script('x').text).toBe('x');
});
