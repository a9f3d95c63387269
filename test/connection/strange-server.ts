/** TCP servers on 127.0.0.1 that are no sshd, or stand in front of one and misbehave. */
import { connect, createServer, type Socket } from 'node:net';

export interface StrangeServer {
  readonly port: number;
  stop(): Promise<void>;
}

export interface Proxy extends StrangeServer {
  /** Resets every connection, as a firewall or a reboot does; Node may send a FIN before the RST. */
  reset(): void;
  /** Sends the client what no server has sent. */
  garble(): void;
  /** Passes nothing on any more, in either direction, and closes nothing. */
  freeze(): void;
  /** How many bytes came from the server so far. */
  readonly received: number;
}

/** Calls `greet` with each connection. */
export async function startServer(greet: (socket: Socket) => void): Promise<StrangeServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    greet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** `onData` sees what the server has sent so far, by connection; it may reset in the middle. */
export async function startProxy(
  port: number,
  onData: (proxy: Proxy, bytes: number) => void = () => undefined,
): Promise<Proxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let received = 0;
  const server = await startServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    pairs.add([client, upstream]);
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    client.pipe(upstream);
    upstream.on('data', (piece) => {
      received += piece.length;
      onData(proxy, received);
    });
    upstream.pipe(client);
  });
  const proxy: Proxy = {
    port: server.port,
    get received() {
      return received;
    },
    reset() {
      for (const [client, upstream] of pairs) {
        client.resetAndDestroy();
        upstream.destroy();
      }
    },
    garble() {
      for (const [client] of pairs) client.write(Buffer.alloc(64, 0xff));
    },
    freeze() {
      for (const [client, upstream] of pairs) {
        client.unpipe();
        upstream.unpipe();
        client.pause();
        upstream.pause();
      }
    },
    async stop() {
      for (const [, upstream] of pairs) upstream.destroy();
      await server.stop();
    },
  };
  return proxy;
}
