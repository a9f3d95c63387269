/** Services, asked for real where this machine can play the other host. */
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { join } from 'node:path';
import {
  type ServiceReply,
  serviceReplies,
  type ServiceTarget,
} from '../../src/facts/service-replies';
import { closedPort, listening, portOf } from './listening-server';
import { askAlone, freshDirectory } from './shell';

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

function ask(
  targets: readonly ServiceTarget[],
  path?: string,
): ReadonlyMap<string, ServiceReply> | undefined {
  const { question, parse } = serviceReplies(targets);
  return parse(askAlone(question, path === undefined ? {} : { path }));
}

/** A host that has nothing but these scripts, and what they need. */
function toolsOf(scripts: Readonly<Record<string, string>>): string {
  const tools = freshDirectory();
  for (const name of ['sh', 'sed']) symlinkSync(`/usr/bin/${name}`, join(tools, name));
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(tools, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
  return tools;
}

/** What bash says that tries doors at which nobody answers. */
const trying =
  'shift 3; for word; do [ -n "$address" ] && echo try $address $word && address= || address=$word; done';

test('one that listens is told from one that does not', () => {
  const address = '127.0.0.1';
  expect(ask([open, closed].map((port) => ({ address, port })))).toEqual(
    new Map([
      [`${address} ${String(open)}`, 'open'],
      [`${address} ${String(closed)}`, 'refused'],
    ]),
  );
});

test('by the hundred, each once', () => {
  const targets = Array.from({ length: 150 }, (_, index) => ({
    address: `127.0.0.${String(index + 1)}`,
    port: closed,
  }));
  expect([...(ask(targets)?.values() ?? [])]).toEqual(Array(150).fill('refused'));
});

test.each([
  ['answers a ping', 'exit 0', 'silent'],
  ['answers no ping either', 'exit 1', 'no-path'],
  ['can not be sent to', 'exit 2', 'no-path'],
])('of one that is silent it is told whether its host %s', (_, ping, reply) => {
  const targets = [{ address: '10.50.0.2', port: 5432 }];
  expect(ask(targets, toolsOf({ bash: trying }))).toEqual(new Map([['10.50.0.2 5432', 'silent']]));
  expect(ask(targets, toolsOf({ bash: trying, ping }))).toEqual(
    new Map([['10.50.0.2 5432', reply]]),
  );
});

test('only those that are silent are asked once more: the first packet may be lost', () => {
  const asked = join(freshDirectory(), 'asked');
  const bash = `${trying}; echo "$@" >>${asked}
[ $(grep -c . ${asked}) -eq 1 ] && echo open 10.50.0.2 80 || echo open 10.50.0.2 8080`;
  const tools = toolsOf({ bash, ping: '' });
  symlinkSync('/usr/bin/grep', join(tools, 'grep'));
  const targets = [80, 8080].map((port) => ({ address: '10.50.0.2', port }));
  expect(ask(targets, tools)).toEqual(
    new Map([
      ['10.50.0.2 80', 'open'],
      ['10.50.0.2 8080', 'open'],
    ]),
  );
  expect(readFileSync(asked, 'utf8')).toBe('10.50.0.2 80 10.50.0.2 8080\n10.50.0.2 8080\n');
});
