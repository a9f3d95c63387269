#!/bin/sh
[ "$1" = --list ] || exit 1
cat <<'END'
{"single": {"ansible_host": "192.0.2.1", "a": "b"}, "list": ["x", "y"], "_meta": {"hostvars": {}}}
END
