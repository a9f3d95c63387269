/** The built program, as it is typed in a directory. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';

const program = join(__dirname, '../../bin/wgpush');

/** How it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it to its end. @param env instead of the environment of the tests. */
export function runIn(
  directory: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [program, ...args],
      { cwd: directory, env },
      (_, stdout, stderr) => {
        resolve({ code: child.exitCode, stdout, stderr });
      },
    );
  });
}
