/**
 * The control socket of an ssh(1) that has logged in: what OpenSSH's PROTOCOL.mux calls a master.
 *
 * A client that asks to be a proxy speaks plain SSH messages of the connection layer from then on
 * (RFC 4254), and ssh passes them on, encrypted. So one ssh process carries all the scripts of a
 * host, and what they end with is heard from the host itself and not from an exit code of ssh.
 */
import { connect, type Socket } from 'node:net';
import { byte, Fields, Frames, string, uint32 } from './ssh-packet';

const hello = 0x00000001;
const version = 4;
const askProxy = 0x1000000f;
const askEnd = 0x10000005;
const isProxy = 0x8000000f;
const isOk = 0x80000001;
/** There is one request a connection. */
const requestId = 0;

/** The messages of one client. */
export interface ControlSocket {
  /** @param payload of a message, its number and all. */
  send(payload: Buffer): void;
  /** Is called with each message of the host. */
  onMessage: (payload: Buffer) => void;
  /** Settles when ssh has hung up. Never rejects. */
  readonly ended: Promise<void>;
  isOpen(): boolean;
  close(): void;
}

/** @throws Error where nobody answers, or who does will not. */
export async function openControl(path: string): Promise<ControlSocket> {
  const { socket, frames } = await asked(path, askProxy, isProxy);
  const ended = new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });
  const control: ControlSocket = {
    send(payload) {
      // The length of the padding comes first, and there is none.
      if (!socket.destroyed)
        socket.write(Buffer.concat([string(Buffer.concat([byte(0), payload]))]));
    },
    onMessage: () => undefined,
    ended,
    isOpen: () => !socket.destroyed,
    close: () => socket.destroy(),
  };
  frames.onFrame = (frame) => {
    control.onMessage(frame.subarray(1));
  };
  return control;
}

/** Has ssh hang up, and end. Never throws: one that does not answer has ended already, or will. */
export async function endMaster(path: string): Promise<void> {
  try {
    const { socket } = await asked(path, askEnd, isOk);
    socket.destroy();
  } catch {
    // Where nobody answers, nothing is left to be ended.
  }
}

/** What is asked here is answered by ssh itself, at once. */
const patienceMs = 2000;

interface Asked {
  readonly socket: Socket;
  /** What comes after the answer. */
  readonly frames: { onFrame: (frame: Buffer) => void };
}

/** Says hello, and asks for one thing. */
async function asked(path: string, request: number, wanted: number): Promise<Asked> {
  const socket = connect(path);
  socket.setTimeout(patienceMs, () => socket.destroy(new Error('ssh does not answer')));
  const frames = new Frames(() => undefined);
  socket.on('data', (piece) => {
    frames.push(piece);
  });
  const answer = new Promise<void>((resolve, reject) => {
    frames.onFrame = (frame) => {
      const fields = new Fields(frame);
      const type = fields.uint32();
      if (type === hello) return;
      if (type === wanted) resolve();
      else
        reject(new Error(`ssh refuses a client of its control socket: ${frame.toString('hex')}`));
    };
    socket.once('error', reject);
    socket.once('close', () => {
      reject(new Error('ssh hangs up on a client of its control socket'));
    });
  });
  socket.write(string(Buffer.concat([uint32(hello), uint32(version)])));
  socket.write(string(Buffer.concat([uint32(request), uint32(requestId)])));
  try {
    await answer;
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.setTimeout(0);
  // How a connection ends is told by its close.
  socket.on('error', () => undefined);
  return { socket, frames };
}
