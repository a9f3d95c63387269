/**
 * How kernel parameters, units and WireGuard interfaces are saved and put back.
 *
 * Units come first and last: one that was neither running nor enabled is stopped and disabled while
 * its files are still there; one that was starts when all it reads is back. Keys and sessions of an
 * interface stay on the host, in the mode of a secret.
 */
import { type Script, sh } from '../model/shell';

export const runtimeUndo: Script = sh`save_parameter() {
for file in /proc/sys/$1; do
if value=$(cat "$file" 2>/dev/null); then printf '%s %s\n' "$file" "$value"; fi
done >>"$here/parameters"
}
parameters_now() {
while read -r file value; do
now=$(cat "$file" 2>/dev/null) || continue
[ "$now" = "$value" ] || printf '%s %s\n' "$file" "$value"
done <"$here/parameters"
} 2>/dev/null
restore_parameters() {
parameters_now | while read -r file value; do printf '%s\n' "$value" >"$file"; done
}
check_parameters() { parameters_now | sed 's/ .*//'; }

unit_state() {
is_enabled=
is_active=
has_systemd || return 0
is_enabled=$(systemctl show -p UnitFileState --value "$1")
is_active=$(systemctl show -p ActiveState --value "$1")
case $is_active in active|activating|reloading) is_active=yes;; *) is_active=no;; esac
}
unit_file() { printf '%s/unit.%s' "$here" "$1"; }
save_unit() {
unit_state "$1"
printf '%s:%s\n' "$is_enabled" "$is_active" >"$(unit_file "$1")"
}
both_states() {
IFS=: read -r was_enabled was_active <"$(unit_file "$1")"
unit_state "$1"
}
unit() { timeout 90 systemctl "$@"; }
calm_unit() {
has_systemd || return 0
both_states "$1"
if [ "$was_enabled" != masked ] && [ "$is_enabled" = masked ]; then unit unmask "$1"; both_states "$1"; fi
if [ "$was_active" = no ] && [ "$is_active" = yes ]; then unit stop "$1"; fi
if [ "$was_enabled" != enabled ] && [ "$is_enabled" = enabled ]; then unit disable "$1"; fi
}
reread_units() { if has_systemd; then unit daemon-reload; fi; }
enable_unit() {
has_systemd || return 0
both_states "$1"
if [ "$was_enabled" = enabled ] && [ "$is_enabled" != enabled ]; then unit enable "$1"; fi
if [ "$was_enabled" = masked ] && [ "$is_enabled" != masked ]; then unit mask "$1"; fi
}
start_unit() {
has_systemd || return 0
both_states "$1"
if [ "$was_active" = yes ] && [ "$is_active" = no ]; then unit start "$1"; fi
}
# At boot it is its being enabled that counts; the jobs of before are queued already.
queue_unit() {
both_states "$1"
case $was_enabled in
enabled) unit --no-block start "$1";;
disabled|masked|'') unit --no-block stop "$1";;
esac
}
restart_unit() { if has_systemd; then unit try-restart "$1"; fi; }
reload_unit() { if has_systemd; then unit try-reload-or-restart "$1"; fi; }
check_unit() {
both_states "$1"
[ "$was_enabled:$was_active" = "$is_enabled:$is_active" ] || printf '%s\n' "$1"
}

without() { awk -v file="$1" 'BEGIN { while ((getline line <file) > 0) known[line] } !($0 in known)'; }
interface_exists() { ip link show dev "$1" >/dev/null 2>&1; }
addresses_of() { ip -o address show dev "$1" | awk '$3 ~ /^inet/ && / scope global/ { print $4 }' | sort; }
routes_of() {
{ ip -4 route show dev "$1"; ip -6 route show dev "$1"; } | grep -v -e 'proto kernel' -e '^fe80:' | sed 's/ linkdown//' | sort
}
link_of() {
case $(ip link show dev "$1") in *[\<,]UP[,\>]*) printf 'up ';; *) printf 'down ';; esac
ip link show dev "$1" | sed -n 's/.* mtu \([0-9]*\) .*/\1/p'
}
peers_of() {
wg show "$1" dump | awk -F '\t' 'NR == 1 { print "interface", $1, $3, $4; next }
{ print "peer", $1, $2, $8; n = split($4, ip, ","); for (i = 1; i <= n; i++) print "peer", $1, ip[i] }' | sort
}
interface_print() {
if interface_exists "$1"; then link_of "$1"; addresses_of "$1"; routes_of "$1"; peers_of "$1"
else echo absent
fi
}
save_interface() {
saved=$here/interface.$1
interface_print "$1" >"$saved"
if interface_exists "$1"; then
wg showconf "$1" >"$saved.conf"
addresses_of "$1" >"$saved.addresses"
routes_of "$1" >"$saved.routes"
link_of "$1" >"$saved.link"
fi
}
restore_interface() {
saved=$here/interface.$1
[ "$(interface_print "$1")" = "$(cat "$saved")" ] && return
if [ ! -e "$saved.conf" ]; then ip link delete dev "$1"; return; fi
interface_exists "$1" || ip link add dev "$1" type wireguard 2>/dev/null || wireguard-go "$1"
wg syncconf "$1" "$saved.conf"
read -r up mtu <"$saved.link"
ip link set dev "$1" mtu "$mtu"
addresses_of "$1" >"$scratch.now"
without "$scratch.now" <"$saved.addresses" | while read -r it; do ip address add "$it" dev "$1"; done
without "$saved.addresses" <"$scratch.now" | while read -r it; do ip address delete "$it" dev "$1"; done
ip link set dev "$1" "$up"
routes_of "$1" >"$scratch.now"
without "$saved.routes" <"$scratch.now" | while read -r it; do ip route delete $it dev "$1"; done
while read -r it; do ip route replace $it dev "$1"; done <"$saved.routes"
}
check_interface() { [ "$(interface_print "$1")" = "$(cat "$here/interface.$1")" ] || printf '%s\n' "$1"; }`;
