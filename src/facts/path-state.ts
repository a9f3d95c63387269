/** What is at a path: a file and its text, a directory, something else, or nothing. */
import { Script, sh } from '../model/shell';
import { type Answer, type Fact, UnexpectedAnswer } from './fact';
import { absence } from './text-file';

export type PathState =
  | { readonly kind: 'absent' }
  | (Ownership & {
      readonly kind: 'file';
      readonly bytes: number;
      /** Exactly as it is; undefined where it is too long to be asked for, or no text. */
      readonly text: string | undefined;
      /** When its content was written last, in seconds since 1970 by the host's clock. */
      readonly writtenAt: number;
    })
  | (Ownership & { readonly kind: 'directory'; readonly isEmpty: boolean })
  /** `symbolic link`, `socket`, … as stat(1) calls it. */
  | { readonly kind: 'other'; readonly what: string };

export interface Ownership {
  /** Octal, without leading zeros: `644`. */
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
}

/** A longer file is not asked for: no role can want it. */
export const longestText = 65_536;

export function pathState(path: string): Fact<PathState> {
  return {
    title: `what is at ${path}`,
    question: sh`if [ -L ${path} ]; then echo other symbolic link
elif [ -f ${path} ]; then
head=$(stat -c 'file %a %U %G %s %.9Y' ${path}) || exit 1
printf '%s\n' "$head"
bytes=${new Script('${head% *}')} bytes=${new Script('${bytes##* }')}
if [ "$bytes" -le ${longestText} ]; then cat ${path} && echo end; fi
elif [ -d ${path} ]; then
stat -c 'directory %a %U %G' ${path} && ls -A ${path} | head -n 1
elif [ -e ${path} ]; then stat -c 'other %F' ${path}
else ${absence(path)}
fi`,
    parse: (answer) => {
      const { exitCode, stdout } = answer;
      if (exitCode !== 0) throw new UnexpectedAnswer(`cannot look at ${path}`, answer);
      if (stdout === 'absent') return { kind: 'absent' };
      const at = stdout.indexOf('\n');
      const head = at === -1 ? stdout : stdout.slice(0, at);
      const rest = at === -1 ? '' : stdout.slice(at + 1);
      const words = head.split(' ');
      const [kind, mode = '', owner = '', group, bytes, writtenAt] = words;
      if (kind === 'other') return { kind, what: words.slice(1).join(' ') };
      if (kind === 'directory' && group !== undefined) {
        return { kind, mode, owner, group, isEmpty: rest === '' };
      }
      if (kind !== 'file' || group === undefined || writtenAt === undefined) {
        throw new UnexpectedAnswer(`cannot look at ${path}`, answer);
      }
      const text = textIn(rest, Number(bytes), path, answer);
      return {
        ...{ kind, mode, owner, group, text },
        bytes: Number(bytes),
        writtenAt: Number(writtenAt),
      };
    },
  };
}

/** A shell drops NUL, and what is no UTF-8 is read as something else: then the lengths differ. */
function textIn(rest: string, bytes: number, path: string, answer: Answer): string | undefined {
  if (bytes > longestText) return undefined;
  if (!rest.endsWith('end')) {
    throw new UnexpectedAnswer(`cannot read ${path} to its end`, answer);
  }
  const text = rest.slice(0, -'end'.length);
  return Buffer.byteLength(text) === bytes ? text : undefined;
}
