/** The demo of the README does what it says, and leaves nothing behind. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '../..');

test('the demo finds a hand edit and ends clean', async () => {
  const { code, output } = await new Promise<{ code: number | null; output: string }>((resolve) => {
    const child = execFile(join(root, 'test/demo'), (_, stdout, stderr) => {
      resolve({ code: child.exitCode, output: `${stdout}${stderr}` });
    });
  });
  expect(output).toContain('Apply: 3 hosts changed.');
  expect(output).toContain('- allow 9999 from anywhere');
  expect(output).toMatch(/Drift: 3 unchanged\. Nothing was changed\.\n$/m);
  expect(code).toBe(0);
});
