/**
 * Kernel parameters: in a file of sysctl.d(5), so that they hold after a reboot, and in the kernel.
 *
 * Both are compared: a file that somebody edited and a value that somebody set are each drift. What
 * a file has set does not go away with it, because nobody knows what there was before.
 */
import { singleSpaced, sysctlPath, type SysctlValues, sysctlValues } from '../facts/sysctl-values';
import { textFile } from '../facts/text-file';
import type { Change } from '../model/change';
import { sh } from '../model/shell';
import { Refusal, resource } from './resource';
import { writeFile } from './written-file';

interface Args {
  readonly name: string;
  readonly values: Readonly<Record<string, string | number>>;
}

export const sysctl = resource({
  kind: 'sysctl',
  args: {
    type: 'object',
    required: ['name', 'values'],
    additionalProperties: false,
    properties: {
      name: {
        description: 'The file in /etc/sysctl.d, without its ending.',
        type: 'string',
        pattern: '^[A-Za-z0-9_-][A-Za-z0-9._-]*$',
        examples: ['60-forwarding'],
      },
      values: {
        description: 'Values by key; without any there is no file.',
        type: 'object',
        propertyNames: {
          pattern: '^[A-Za-z0-9_-]+([./][A-Za-z0-9_:@-]+)+$',
          examples: ['net.ipv4.ip_forward'],
        },
        additionalProperties: {
          type: ['string', 'integer'],
          pattern: '^[ -~]+$',
          examples: ['1', '4096 131072 6291456'],
        },
      },
    },
  },
  facts: ({ name, values }: Args) => ({
    file: textFile(pathOf(name)),
    running: sysctlValues(Object.keys(values)),
  }),
  undo: ({ name, values }) => ({
    paths: [pathOf(name)],
    parameters: Object.keys(values).map(sysctlPath),
  }),
  *diff({ name, values }, { file, running }) {
    refuseUnknown(running);
    yield* fileChanges(pathOf(name), file, values);
    yield* runningChanges(values, running);
  },
});

function pathOf(name: string): string {
  return `/etc/sysctl.d/${name}.conf`;
}

/** A key that is misspelt would fail at every boot, and nobody would look there. */
function refuseUnknown(running: SysctlValues): void {
  const unknown = [...running].flatMap(([key, value]) =>
    value === undefined && interfaceOf(key) === undefined ? [key] : [],
  );
  if (unknown.length === 0) return;
  throw new Refusal(
    `the kernel of this host has no parameter ${unknown.join(', ')}: ` +
      'is it misspelt, or its module not loaded?',
  );
}

/** The interface that a parameter belongs to: it comes and goes with it. */
function interfaceOf(key: string): string | undefined {
  return /^net\/ipv[46]\/(?:conf|neigh)\/([^/]+)\//.exec(sysctlPath(key))?.[1];
}

function* fileChanges(
  path: string,
  file: string | undefined,
  values: Args['values'],
): Iterable<Change> {
  const settings = Object.entries(values).map(([key, value]) => setting(key, String(value)));
  if (settings.length === 0) {
    if (file === undefined) return;
    yield {
      summary: `remove ${path}`,
      before: file,
      after: '',
      reason: 'what it has set stays until the next boot',
      commands: [sh`rm -f ${path}`],
    };
    return;
  }
  const wanted = ['# Written by wgpush, which undoes what is changed here.', ...settings, ''].join(
    '\n',
  );
  if (file === wanted) return;
  yield {
    summary: `${file === undefined ? 'write' : 'rewrite'} ${path}`,
    before: file ?? '',
    after: wanted,
    commands: [writeFile({ path, content: wanted, mode: '644' })],
  };
}

function* runningChanges(values: Args['values'], running: SysctlValues): Iterable<Change> {
  const different = Object.entries(values).filter(
    ([key, value]) => running.get(key) !== singleSpaced(String(value)),
  );
  if (different.length === 0) return;
  const [[key, value] = ['', ''], ...others] = different;
  yield {
    summary:
      others.length === 0
        ? `set ${key} to ${String(value)}`
        : `set ${String(different.length)} kernel parameters`,
    before: different.map(([each]) => found(each, running.get(each))).join('\n'),
    after: different.map(([each, wanted]) => setting(each, String(wanted))).join('\n'),
    commands: different.map(
      ([each, wanted]) =>
        sh`printf '%s\n' ${String(wanted)} | cat >${`/proc/sys/${sysctlPath(each)}`}`,
    ),
  };
}

function setting(key: string, value: string): string {
  return `${key} = ${value}`;
}

function found(key: string, value: string | undefined): string {
  if (value !== undefined) return setting(key, value);
  return `${key} is not there, as there is no ${interfaceOf(key) ?? 'interface'}`;
}
