"""What `ansible-inventory --list` prints, for many inventories in one process.

usage: ansible-list.py <PATHS    reads one path a line, prints one JSON object: { PATH: what it prints }

Starting Ansible takes most of a second, so its own command is used as a library. Its warnings are
silenced, but an inventory that it can't read at all is null here.
"""

import json
import os
import sys

# Nobody's ansible.cfg has a say.
os.chdir("/")
os.environ.update(
    HOME="/nonexistent",
    ANSIBLE_INVENTORY_UNPARSED_FAILED="True",
    ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="True",
    ANSIBLE_LOCALHOST_WARNING="False",
    ANSIBLE_SYSTEM_WARNINGS="False",
    ANSIBLE_DEPRECATION_WARNINGS="False",
)

from ansible import context
from ansible.cli.inventory import InventoryCLI
from ansible.inventory.manager import InventoryManager
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.parsing.dataloader import DataLoader
from ansible.utils.display import Display
from ansible.vars.manager import VariableManager

Display.warning = lambda self, msg, formatted=False: None

context.CLIARGS = ImmutableDict(
    yaml=False, toml=False, export=False, basedir=None, list=True, verbosity=0
)


def listed(path):
    try:
        return read(path)
    except Exception as error:
        print(f"{path}: {error}", file=sys.stderr)
        return None


def read(path):
    cli = InventoryCLI(["ansible-inventory", "--list"])
    cli.loader = DataLoader()
    cli.inventory = InventoryManager(loader=cli.loader, sources=[path])
    cli.vm = VariableManager(loader=cli.loader, inventory=cli.inventory)
    found = cli.json_inventory(cli.inventory.groups["all"])
    return json.loads(json.dumps(found, cls=AnsibleJSONEncoder, preprocess_unsafe=True))


print(json.dumps({path: listed(path) for path in sys.stdin.read().split("\n") if path}))
