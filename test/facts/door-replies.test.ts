/** Doors of other hosts, knocked at for real where this machine can play the other host. */
import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { type DoorReplies, doorReplies, type DoorTarget } from '../../src/facts/door-replies';
import { UnexpectedAnswer } from '../../src/facts/fact';
import { closedPort, listening, portOf } from './listening-server';
import { askAlone, freshDirectory, runWith, shells } from './shell';

let server: Server;
let open: number;
let closed: number;

beforeAll(async () => {
  server = await listening();
  open = portOf(server);
  closed = await closedPort();
});
afterAll(() => {
  server.close();
});

/** A directory of these tools of the machine, and of others that are scripts. */
function toolsOf(real: readonly string[], scripts: Readonly<Record<string, string>>): string {
  const directory = freshDirectory();
  for (const name of ['sh', 'sed', 'tr', 'grep', 'sleep', ...real]) {
    const place = ['/usr/bin', '/bin'].map((each) => join(each, name)).find(existsSync);
    if (place !== undefined) symlinkSync(place, join(directory, name));
  }
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
  return directory;
}

/** What a host with such tools finds out; a ping that nobody answers, and no neighbour, unless said. */
function ask(
  targets: readonly DoorTarget[],
  real: readonly string[],
  scripts: Readonly<Record<string, string>> = {},
): readonly DoorReplies[] | undefined {
  const path = toolsOf(real, { ping: 'exit 1', ip: ':', ...scripts });
  const { question, parse } = doorReplies(targets);
  return parse(askAlone(question, { path }));
}

const at = (ports: readonly number[], link?: string): DoorTarget => ({
  address: '127.0.0.1',
  link,
  ports,
});
/** The reply of the only port of the only target. */
const only = (replies: readonly DoorReplies[] | undefined) => [
  ...(replies?.[0]?.ports.values() ?? []),
];

test.each(shells())('an open door is told from a closed one, by %s', (_, shell) => {
  const { question, parse } = doorReplies([at([open, closed])]);
  const { stdout, stderr, exitCode } = runWith(shell, question.text, '');
  const said = { stdout: stdout.toString().trimEnd(), stderr: stderr.toString() };
  expect(parse({ exitCode: exitCode ?? -1, ...said })?.[0]?.ports).toEqual(
    new Map([
      [open, { kind: 'open' }],
      [closed, { kind: 'refused' }],
    ]),
  );
});

test('six hundred doors are tried, each once', () => {
  const ports = Array.from({ length: 200 }, (_, index) => closed - index);
  const targets = ['127.0.1.1', '127.0.1.2', '127.0.1.3'].map((address) => ({
    ...at(ports),
    address,
  }));
  const kinds = ask(targets, ['bash'])?.flatMap((replies) =>
    [...replies.ports.values()].map(({ kind }) => kind),
  );
  expect(kinds).toEqual(Array(600).fill('refused'));
});

test('a door that says nothing is silent, and one that was not tried is not', () => {
  const silent = ask([at([1, 2])], [], { bash: 'echo "try 127.0.0.1 1"' });
  expect(only(silent)).toEqual([{ kind: 'silent' }, { kind: 'untried', why: 'it was not tried' }]);
});

test.each([
  ['Connection refused', { kind: 'refused' }],
  ['No route to host', { kind: 'silent' }],
  ['Connection timed out', { kind: 'silent' }],
  ['Network is unreachable', { kind: 'untried', why: 'Network is unreachable' }],
])('%s', (reason, reply) => {
  const bash = `echo "try 127.0.0.1 1"; echo "bash: line 1: /dev/tcp/127.0.0.1/1: ${reason}"`;
  expect(only(ask([at([1])], [], { bash }))).toEqual([reply]);
});

test('nc does where there is no bash', () => {
  const nc = `case $4 in
1) exit 0;;
2) echo 'nc: connect to 127.0.0.1 port 2 (tcp) failed: Connection refused' >&2; exit 1;;
*) exit 1;;
esac`;
  expect(only(ask([at([1, 2, 3])], ['timeout'], { nc }))).toEqual([
    { kind: 'open' },
    { kind: 'refused' },
    { kind: 'silent' },
  ]);
});

test('a host with neither bash nor nc can not say', () => {
  expect(ask([at([1])], [])).toBeUndefined();
});

describe('whether somebody is there', () => {
  test.each([
    ['by a ping', { ping: 'exit 0' }, true],
    ['by a neighbour', { ip: 'echo "$4 dev eth1 lladdr 02:00:0a:09:00:0d STALE"' }, true],
    ['not by one who has not told', { ip: 'echo "$4 dev eth1 FAILED"' }, false],
    ['not by nothing', {}, false],
  ])('%s', (_, scripts, isThere) => {
    expect(ask([at([closed])], ['bash'], scripts)?.[0]?.isThere).toBe(isThere);
  });
});

test('in a private network nothing is tried but the neighbour that is meant', () => {
  const ip = 'echo "$4 dev eth1 lladdr 02:00:0a:09:00:0d REACHABLE"';
  const replies = ask(
    [at([open], '02:00:0a:09:00:0d'), at([open], '02:00:0a:09:00:0e')],
    ['bash'],
    {
      ip,
    },
  );
  expect(replies?.map(({ ports }) => [...ports.values()].map(({ kind }) => kind))).toEqual([
    ['open'],
    ['untried'],
  ]);
  const none = ask([at([open], '02:00:0a:09:00:0d')], ['bash']);
  expect(only(none)).toEqual([
    { kind: 'untried', why: expect.stringContaining('another machine') as string },
  ]);
});

test('an answer that is cut short is an error', () => {
  expect(() => ask([at([1])], [], { bash: 'kill $PPID' })).toThrow(UnexpectedAnswer);
});
