/** A secret that is asked for on the terminal. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { UsageError } from './usage-error';

/** Is there somebody to ask? */
export function hasTerminal(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/**
 * The line that is typed, which nobody sees. To be asked for before the progress begins, which would
 * draw over it.
 * @param what it is that is asked for.
 * @throws UsageError where none is given.
 */
export function asked(prompt: string, what: string): Promise<string> {
  return new Promise((resolve, reject) => {
    process.stderr.write(prompt);
    const nowhere = new Writable({
      write: (_piece, _encoding, done) => {
        done();
      },
    });
    // With `terminal` it reads key by key, and the terminal itself shows nothing.
    const terminal = createInterface({
      input: process.stdin,
      output: nowhere,
      terminal: true,
      historySize: 0,
    });
    terminal.once('line', (line) => {
      resolve(line);
      terminal.close();
    });
    terminal.once('close', () => {
      process.stderr.write('\n');
      // Ctrl-C and Ctrl-D; after a line it has no effect.
      reject(new UsageError(`no ${what} was given`));
    });
  });
}
