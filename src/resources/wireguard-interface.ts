/**
 * A WireGuard interface, compared in three states: wanted, file, kernel.
 *
 * The file is complete, so that a reboot brings up what runs. The running interface is changed by
 * deltas, new peers before old ones go, so that no pair loses a packet. It is never rebuilt by
 * `wg syncconf <(wg-quick strip …)`: with a failing strip that returns 0 and removes every peer.
 */
import { unitState } from '../facts/unit-state';
import { ownKeyMark, wireguardFile, type WireguardFile } from '../facts/wireguard-file';
import { wireguardKey } from '../facts/wireguard-key';
import { wireguardState } from '../facts/wireguard-state';
import type { Change } from '../model/change';
import { lines, sh } from '../model/shell';
import { resource } from './resource';
import { configText, endpointsIn, type WireguardArgs } from './wireguard-config';
import { runningChanges } from './wireguard-running';

const text = { type: 'string' };
const texts = { type: 'array', items: { type: 'string' } };

export const wireguardInterface = resource({
  kind: 'wireguard-interface',
  args: {
    type: 'object',
    required: [
      'name',
      'config_file',
      'key_file',
      'unit',
      'addresses',
      'routes',
      'listen_port',
      'mtu',
      'peers',
    ],
    additionalProperties: false,
    properties: {
      name: { ...text, description: 'The interface: wg0.' },
      config_file: { ...text, description: 'The file of wg-quick(8).' },
      key_file: { ...text, description: 'Where the private key is kept.' },
      unit: { ...text, description: 'The unit that brings it up.' },
      addresses: { ...texts, description: 'Its own addresses with their prefix lengths.' },
      routes: { ...texts, description: 'The subnets that are reached over it.' },
      listen_port: { type: 'integer', minimum: 1, maximum: 65_535 },
      mtu: { type: 'integer', minimum: 1280, maximum: 9000, description: 'In bytes.' },
      peers: { type: 'array', description: 'The peers; only a reference can give them.' },
    },
  },
  facts: ({ name, config_file, key_file, unit }: WireguardArgs) => ({
    key: wireguardKey(key_file, config_file),
    file: wireguardFile(config_file, key_file),
    running: wireguardState(name),
    unit: unitState(unit),
  }),
  undo: ({ name, config_file, unit }) => ({
    paths: [config_file],
    units: [unit],
    interfaces: [name],
  }),
  *diff(args, { key, file, running, unit }) {
    const isManaged = unit.activeState === 'active';
    if (running.kind === 'present' && isManaged) {
      const ownKey = key.kind === 'present' ? key.publicKey : undefined;
      // Where a peer is now is its own affair (it may roam), so a new endpoint shows in the file
      // only; that is why the file is written last.
      const endpoints = endpointsIn(file.kind === 'present' ? file.text : '');
      yield* runningChanges(args, running, ownKey, endpoints);
    } else if (running.kind === 'present') {
      yield handOver(args);
    }
    yield* fileChanges(args, file);
    if (running.kind === 'absent' && isManaged) yield recreation(args);
    // Neither there nor started: the unit, a task of its own, brings it up from the file.
  },
});

function* fileChanges(args: WireguardArgs, file: WireguardFile): Iterable<Change> {
  const wanted = configText(args);
  if (file.kind === 'absent' || file.text !== wanted) {
    yield {
      summary: `${file.kind === 'absent' ? 'write' : 'rewrite'} ${args.config_file}`,
      before: file.kind === 'absent' ? '' : file.text,
      after: wanted,
      commands: [writeConfig(args, wanted)],
    };
  } else if (file.mode !== '600' || file.owner !== 'root') {
    yield {
      summary: `let only root read ${args.config_file}`,
      before: `mode ${file.mode}, owner ${file.owner}`,
      after: 'mode 600, owner root',
      commands: [sh`chown root: ${args.config_file} && chmod 600 ${args.config_file}`],
    };
  }
}

/**
 * The key is put in on the host; `printf` is the shell's own, so it shows in no process list. Of a
 * full disk it is cat(1) that tells: dash only says "I/O error".
 */
function writeConfig({ config_file, key_file }: WireguardArgs, wanted: string) {
  const [before = '', after = ''] = wanted.split(ownKeyMark);
  return lines(
    sh`new=$(mktemp ${`${config_file}.XXXXXX`})`,
    sh`trap 'rm -f "$new"' EXIT`,
    sh`key=$(cat ${key_file})`,
    sh`printf '%s%s%s' ${before} "$key" ${after} | cat >"$new"`,
    sh`mv "$new" ${config_file}`,
  );
}

function handOver({ name, unit }: WireguardArgs): Change {
  return {
    summary: `hand ${name} over to ${unit}`,
    before: `${name} runs, but ${unit} did not start it`,
    after: `${unit} starts it anew`,
    reason: 'its peers are cut off for a moment',
    commands: [sh`ip link delete dev ${name}`],
  };
}

function recreation({ name, unit }: WireguardArgs): Change {
  return {
    summary: `create ${name} again`,
    before: `${unit} is active, but ${name} is gone`,
    after: `${unit} has started it anew`,
    commands: [sh`systemctl restart ${unit}`],
  };
}
