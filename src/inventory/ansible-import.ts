/**
 * An inventory of Ansible's, any that wgpush reads, to one of its own: the groups as they are, and of
 * the variables those that wgpush understands, under its own names.
 *
 * What is yielded is what is not carried over; it hinders nothing.
 */
import { homedir } from 'node:os';
import { withPort } from '../model/address';
import { emptyLock } from '../model/lock';
import type { OpenField } from '../model/ssh-settings';
import { type DeclaredHost, type Groups, variableOf } from './groups';
import { type LocatedHost, readHosts, readHostsFile } from './hosts-file';
import { type Imported, impliedSubnets, writtenAddress } from './imported';
import { countingVariables, yamlListing } from './listing';
import { readMesh } from './mesh-file';
import type { Reading } from './reading';
import type { VariableFiles } from './variable-files';
import { namesOf } from './variable-names';
import { shown } from './wording';
import { problemAt, textOf, type YamlNode } from './yaml-node';

/** @param directory where wgpush runs: paths of key files are meant from there. */
export function* importAnsible(
  root: YamlNode,
  variables: VariableFiles,
  directory: string,
): Reading<Imported> {
  const groups = yield* readHostsFile(root, variables);
  const mesh = yield* readMesh(undefined, groups);
  const hosts = yield* readHosts(groups, mesh, directory);
  const addresses = hosts.flatMap((host) =>
    host.addresses.flatMap(({ node }) => writtenAddress(textOf(node) ?? '') ?? []),
  );
  const subnets = impliedSubnets(addresses).map(({ text }) => text);
  yield* checkLeftOut(root, groups);
  return {
    hosts: yamlListing({
      ...groups,
      declared: groups.declared.map((host) => settled(host, hosts)),
    }),
    mesh: subnets.length === 0 ? { topology: 'full-mesh' } : { network: { subnets } },
    lock: emptyLock,
  };
}

/** The host with nothing but what wgpush has understood of it. */
function settled(declared: DeclaredHost, hosts: readonly LocatedHost[]): DeclaredHost {
  const located = hosts.find(({ host }) => host.name === declared.name);
  if (located === undefined) return { ...declared, variables: [] };
  const node = (value: YamlNode['value']): YamlNode => ({ ...declared.node, value });
  const list = (texts: readonly string[]): YamlNode =>
    node(texts.length === 1 ? (texts[0] ?? null) : texts.map(node));
  const { host } = located;
  const { login, endpoints } = host;
  const isSaid = (names: readonly string[]) =>
    names.some((name) => variableOf(declared, name) !== undefined);
  const isSettled = (field: OpenField) => !login.open.includes(field);
  const said: readonly (readonly [string, boolean, () => YamlNode])[] = [
    ['ansible_host', isSaid(namesOf.host), () => node(login.host)],
    ['ansible_port', isSettled('port'), () => node(login.port)],
    ['ansible_user', isSettled('user'), () => node(login.user)],
    [
      'ansible_ssh_private_key_file',
      isSettled('identityFile'),
      () => node(atHome(login.identityFile ?? '')),
    ],
    ['ansible_become', login.become !== undefined, () => node(true)],
    ['ansible_become_method', login.become?.method === 'doas', () => node('doas')],
    ['wg_address', host.chosenAddresses.length > 0, () => list(host.chosenAddresses)],
    [
      'wg_endpoint',
      isSaid(namesOf.endpoint),
      () =>
        endpoints.length === 0
          ? node('none')
          : list(endpoints.map(({ host: name, port }) => withPort(name, port))),
    ],
    ['wg_listen_port', isSaid(namesOf.listenPort), () => node(host.listenPort)],
    [
      'wg_persistent_keepalive',
      isSaid(namesOf.persistentKeepalive),
      () => node(host.persistentKeepalive ?? 0),
    ],
  ];
  const variables = said.flatMap(([name, isThere, value]) =>
    isThere ? [[name, value()] as const] : [],
  );
  return { ...declared, variables: [new Map(variables)] };
}

/** Everything of a team's that is not for wgpush, in one line. What counts of Ansible's was told. */
function* checkLeftOut(root: YamlNode, { declared }: Groups): Reading<void> {
  if (declared.some((host) => namesOf.becomePassword.some((name) => variableOf(host, name)))) {
    const right = 'give them by --ask-become-pass or --become-password-file';
    yield problemAt(root, `passwords are not carried over; ${right}`);
  }
  const known = new Set<string>(Object.values(namesOf).flat());
  const isOwn = (name: string) => !known.has(name) && !name.startsWith('ansible_');
  const names = new Set(
    declared.flatMap((host) => [...countingVariables(host).keys()].filter(isOwn)),
  );
  if (names.size === 0) return;
  const few = [...names].sort().slice(0, 10).map(shown).join(', ') + (names.size > 10 ? ', …' : '');
  yield problemAt(root, `variables that are not for wgpush are left out: ${few}`);
}

function atHome(file: string): string {
  const home = `${homedir()}/`;
  return file.startsWith(home) ? `~/${file.slice(home.length)}` : file;
}
