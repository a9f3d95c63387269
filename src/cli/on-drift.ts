/** `--on-drift CMD`: the user's own command, which tells somebody that something is new. */
import { spawn } from 'node:child_process';

export interface Alert {
  /** The JSON document, on its standard input. */
  readonly document: string;
  readonly inventory: string;
  readonly exitCode: number;
  readonly newOnes: number;
  readonly resolved: number;
}

/** A command that hangs must not hold up the next run. */
const timeoutMs = 60_000;

/** Runs it by `sh -c`; what it prints goes to stderr. Gives why it failed, if it did. */
export function runOnDrift(command: string, alert: Alert): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', command], {
      stdio: ['pipe', process.stderr, process.stderr],
      // A group of its own, so that what it has started ends with it.
      detached: true,
      env: {
        ...process.env,
        WGPUSH_INVENTORY: alert.inventory,
        WGPUSH_EXIT_CODE: String(alert.exitCode),
        WGPUSH_NEW: String(alert.newOnes),
        WGPUSH_RESOLVED: String(alert.resolved),
      },
    });
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve(error.message);
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const end = signal === null ? `exit code ${String(code)}` : signal;
      resolve(code === 0 ? undefined : `it ended with ${end}`);
    });
    // It may not care for its input.
    child.stdin.on('error', () => undefined);
    child.stdin.end(alert.document);
  });
}
