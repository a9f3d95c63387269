#!/bin/sh
[ "$1" = --list ] || exit 1
cat <<'END'
{"_meta": {"hostvars": {"x": {"s": {"__ansible_vault": "$ANSIBLE_VAULT;1.1;AES256\n62313365\n"}, "u": {"__ansible_unsafe": "{{ t }}"}}}}, "all": {"children": ["ungrouped", "web"]}, "web": {"hosts": ["x"]}}
END
