/**
 * The lock of a host: one push at a time, from whichever controller.
 *
 * The kernel holds it (flock(2)) for as long as the script of the push is there, however that ends, so
 * that nobody has to judge whether a lock is stale. Its file tells whose it is. It goes when the push
 * ends; one that nobody holds is left by a push that was killed. A push that waits to be confirmed has
 * ended, and keeps others out by being armed (undo-script.ts).
 */
import { printable } from '../model/secret';
import { type Script, sh } from '../model/shell';

export const pushLockPath = '/run/wgpush-lock';

/** Who is at work on a host, or was. */
export interface Holder {
  /** `alice@laptop, process 4242`. */
  readonly by: string;
  /** In seconds since 1970, by the clock of the host. */
  readonly since: number;
  /** When the host ends it at the latest, and has gone back. */
  readonly until: number;
}

/**
 * Defines `take_turn`, which fails where somebody else has the lock, and `leave_turn`. The lock is
 * descriptor 9; whoever is to outlive the script must not inherit it.
 */
export const turns: Script = sh`take_turn() {
while :; do
exec 9>>${pushLockPath}
flock -n 9 || return 1
# Whoever had it may have removed the file that is locked now.
[ "/proc/$$/fd/9" -ef ${pushLockPath} ] && return
done
}
leave_turn() {
rm -f ${pushLockPath}
exec 9>&-
}
# Whoever has just taken it may not have written yet.
holder() {
[ -s ${pushLockPath} ] || sleep 1
cat ${pushLockPath}
}`;

/** Undefined where the host does not tell. @param line `SINCE UNTIL BY`, as the file has it. */
export function holderIn(line: string): Holder | undefined {
  const [, since, until, by = ''] = /^(\d+) (\d+) (.+)$/.exec(line.trim()) ?? [];
  return by === '' ? undefined : { by: printable(by), since: Number(since), until: Number(until) };
}
