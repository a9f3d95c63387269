/**
 * The script that a host takes a push back with, by itself: it saves what the push may touch, waits
 * for the controller to confirm, and else puts everything back and looks whether it is.
 *
 * It lies in /var/lib/wgpush/undo beside what it has saved. One script does it all, for whoever
 * asks: the push before its first step, the watchdog, a step that failed, a boot, `wgpush rollback`.
 * How it stands is told by which of these files is there; a push is confirmed or taken back by
 * renaming one, so that of two who come at once one wins:
 *
 *     armed -> confirmed -> restoring -> restored, or failed, which says what is not as it was
 *
 * Whatever puts things back runs detached from the session that asks for it, because that may be cut;
 * and it needs no room on the disk, which may be full: notes on the way are in /run.
 */
import { lines, Script, sh } from '../model/shell';
import type { Undo } from '../model/undo';
import { turns } from './push-lock';
import { packetFilterUndo } from './undo-packet-filter';
import { pathUndo } from './undo-paths';
import { runtimeUndo } from './undo-runtime';

export const undoRoot = '/var/lib/wgpush';
export const undoScriptPath = `${undoRoot}/undo/undo`;

/** What a host is given to run that has an undo script: a verb, and what it is about. */
export function undoCommand(...words: readonly string[]): Script {
  return sh`/bin/sh ${undoScriptPath} ${words}`;
}

/** @param confirmSeconds how long after its end a push may stay unconfirmed. */
export function undoScript(undo: Required<Undo>, confirmSeconds: number): Script {
  const { directories, paths, parameters, units, restarts, reloads, interfaces } = undo;
  return lines(
    sh`#!/bin/sh
# Written by wgpush before it changed this host: goes back to what there was.
main() {
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 077
here=$(dirname "$0")
scratch=/run/wgpush-undo
confirm_seconds=${confirmSeconds}
boot_unit=/etc/systemd/system/wgpush-undo.service
boot_link=/etc/systemd/system/sysinit.target.wants/wgpush-undo.service
verb=$1
shift
"$verb" "$@"
}`,
    pathUndo,
    runtimeUndo,
    packetFilterUndo,
    sh`contents() {
printf '%s\n' ${contents(undo)}
}
save_all() {
${each('save_directory', directories)}
${each('save_path', paths)}
${each('save_parameter', parameters)}
${each('save_unit', units)}
${each('save_interface', interfaces)}
save_packet_filter
}
restore_all() {
${each('calm_unit', units)}
${each('restore_directory', directories)}
${each('restore_path', paths)}
${each('remove_directory', directories.toReversed())}
reread_units
${each('enable_unit', units)}
[ "$mode" = boot ] && return
restore_parameters
${each('start_unit', units)}
${each('restore_interface', interfaces)}
restore_packet_filter
${each('restart_unit', restarts)}
${each('reload_unit', reloads)}
}
check_all() {
${each('check_directory', directories)}
${each('check_path', paths)}
[ "$mode" = boot ] && return
check_parameters
${each('check_unit', units)}
${each('check_interface', interfaces)}
check_packet_filter
}
start_all() {
${each('queue_unit', units)}
}`,
    turns,
    life,
    sh`main "$@"`,
  );
}

function each(call: string, names: readonly string[]): Script {
  return lines(sh`:`, ...names.map((name) => sh`${new Script(call)} ${name}`));
}

/** What there is to go back to, a line each, for whoever is asked whether to. */
function contents(undo: Required<Undo>): readonly string[] {
  const { directories, paths, parameters, units, interfaces } = undo;
  return [
    ...[...paths, ...directories],
    ...parameters.map((pattern) => `kernel parameter ${pattern}`),
    ...units.map((unit) => `unit ${unit}`),
    ...interfaces.map((name) => `WireGuard interface ${name}`),
    'packet filter',
  ];
}

