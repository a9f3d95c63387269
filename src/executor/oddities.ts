/** What is odd about a host that answers all the same, and will make trouble some day. */
import { skewSeconds, skewText, tolerableSkew } from '../model/clock';
import type { Login } from '../model/host';
import type { Event } from './event';
import type { Replied } from './fleet';

type Oddity = Pick<Extract<Event, { kind: 'host-warned' }>, 'about' | 'warning'>;

/** A login shell that takes longer has start-up files that do more than they should. */
const slowShellMs = 1000;

/** @param clock what the host's own showed while it was asked, in seconds since 1970. */
export function odditiesOf(
  { user }: Login,
  clock: number,
  { reply: { loginShellMs }, span }: Pick<Replied, 'reply' | 'span'>,
): readonly Oddity[] {
  const skew = skewSeconds(clock, span);
  const seconds = (loginShellMs / 1000).toFixed(1);
  return [
    ...(Math.abs(skew) > tolerableSkew
      ? [
          {
            about: 'clock' as const,
            warning: `its clock is ${skewText(skew)}; set it, for certificates, apt and the handshakes of WireGuard go by it`,
          },
        ]
      : []),
    ...(loginShellMs > slowShellMs
      ? [
          {
            about: 'login-shell' as const,
            warning: `${user}'s login shell takes ${seconds} s to begin, for every script anew; its start-up files do more than they should`,
          },
        ]
      : []),
  ];
}
