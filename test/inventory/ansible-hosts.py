"""Which hosts Ansible limits a run to, for many patterns in one process.

usage: ansible-hosts.py PATH <PATTERNS    one pattern a line; prints one JSON object: { PATTERN: HOSTS }
"""

import json
import os
import sys

# Nobody's ansible.cfg has a say.
os.chdir("/")
os.environ["HOME"] = "/nonexistent"

from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader


def limited(pattern):
    inventory = InventoryManager(loader=DataLoader(), sources=[sys.argv[1]])
    inventory.subset(pattern)
    return sorted(host.name for host in inventory.get_hosts("all"))


patterns = sys.stdin.read().split("\n")
print(json.dumps({pattern: limited(pattern) for pattern in patterns}))
