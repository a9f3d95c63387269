/**
 * Since when does a systemd unit run, and with which files? What was written later it has not read.
 *
 * A push that ends between writing a file and restarting its unit leaves no other trace than these
 * times. They are compared with the times of files, by one clock: the host's.
 */
import { sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

export interface UnitStart {
  /** `active`, `inactive`, `failed`, … as systemd(1) has them. */
  readonly activeState: string;
  /** When it began to start, in seconds since 1970; undefined: it never did since the boot. */
  readonly startedAt: number | undefined;
  /** When its state changed last, as a reload does; undefined: never. */
  readonly changedAt: number | undefined;
}

export function unitStart(unit: string): Fact<UnitStart> {
  return {
    title: `since when ${unit} runs`,
    // Microseconds are an option since systemd 247; date(1) turns the words into a number.
    question: sh`ask() { TZ=UTC systemctl show "$@" -p ActiveState -p InactiveExitTimestamp -p StateChangeTimestamp ${unit}; }
said=$(ask --timestamp=us 2>/dev/null) || said=$(ask) || exit 1
printf '%s\n' "$said" | while IFS='=' read -r name value; do
case $name:$value in
*Timestamp:n/a|*Timestamp:) value=;;
*Timestamp:*) value=$(date -u -d "$value" +%s.%N) || exit 1;;
esac
printf '%s=%s\n' "$name" "$value"
done`,
    parse: (answer) => {
      const said = new Map(
        linesOf(answer.stdout).map((line): [string, string] => {
          const [name = '', value = ''] = line.split('=');
          return [name, value];
        }),
      );
      const activeState = said.get('ActiveState');
      const started = said.get('InactiveExitTimestamp');
      const changed = said.get('StateChangeTimestamp');
      const isComplete =
        activeState !== undefined && started !== undefined && changed !== undefined;
      if (answer.exitCode !== 0 || !isComplete) {
        throw new UnexpectedAnswer(`cannot ask systemd since when ${unit} runs`, answer);
      }
      return { activeState, startedAt: seconds(started), changedAt: seconds(changed) };
    },
  };
}

function seconds(text: string): number | undefined {
  return text === '' ? undefined : Number(text);
}
