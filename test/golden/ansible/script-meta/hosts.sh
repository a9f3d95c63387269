#!/bin/sh
[ "$1" = --list ] || exit 1
cat <<'END'
{"web": {"hosts": ["w1", "w2"], "vars": {"a": 1}, "children": ["sub"]}, "sub": ["w3"], "_meta": {"hostvars": {"w1": {"b": [1, {"c": null}]}, "stranger": {"d": 1}}}}
END
