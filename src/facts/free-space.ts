/** What is left on the file systems of some directories, for root: df(1), as POSIX has it. */
import { sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

export interface FreeSpace {
  /** Where the file system is mounted. */
  readonly mount: string;
  readonly kilobytes: number;
  /** How many more files it takes; undefined: it does not count them, or has room for any. */
  readonly files: number | undefined;
}

/** Each file system once. @param directories absolute paths, which every host has. */
export function freeSpace(directories: readonly string[]): Fact<readonly FreeSpace[]> {
  return {
    title: `what is left of the disk at ${directories.join(', ')}`,
    question: sh`df -P -k ${directories} && echo files && df -P -i ${directories}`,
    parse: (answer) => {
      const said = linesOf(answer.stdout);
      const middle = said.indexOf('files');
      const kilobytes = new Map(said.slice(0, middle).flatMap(leftIn));
      if (answer.exitCode !== 0 || middle === -1 || kilobytes.size === 0) {
        throw new UnexpectedAnswer('cannot tell what is left of the disk', answer);
      }
      const files = new Map(said.slice(middle + 1).flatMap(leftIn));
      return [...kilobytes].map(([mount, left]) => ({
        mount,
        kilobytes: left,
        files: files.get(mount),
      }));
    },
  };
}

/**
 * By mount point, of a line `DEVICE TOTAL USED AVAILABLE CAPACITY MOUNT`. What is available leaves
 * out what is kept for root, so it is the total without what is used.
 */
function leftIn(line: string): readonly [string, number][] {
  const [, total = '', used = '', mount = ''] =
    / (\d+) +(\d+) +-?\d+ +(?:\d+%|-) +(\/.*)$/.exec(line) ?? [];
  return Number(total) > 0 ? [[mount, Number(total) - Number(used)]] : [];
}
