/** An SSH server that does what an sshd never would: ssh2's own, which lets everybody in. */
import { Server, type ServerChannel, utils } from 'ssh2';
import type { Connection } from '../../src/connection/connection';
import { connector } from './connect';

export interface LibraryServer {
  connected(identityFile: string): Promise<Connection>;
  stop(): Promise<void>;
}

/** `onExec` is called with the channel of each command, in the moment in which it is granted. */
export async function startLibraryServer(
  onExec: (channel: ServerChannel, command: string) => void,
): Promise<LibraryServer> {
  const hostKeys = [utils.generateKeyPairSync('ecdsa', { bits: 256 }).private];
  const server = new Server({ hostKeys }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      context.accept();
    });
    client.on('session', (acceptSession) => {
      acceptSession().on('exec', (acceptExec, _, { command }) => {
        onExec(acceptExec(), command);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    async connected(identityFile) {
      // Its key is new each time, and is recorded nowhere.
      const connect = await connector('/dev/null', { acceptNew: true });
      return connect({
        host: '127.0.0.1',
        port: address.port,
        user: 'anybody',
        identityFile,
        become: undefined,
        jumps: [],
        alias: '127.0.0.1',
        open: [],
        settings: undefined,
      });
    },
    async stop() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
