/** Knocks at TCP ports from the controller: opens a connection, sends nothing, closes it. */
import { connect } from 'node:net';
import pLimit from 'p-limit';

/** Sockets at once: far under the usual limit of 1,024 open files. */
const atOnce = 256;

/** What came of knocking: `silent` is a firewall that drops, `refused` a host that answered. */
export type Knock =
  | { readonly kind: 'open' | 'refused' | 'silent' }
  | { readonly kind: 'error'; readonly message: string };

interface Place {
  readonly address: string;
  readonly port: number;
}

export interface KnockedAt<Door extends Place> {
  readonly door: Door;
  readonly knock: Knock;
}

/** Tries all doors, each for `timeoutMs` at most. */
export async function knockAt<Door extends Place>(
  doors: readonly Door[],
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<readonly KnockedAt<Door>[]> {
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
