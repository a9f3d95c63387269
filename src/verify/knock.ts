/** Knocks at TCP ports from the controller: opens a connection, sends nothing, closes it. */
import { connect } from 'node:net';
import pLimit from 'p-limit';
import type { Door, Knock, Knocked } from './isolation';

/** Sockets at once: far under the usual limit of 1,024 open files. */
const atOnce = 256;

/** Tries all doors, each for `timeoutMs` at most. */
export async function knockAt(
  doors: readonly Door[],
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<readonly Knocked[]> {
  const slot = pLimit(atOnce);
  return Promise.all(
    doors.map((door) =>
      slot(async () => ({ door, knock: await knock(door.address, door.port, timeoutMs) })),
    ),
  );
}

function knock(host: string, port: number, timeoutMs: number): Promise<Knock> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (result: Knock) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => {
      end({ kind: 'silent' });
    }, timeoutMs);
    socket.once('connect', () => {
      end({ kind: 'open' });
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') end({ kind: 'refused' });
      else if (error.code === 'ETIMEDOUT' || error.code === 'EHOSTUNREACH') end({ kind: 'silent' });
      else end({ kind: 'error', message: error.message });
    });
  });
}