/** From saving to the end. */
const life = sh`save() {
set -e
printf '%s\n' "$1" >"$here/token"
date +%s >"$here/saved-at"
save_all
rm -rf "$here/../undo.old"
[ ! -e "$here/../undo" ] || mv "$here/../undo" "$here/../undo.old"
mv "$here" "$here/../undo"
rm -rf "$here/../undo.old"
}
arm() {
cp "$here/token" "$here/armed" && write_boot_unit &&
launch watch "$1" "$(started "$1")" && within 100 [ -s "$here/worker" ] && return
rm -f "$here/armed"
remove_boot_unit
echo 'the watchdog does not start'
exit 1
}
watch() {
token=$(cat "$here/token")
begin_work
while alive "$1" "$2" && is_armed; do sleep 1; done
waited=0
while is_armed && [ "$waited" -lt "$confirm_seconds" ]; do sleep 1; waited=$((waited + 1)); done
if is_armed && claim armed; then go_back; fi
}
# By this push, and not by one that came after it was confirmed.
is_armed() { [ "$(cat "$here/armed" 2>/dev/null)" = "$token" ]; }
work() {
begin_work
go_back
}
begin_work() {
exec >>"$here/log" 2>&1 </dev/null
printf '%s %s\n' "$$" "$(started $$)" >"$here/worker"
}
go_back() {
mode=now
restore_all
finish
}
boot() {
if claim armed restoring; then
mode=boot
begin_work
restore_all
finish
start_all
fi
remove_boot_unit
}
claim() {
for from; do
if [ "$from" = restoring ]; then [ -e "$here/restoring" ] && return
else mv "$here/$from" "$here/restoring" 2>/dev/null && return
fi
done
return 1
}
finish() {
wrong=$(check_all)
remove_boot_unit
rm -f "$scratch".*
[ -n "$wrong" ] || { mv "$here/restoring" "$here/restored"; return; }
printf '%s\n' "$wrong" >"$here/restoring"
mv "$here/restoring" "$here/failed"
}
restore() {
if claim "$@"; then launch work; fi
within 3000 is_over
state
}
is_over() { case $(state) in armed*|restoring*) return 1;; esac; }
confirm() {
is_token "$1" || return 0
mv "$here/armed" "$here/confirmed" 2>/dev/null && remove_boot_unit
state
}
ask() { is_token "$1" && state; }
# No push may save while this begins; then it is known by how things stand.
rollback() {
is_token "$1" || return 0
case $(state) in confirmed|failed*)
take_turn || { printf 'held\n%s\n' "$(holder)"; return; }
write_boot_unit
claimed=
claim confirmed failed && claimed=yes
leave_turn
[ -z "$claimed" ] || launch work
esac
within 3000 is_over
state
}
is_token() {
[ "$1" = "$(cat "$here/token")" ] && return
echo other
return 1
}
show() {
state | sed 1q
cat "$here/token" "$here/saved-at"
contents
}
state() {
for is in armed restoring failed restored confirmed; do
[ -e "$here/$is" ] || continue
printf '%s\n' "$is"
[ "$is" != failed ] || cat "$here/failed"
return
done
echo none
}
meet() {
how=$(state)
case $how in armed|restoring) ;; *) return 1;; esac
read -r pid since <"$here/worker"
if alive "$pid" "$since"; then echo "$how $confirm_seconds $(cat "$here/holder")"; return; fi
# Whatever outlives the push that asks must not have its lock.
restore armed restoring >/dev/null 9>&-
echo "$how 0 $(cat "$here/holder")"
}
# Nothing of a process that has ended, though nobody has taken note of it (Z).
started() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" { print $20 }'; }
alive() { [ -n "$2" ] && [ "$(started "$1")" = "$2" ]; }
within() {
left=$1
shift
until "$@"; do
[ "$left" -gt 0 ] || return 1
left=$((left - 1))
sleep 0.1 2>/dev/null || sleep 1
done
}
has_systemd() { [ -d /run/systemd/system ]; }
launch() {
if has_systemd; then
systemd-run --quiet --collect --unit="wgpush-undo-$(cat "$here/token")-$1" /bin/sh "$here/undo" "$@" && return
fi
setsid /bin/sh "$here/undo" "$@" </dev/null >/dev/null 2>&1 &
}
write_boot_unit() {
has_systemd || return 0
mkdir -p /etc/systemd/system/sysinit.target.wants
printf '%s\n' ${[
  '[Unit]',
  'Description=Takes back a push of wgpush that was not confirmed',
  'DefaultDependencies=no',
  `RequiresMountsFor=${undoRoot} /etc`,
  'After=local-fs.target',
  'Before=sysinit.target systemd-sysctl.service network-pre.target',
  'Before=ufw.service nftables.service wgpush-firewall.service',
  '[Service]',
  'Type=oneshot',
  `ExecStart=/bin/sh ${undoScriptPath} boot`,
]} | cat >"$boot_unit" && chmod 644 "$boot_unit" && ln -sf "$boot_unit" "$boot_link"
}
remove_boot_unit() { rm -f "$boot_unit" "$boot_link"; }`;
