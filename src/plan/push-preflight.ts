/**
 * What a push makes sure of before it touches anything: that there is room for it, and, where it
 * installs packages, that nobody else is about to. For that it waits.
 */
import { type Script, sh } from '../model/shell';
import { undoRoot } from './undo-script';

/** A push saves what it may touch, and writes configuration: far less than this. */
const roomMebibytes = 16;

/** An upgrade of a whole distribution by itself may take longer; what the operator is told then. */
const patienceSeconds = 300;

/** By apt-get(8), dpkg(1), and whoever works as they do, such as unattended-upgrades. */
const packageLocks = [
  '/var/lib/dpkg/lock-frontend',
  '/var/lib/dpkg/lock',
  '/var/lib/apt/lists/lock',
  '/var/cache/apt/archives/lock',
];

/** Ends the script where a file system that the push writes to is full. */
export const makeSureOfRoom: Script = sh`room_in() {
place=$1
until [ -d "$place" ]; do place=$(dirname "$place"); done
stat -f -c '%f %S %d %c' "$place" | {
read -r blocks size nodes all_nodes || exit 0
mebibytes=$((blocks * size / 1048576))
if [ "$mebibytes" -lt ${roomMebibytes} ]; then echo "only $mebibytes MiB are free in $1, and a push needs "${roomMebibytes}
# Some file systems have no limit, and say 0 of 0.
elif [ "$nodes" -eq 0 ] && [ "$all_nodes" -gt 0 ]; then echo "no inode is free in $1"
fi
}
}
for place in ${[undoRoot, '/etc']}; do
full=$(room_in "$place")
if [ -n "$full" ]; then printf '%s UNREADY %s\n' "$nonce" "$full"; exit 0; fi
done`;

/**
 * Waits until nobody is at work on packages, and tells for whom; ends the script where that takes
 * too long. Who holds a lock is known by having one at all (/proc/locks; its inode number may be
 * another one than stat(1) tells) and by having the file open.
 */
export const awaitPackages: Script = sh`lock_holder() {
awk '$2 == "POSIX" && $4 == "WRITE" && $5 > 0 { print $5 }' /proc/locks | sort -u | while read -r pid; do
for file in "/proc/$pid/fd/"*; do
[ "$file" -ef "$1" ] || continue
printf '%s, process %s\n' "$(cat "/proc/$pid/comm")" "$pid"
exit
done
done
}
package_work() {
if [ -e /run/cloud-init/status.json ] && [ ! -e /run/cloud-init/result.json ]; then
case $(cloud-init status) in *running*) echo 'cloud-init to finish'; return;; esac
fi
for lock in ${packageLocks}; do
[ -e "$lock" ] || continue
by=$(lock_holder "$lock")
[ -z "$by" ] || { echo "$by, to give $lock free"; return; }
done
}
waited=0
told=
while :; do
work=$(package_work 2>/dev/null)
[ -n "$work" ] || break
if [ "$waited" -ge ${patienceSeconds} ]; then printf '%s UNREADY %s\n' "$nonce" "waited $waited s for $work"; exit 0; fi
[ "$work" = "$told" ] || note "waits for $work"
told=$work
sleep 1
waited=$((waited + 1))
done`;
