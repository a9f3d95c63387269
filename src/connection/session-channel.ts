/** Sessions of a host, over the messages of a control socket: RFC 4254, sections 5 and 6. */
import { PassThrough, Writable } from 'node:stream';
import type { Channel, Exit } from './channel';
import type { ControlSocket } from './control-socket';
import { whyNotPassed } from './jump-refusal';
import { byte, Fields, message, string, uint32 } from './ssh-packet';

/** As ssh(1) has them. */
const window = 2 * 1024 * 1024;
const largestPacket = 32 * 1024;

/** One that is open, or about to be. */
interface Ours {
  /** The number that the host has given it. */
  theirs: number;
  onMessage(type: number, fields: Fields): void;
  onLoss(): void;
}

export interface Sessions {
  /** The channel, or why there is none; undefined where the connection has ended. */
  execute(command: string): Promise<Channel | Error | undefined>;
  /** Why the host does not connect there, as a jump host; undefined where it does. */
  refusal(host: string, port: number): Promise<string | undefined>;
}

export function sessionsOver(control: ControlSocket): Sessions {
  const open = new Map<number, Ours>();
  let last = 0;

  control.onMessage = (payload) => {
    const fields = new Fields(payload);
    const type = fields.byte();
    open.get(fields.uint32())?.onMessage(type, fields);
  };
  void control.ended.then(() => {
    for (const ours of open.values()) ours.onLoss();
    open.clear();
  });

  /** Opens a channel; `undefined` where the connection ends. */
  const begin = (kind: string, more: Buffer): Promise<Opening> =>
    new Promise((resolve) => {
      if (!control.isOpen()) {
        resolve(undefined);
        return;
      }
      last += 1;
      const number = last;
      const ours: Ours = {
        theirs: 0,
        onLoss: () => {
          resolve(undefined);
        },
        onMessage: (type, fields) => {
          if (type === message.channelOpenFailure) {
            open.delete(number);
            resolve({ refused: whyNotPassed(fields.uint32(), fields.text()) });
          } else if (type === message.channelOpenConfirmation) {
            ours.theirs = fields.uint32();
            const room = fields.uint32();
            resolve({ ours, room, mostAtOnce: fields.uint32(), forget: () => open.delete(number) });
          }
        },
      };
      open.set(number, ours);
      const own = [uint32(number), uint32(window), uint32(largestPacket)];
      control.send(Buffer.concat([byte(message.channelOpen), string(kind), ...own, more]));
    });

  return {
    async execute(command) {
      const opening = await begin('session', Buffer.alloc(0));
      if (opening === undefined) return undefined;
      if ('refused' in opening) return new Error(`open failed: ${opening.refused}`);
      return started(control, opening, command);
    },
    async refusal(host, port) {
      const from = [string('127.0.0.1'), uint32(0)];
      const to = Buffer.concat([string(host), uint32(port), ...from]);
      const opening = await begin('direct-tcpip', to);
      if (opening === undefined) return undefined;
      if ('refused' in opening) return opening.refused;
      control.send(Buffer.concat([byte(message.channelClose), uint32(opening.ours.theirs)]));
      opening.forget();
      return undefined;
    },
  };
}

interface Opened {
  readonly ours: Ours;
  /** How many bytes the host takes now, and how many in one message. */
  readonly room: number;
  readonly mostAtOnce: number;
  readonly forget: () => void;
}

type Opening = Opened | { readonly refused: string } | undefined;

/** Has the command run on an open channel. */
function started(
  control: ControlSocket,
  { ours, room, mostAtOnce, forget }: Opened,
  command: string,
): Promise<Channel | Error | undefined> {
  const send = (type: number, ...parts: readonly Buffer[]): void => {
    control.send(Buffer.concat([byte(type), uint32(ours.theirs), ...parts]));
  };
  const stdout = new PassThrough({ highWaterMark: window });
  const stderr = new PassThrough({ highWaterMark: window });
  const stdin = new Stdin(room, mostAtOnce, send);
  let isClosed = false;
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    send(message.channelClose);
  };

  return new Promise((resolve) => {
    const exit = new Promise<Exit | undefined>((ended) => {
      const onEnd = (): void => {
        forget();
        stdin.destroy();
        stdout.end();
        stderr.end();
        ended(undefined);
      };
      const channel = (): Channel => ({ stdin, stdout, stderr, exit, close });

      const onRequest = (fields: Fields): void => {
        const kind = fields.text();
        // Before anything else, because the host may ask whether we are still there (ClientAliveInterval).
        if (fields.byte() === 1) send(message.channelFailure);
        if (kind === 'exit-status') ended({ code: fields.uint32(), signal: undefined });
        // Without the SIG that everybody else puts before it.
        if (kind === 'exit-signal') ended({ code: undefined, signal: `SIG${fields.text()}` });
      };
      const take = (stream: PassThrough, bytes: Buffer): void => {
        if (isClosed) return;
        stream.write(Buffer.from(bytes));
        send(message.channelWindowAdjust, uint32(bytes.length));
      };

      ours.onLoss = () => {
        onEnd();
        resolve(undefined);
      };
      ours.onMessage = (type, fields) => {
        switch (type) {
          case message.channelSuccess:
            resolve(channel());
            break;
          case message.channelFailure:
            close();
            resolve(new Error('it runs no commands'));
            break;
          case message.channelWindowAdjust:
            stdin.mayTake(fields.uint32());
            break;
          case message.channelData:
            take(stdout, fields.string());
            break;
          case message.channelExtendedData:
            fields.uint32();
            take(stderr, fields.string());
            break;
          case message.channelRequest:
            onRequest(fields);
            break;
          case message.channelClose:
            close();
            onEnd();
            resolve(undefined);
            break;
        }
      };
    });
    send(message.channelRequest, string('exec'), byte(1), string(command));
  });
}

/** What the host takes as fast as it wants to. */
class Stdin extends Writable {
  #pending: Buffer = Buffer.alloc(0);
  #taken: (() => void) | undefined;

  constructor(
    private room: number,
    private readonly mostAtOnce: number,
    private readonly deliver: (type: number, ...parts: readonly Buffer[]) => void,
  ) {
    super();
  }

  mayTake(more: number): void {
    this.room += more;
    this.#flush();
  }

  override _write(piece: Buffer, _: BufferEncoding, taken: () => void): void {
    this.#pending = piece;
    this.#taken = taken;
    this.#flush();
  }

  override _final(done: () => void): void {
    this.deliver(message.channelEof);
    done();
  }

  #flush(): void {
    while (this.#pending.length > 0 && this.room > 0) {
      const piece = this.#pending.subarray(0, Math.min(this.room, this.mostAtOnce));
      this.#pending = this.#pending.subarray(piece.length);
      this.room -= piece.length;
      this.deliver(message.channelData, string(piece));
    }
    if (this.#pending.length > 0) return;
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }
}
