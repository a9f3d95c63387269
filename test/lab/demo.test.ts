/** The demo of the README does what it says, and leaves nothing behind. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');

test('the demo finds a hand edit, ends clean and leaves nothing behind', async () => {
  const { code, stdout } = await new Promise<{ code: number | null; stdout: string }>((resolve) => {
    const child = execFile(join(root, 'test/demo'), (_, output) => {
      resolve({ code: child.exitCode, stdout: output });
    });
  });
  expect(stdout).toContain('Apply: 3 hosts changed.');
  expect(stdout).toContain('- allow 9999 from anywhere');
  expect(stdout).toMatch(
    /checks {8}\d+ pass, 1 warn\n {2}warn {2}INV-1 no service of db-1 listens on every address: .*\nsince last {4}1 known, since .*; \d+ resolved\n(?: {2}gone .*\n)+\nDrift: 3 unchanged\. Nothing was changed\.\n$/,
  );
  expect(code).toBe(0);
  expect(existsSync('/run/wgpush-lab/demo')).toBe(false);
});
