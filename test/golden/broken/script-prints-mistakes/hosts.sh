#!/bin/sh
cat <<'END'
{
  "web": { "hosts": ["web-1", 5, "a:b"], "vars": { "ansible_port": "many" }, "kids": [] },
  "db": "db-1",
  "cache": { "hosts": "cache-1", "children": ["web"] },
  "_meta": { "hostvars": {
    "web-1": { "ansible_host": "not a host", "__proto__": { "x": 1 }, "wg_adress": "10.50.0.1" },
    "stray": { "ansible_port": "never read" }
  } }
}
END
