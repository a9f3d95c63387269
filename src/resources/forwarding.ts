/**
 * A hub passes packets on: the kernel's part of it, now and after a reboot.
 *
 * Trap: a kernel that forwards IPv6 takes no more router advertisements, unless accept_ra is 2 (Linux,
 * ip-sysctl). A host that has its default route from one would lose it a while later, so those
 * interfaces are told first. What a file has set does not go away with the file; what may be
 * forwarded is the firewall's affair.
 */
import { forwardingState, type ForwardingState } from '../facts/forwarding-state';
import { textFile } from '../facts/text-file';
import type { Family } from '../model/address';
import type { Change } from '../model/change';
import { sh } from '../model/shell';
import { resource } from './resource';
import { writeFile } from './written-file';

interface Args {
  readonly families: readonly Family[];
}

const path = '/etc/sysctl.d/60-wgpush-forwarding.conf';

/** Switching forwarding for all switches it for each interface: hence the order. */
const touched = [
  'net/ipv4/ip_forward',
  'net/ipv4/conf/*/forwarding',
  'net/ipv6/conf/all/forwarding',
  'net/ipv6/conf/*/forwarding',
  'net/ipv6/conf/*/accept_ra',
];

export const forwarding = resource({
  kind: 'forwarding',
  args: {
    type: 'object',
    required: ['families'],
    additionalProperties: false,
    properties: {
      families: {
        description: 'Of which IP versions packets are passed on; of none: there is no file.',
        type: 'array',
        items: { enum: [4, 6] },
      },
    },
  },
  facts: () => ({ file: textFile(path), state: forwardingState() }),
  undo: () => ({ paths: [path], parameters: touched }),
  *diff({ families }: Args, { file, state }): Iterable<Change> {
    const wanted = valuesFor(families, file ?? '', state);
    const text = fileText(wanted);
    if (families.length === 0 && file !== undefined) {
      yield {
        summary: `remove ${path}`,
        before: file,
        after: '',
        reason: 'this host is no hub',
        commands: [sh`rm ${path}`],
      };
    } else if (families.length > 0 && file !== text) {
      yield {
        summary: `${file === undefined ? 'write' : 'rewrite'} ${path}`,
        before: file ?? '',
        after: text,
        commands: [writeFile({ path, content: text, mode: '644' })],
      };
    }
    for (const [key, value] of wanted) {
      const found = state.values.get(key);
      if (found === value) continue;
      yield {
        summary: `set ${key} to ${value}`,
        before: `${key} = ${found ?? '(unknown to the kernel)'}`,
        after: `${key} = ${value}`,
        commands: [sh`sysctl -q -w ${`${key}=${value}`}`],
      };
    }
  },
});

/** In the order they are to be set. A name may hold a dot, so keys are written with slashes. */
function valuesFor(
  families: readonly Family[],
  file: string,
  { values, advertised }: ForwardingState,
): readonly (readonly [string, string])[] {
  const told = file.match(/^net\/ipv6\/conf\/.+\/accept_ra(?= = 2$)/gm) ?? [];
  const keys = advertised.map((name) => `net/ipv6/conf/${name}/accept_ra`);
  // A router that is silent for a while changes nothing; an interface that is gone does.
  const all = [...new Set([...keys, ...told])].filter((key) => values.has(key)).sort();
  return [
    ...(families.includes(4) ? [['net/ipv4/ip_forward', '1'] as const] : []),
    ...(families.includes(6) ? all.map((key) => [key, '2'] as const) : []),
    ...(families.includes(6) ? [['net/ipv6/conf/all/forwarding', '1'] as const] : []),
  ];
}

function fileText(values: readonly (readonly [string, string])[]): string {
  const lines = values.map(([key, value]) => `${key} = ${value}\n`);
  return `# Managed by wgpush: this host is a hub of the WireGuard network.\n${lines.join('')}`;
}
