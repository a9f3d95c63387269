/**
 * A program that prints an inventory: `--list` prints groups and, in `_meta.hostvars`, the hosts'
 * variables; without `_meta`, `--host NAME` prints those of one host.
 *
 * Whatever it does, it is bounded in time and in what it prints; no shell is involved.
 */
import { execFile } from 'node:child_process';
import { ending, printable } from '../model/secret';
import { finish } from './reading';
import { hostNamesOf, scriptTree } from './script-tree';
import { unreadable, type YamlFile } from './yaml-file';

export interface ScriptLimits {
  readonly timeoutMs: number;
  /** Of what one call prints. */
  readonly bytes: number;
}

const usual: ScriptLimits = { timeoutMs: 60_000, bytes: 16 * 1024 * 1024 };

/** How many are asked for at once, where each host is a call of its own. */
const atOnce = 8;

export async function readHostScript(
  file: string,
  name: string,
  limits: ScriptLimits = usual,
): Promise<YamlFile> {
  try {
    const listed = await ask(file, ['--list'], limits);
    const hosts = hostNamesOf(listed);
    const variables = hosts === undefined ? undefined : await askEach(file, hosts, limits);
    const { value: root, problems } = finish(scriptTree(name, listed, variables));
    return { name, root, problems };
  } catch (error) {
    if (error instanceof NoInventory) return unreadable(name, error.message);
    throw error;
  }
}

/** The program did not print what it should; the message is for the user. */
class NoInventory extends Error {
  override readonly name = 'NoInventory';
}

async function askEach(
  file: string,
  hosts: readonly string[],
  limits: ScriptLimits,
): Promise<ReadonlyMap<string, unknown>> {
  const found = new Map<string, unknown>();
  const deadline = Date.now() + limits.timeoutMs;
  for (let from = 0; from < hosts.length; from += atOnce) {
    const timeoutMs = deadline - Date.now();
    if (timeoutMs <= 0) {
      const right = 'print their variables in "_meta", { "hostvars": { … } }, with --list';
      throw new NoInventory(
        `its ${String(hosts.length)} calls with --host take too long; ${right}`,
      );
    }
    const some = hosts.slice(from, from + atOnce);
    const answers = await Promise.all(
      some.map((host) => ask(file, ['--host', host], { ...limits, timeoutMs })),
    );
    for (const [index, host] of some.entries()) found.set(host, answers[index]);
  }
  return found;
}

/** What the program prints, as JSON. @throws NoInventory */
async function ask(
  file: string,
  args: readonly string[],
  { timeoutMs, bytes }: ScriptLimits,
): Promise<unknown> {
  const call = `this program, called with ${printable(args.join(' ').slice(0, 100))},`;
  const printed = await new Promise<string>((resolve, reject) => {
    const child = execFile(
      file,
      args,
      { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: bytes, encoding: 'utf8' },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new NoInventory(`${call} ${whyFailed(error, stderr, { timeoutMs, bytes })}`));
      },
    );
    // Whoever asks for something on stdin would wait for ever.
    child.stdin?.end();
  });
  // Of one host there may be nothing to say.
  if (args[0] === '--host' && printed.trim() === '') return {};
  try {
    return JSON.parse(printed) as unknown;
  } catch {
    const said = ending(printed, 200).split('\n').at(-1) ?? '';
    throw new NoInventory(`${call} does not print JSON; it ends with: ${said || 'nothing'}`);
  }
}

function whyFailed(
  error: { readonly code?: string | number | null; readonly killed?: boolean },
  stderr: string,
  { timeoutMs, bytes }: ScriptLimits,
): string {
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
    return `prints more than ${String(bytes / 1024 / 1024)} MiB`;
  }
  if (error.killed === true) return `did not end within ${String(Math.ceil(timeoutMs / 1000))} s`;
  if (typeof error.code === 'string') return `can't be run (${error.code})`;
  const said = ending(stderr, 300).replaceAll(/\s*\n\s*/g, ' | ');
  const how =
    typeof error.code === 'number' ? `ended with ${String(error.code)}` : 'was ended by a signal';
  return said === '' ? `${how}, and said nothing` : `${how}: ${said}`;
}
