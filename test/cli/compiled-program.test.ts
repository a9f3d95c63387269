/** What V8 has made of the program when it was built saves time, and nothing depends on it. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.join(__dirname, '../..');
const kept = 'dist/cli/main.js.compiled';
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(path.join(tmpdir(), 'wgpush-program-'));
  for (const directory of ['bin', 'dist/cli']) {
    mkdirSync(path.join(copy, directory), { recursive: true });
  }
  for (const file of ['package.json', 'bin/wgpush', 'bin/program.js', 'dist/cli/main.js', kept]) {
    copyFileSync(path.join(root, file), path.join(copy, file));
  }
});
afterAll(() => {
  rmSync(copy, { recursive: true });
});

const help = (directory: string) =>
  execFileSync(process.execPath, [path.join(directory, 'bin/wgpush'), '--help'], {
    encoding: 'utf8',
  });

test('the build keeps it', () => {
  expect(statSync(path.join(root, kept)).size).toBeGreaterThan(100_000);
});

test.each([
  ['as it was built', () => undefined],
  [
    'of another text',
    () => execFileSync('sed', ['-i', '$a;', path.join(copy, 'dist/cli/main.js')]),
  ],
  ['cut off', () => execFileSync('truncate', ['-s', '100000', path.join(copy, kept)])],
  [
    'that is none',
    () => {
      writeFileSync(path.join(copy, kept), 'nothing');
    },
  ],
  [
    'that is not there',
    () => {
      rmSync(path.join(copy, kept));
    },
  ],
])('the program runs with one %s', (_, change) => {
  change();
  expect(help(copy)).toBe(help(root));
});
