/** Is ufw installed, is it to be enabled, and what are its defaults? As its files have it: ufw(8). */
import { sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

export type UfwSettings =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'present';
      /** Does it start at boot? */
      readonly isEnabled: boolean;
      readonly guardsIpv6: boolean;
      /** `DROP`, `REJECT` or `ACCEPT`. */
      readonly incomingPolicy: string;
      /** The same for what is passed on. */
      readonly forwardPolicy: string;
    };

export function ufwSettings(): Fact<UfwSettings> {
  return {
    title: 'the settings of ufw',
    question: sh`if command -v ufw >/dev/null; then
grep -hE '^(ENABLED|IPV6|DEFAULT_(INPUT|FORWARD)_POLICY)=' /etc/ufw/ufw.conf /etc/default/ufw
else echo absent
fi`,
    parse: (answer) => {
      if (answer.stdout === 'absent') return { kind: 'absent' };
      // Both files are shell text that ufw sources: the last assignment holds.
      const settings = new Map(
        linesOf(answer.stdout).map((line): [string, string] => {
          const [name = '', value = ''] = line.split('=', 2);
          return [name, value.trim().replace(/^(["'])(.*)\1$/, '$2')];
        }),
      );
      const incomingPolicy = settings.get('DEFAULT_INPUT_POLICY');
      if (answer.exitCode !== 0 || incomingPolicy === undefined) {
        throw new UnexpectedAnswer('cannot read the settings of ufw', answer);
      }
      return {
        kind: 'present',
        isEnabled: settings.get('ENABLED')?.toLowerCase() === 'yes',
        guardsIpv6: settings.get('IPV6')?.toLowerCase() === 'yes',
        incomingPolicy,
        // ufw's own default, where nothing is said.
        forwardPolicy: settings.get('DEFAULT_FORWARD_POLICY') ?? 'DROP',
      };
    },
  };
}
