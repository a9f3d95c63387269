/** A server on loopback that hangs up on everybody, for what knocks at its port. */
import { createServer, type Server } from 'node:net';

export function listening(): Promise<Server> {
  const made = createServer((socket) => socket.destroy());
  return new Promise((resolve) => {
    made.listen(0, '127.0.0.1', () => {
      resolve(made);
    });
  });
}

export function portOf(of: Server): number {
  const address = of.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on no port');
  return address.port;
}

/** A port that nobody listens on: one that was given out a moment ago. */
export async function closedPort(): Promise<number> {
  const server = await listening();
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
