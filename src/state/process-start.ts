/** Which process a number means: numbers are given again, to others. */
import { readFile } from 'node:fs/promises';

/**
 * What tells a process from another that had its number earlier: the boot, and the clock ticks since
 * then at which it began (proc_pid_stat(5), field 22). Undefined where there is no such process, or
 * it has ended and nobody has asked how; `unknown` where the system has no /proc.
 */
export async function processStart(pid: number): Promise<string | undefined> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined);
  if (boot === undefined) return isThere(pid) ? 'unknown' : undefined;
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined);
  // The name, in parentheses, can have anything in it.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  const [state, ticks] = [fields[0], fields[19]];
  if (ticks === undefined || state === 'Z') return undefined;
  return `${boot.trim()} ${ticks}`;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
