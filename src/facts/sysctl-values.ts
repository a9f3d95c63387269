/** Kernel parameters as they are now, from below /proc/sys: sysctl(8). */
import { sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

/** Values by key, with single spaces within; undefined where the kernel has no such parameter. */
export type SysctlValues = ReadonlyMap<string, string | undefined>;

export function sysctlValues(keys: readonly string[]): Fact<SysctlValues> {
  return {
    title: `the kernel parameters ${keys.join(', ')}`,
    question: sh`for path in ${keys.map(sysctlPath)}; do
if [ -e "/proc/sys/$path" ]; then
value=$(cat "/proc/sys/$path") || exit 1
printf '%s=%s\n' "$path" "$(printf '%s' "$value" | tr '\t\n' '  ')"
else printf '%s\n' "$path"
fi
done
echo end`,
    parse: (answer) => {
      const said = linesOf(answer.stdout);
      if (answer.exitCode !== 0 || said.at(-1) !== 'end' || said.length !== keys.length + 1) {
        throw new UnexpectedAnswer('cannot read kernel parameters', answer);
      }
      return new Map(
        keys.map((key, index): [string, string | undefined] => {
          const [path, value] = halves(said[index] ?? '');
          if (path !== sysctlPath(key)) {
            throw new UnexpectedAnswer(`cannot read the kernel parameter ${key}`, answer);
          }
          return [key, value === undefined ? undefined : singleSpaced(value)];
        }),
      );
    },
  };
}

/**
 * The path of a key below /proc/sys. The first separator decides: behind a dot, dots separate and
 * slashes are dots (`net.ipv4.conf.eth0/1.forwarding`); behind a slash it is a path (sysctl.d(5)).
 */
export function sysctlPath(key: string): string {
  if (/^[^.]*\//.test(key)) return key;
  return key.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'));
}

/** As two values are compared: the kernel puts tabs where a person writes spaces. */
export function singleSpaced(value: string): string {
  return value.trim().replace(/\s+/g, ' ');
}

function halves(line: string): readonly [string, string | undefined] {
  const at = line.indexOf('=');
  return at === -1 ? [line, undefined] : [line.slice(0, at), line.slice(at + 1)];
}
