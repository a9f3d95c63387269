/** Files of variables beside the hosts file: what is passed over is named. */
import { problemText } from '../../src/model/problem';
import { loaded } from './directory';

const hosts = '[web]\nweb-1 ansible_host=203.0.113.11\n';

async function warningsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  return (await loaded({ 'hosts.ini': hosts, ...files })).warnings.map(problemText);
}

test('a file that Ansible Vault has encrypted is named, and stops nothing', async () => {
  const vaulted = '$ANSIBLE_VAULT;1.1;AES256\n6231336539\n';
  expect(await warningsOf({ 'group_vars/all/vault.yml': vaulted })).toEqual([
    'group_vars/all/vault.yml:1:1: this file is encrypted by Ansible Vault and is not read; what wgpush needs must be written in the clear',
  ]);
});

test('of two files for one group the one that Ansible does not read is named', async () => {
  const files = { 'group_vars/web.yml': 'a: 1\n', 'group_vars/web.yaml': 'a: 2\n' };
  expect(await warningsOf(files)).toEqual([
    'group_vars/web.yaml:1:1: this is not read, because group_vars/web.yml comes first for Ansible',
  ]);
});

test('files for groups that are not here may belong to another inventory', async () => {
  expect(await warningsOf({ 'group_vars/db.yml': 'ansible_port: [}' })).toEqual([]);
});

test('what files say counts: a host file more than its line, a group file less', async () => {
  const { inventory } = await loaded({
    'hosts.ini': '[web]\na ansible_port=1\nb ansible_port=1\nc\n[web:vars]\nansible_port=2\n',
    'group_vars/web.yml': 'ansible_port: 3\n',
    'host_vars/b.yml': 'ansible_port: 4\n',
  });
  const ports = inventory.hosts.map(({ name, login }) => [name, login.port]);
  expect(Object.fromEntries(ports)).toEqual({ a: 1, b: 4, c: 3 });
});
