#!/bin/sh
echo '{"web": {"hosts": ["x"], "vars": {"a": "script", "b": "script"}}, "_meta": {"hostvars": {"x": {"c": "script"}}}}'
