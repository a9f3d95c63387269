/**
 * How the packet filter is saved and put back: the filter tables of iptables, and the tables of nft
 * that are not iptables' own.
 *
 * It is saved whatever a push changes, because a unit that a push starts may do anything to it. The
 * chains of Docker and the like are theirs: what they have now stays, and their lines in the chains
 * of the kernel with it. So does a table that nft prints as it cannot read it again, but for our own,
 * which has a file.
 */
import { type Script, sh } from '../model/shell';
import { tableFile, tableName } from '../resources/packet-table';

/** In the names of chains, tables and interfaces of those who look after their rules themselves. */
const othersMark = 'DOCKER|docker|br-[0-9a-f]{12}|f2b-|KUBE-|LIBVIRT_|libvirt_';

export const packetFilterUndo: Script = sh`others=${othersMark}
filter_of() {
if command -v "$1-save" >/dev/null; then text=$("$1-save" -t filter 2>/dev/null); else text=; fi
case $text in *:INPUT*) ;; *) text=':INPUT ACCEPT
:FORWARD ACCEPT
:OUTPUT ACCEPT';; esac
printf '%s\n' "$text" | sed -n -e 's/ *\[[0-9]*:[0-9]*\]$//' -e '/^[:-]/p' | sort -s -k 1,2
}
without_others() { grep -E -v "$others"; }
is_filter_back() { [ "$(filter_of "$1" | without_others)" = "$(without_others <"$here/$1")" ]; }
restore_filter() {
is_filter_back "$1" && return
filter_of "$1" >"$scratch.now"
sed -n 's/^:\([^ ]*\) .*/\1/p' "$here/$1" >"$scratch.chains"
new=$(sed -n 's/^:\([^ ]*\) .*/\1/p' "$scratch.now" | without_others | without "$scratch.chains")
{
echo '*filter'
without_others <"$here/$1" | grep '^:'
printf -- '-F %s\n' INPUT FORWARD OUTPUT $new
grep -E '^-A (INPUT|FORWARD|OUTPUT) ' "$scratch.now" | grep -E "$others"
without_others <"$here/$1" | grep '^-A'
for chain in $new; do echo "-X $chain"; done
echo COMMIT
} | "$1-restore" -n
}
tables_of_nft() {
command -v nft >/dev/null || return 0
nft list tables | sed 's/^table //' | grep -E -v -e '^(ip|ip6|arp|bridge) (filter|nat|mangle|raw|security)$' -e "$others"
}
nft_of() {
tables_of_nft | while read -r family table; do
text=$(nft -s list table "$family" "$table")
if printf '%s\n' "$text" | nft -c -f - 2>/dev/null; then printf '%s\n' "$text"
elif [ "$family $table" = ${tableName.join(' ')} ]; then cat ${tableFile}
fi
done
}
names_of() { sed -n 's/^table \(.*\) {$/\1/p'; }
is_nft_back() { [ "$(nft_of)" = "$(cat "$here/nft")" ]; }
restore_nft() {
is_nft_back && return
{
{ nft_of; cat "$here/nft"; } | names_of | sort -u | sed 's/.*/table &\
delete table &/'
cat "$here/nft"
} | nft -f -
}
save_packet_filter() {
for tool in iptables ip6tables; do filter_of "$tool" >"$here/$tool"; done
nft_of >"$here/nft"
}
restore_packet_filter() {
restore_nft
for tool in iptables ip6tables; do restore_filter "$tool"; done
}
check_packet_filter() {
is_nft_back || echo 'the tables of nft'
for tool in iptables ip6tables; do is_filter_back "$tool" || echo "the filter table of $tool"; done
}`;
