# A fleet of its own for a measurement; sourced by those that need one. They have set `root`, `hosts` (how
# many) and `name` (the lab's), and make the directory `work`.

readonly lab=$root/test/lab/lab state=/run/wgpush-lab/$name

inventory() {
  local i
  printf 'all:\n  vars: { ansible_user: root, ansible_ssh_private_key_file: %s/id_ed25519 }\n  hosts:\n' "$state"
  for ((i = 1; i <= hosts; i++)); do
    printf '    host-%d: { ansible_host: 203.0.113.%d }\n' "$i" $((10 + i))
  done
}

outside() {
  "$lab" outside --name "$name" "$@"
}

wgpush() {
  outside "$root/bin/wgpush" "$1" --quiet --inventory "$work/hosts.yaml" \
    --known-hosts "$state/known_hosts" --state "$work/state" "${@:2}"
}
