/** The values that SSH's messages are made of (RFC 4251, section 5), and the numbers of those that we speak. */

/** RFC 4254, section 9. */
export const message = {
  channelOpen: 90,
  channelOpenConfirmation: 91,
  channelOpenFailure: 92,
  channelWindowAdjust: 93,
  channelData: 94,
  channelExtendedData: 95,
  channelEof: 96,
  channelClose: 97,
  channelRequest: 98,
  channelSuccess: 99,
  channelFailure: 100,
} as const;

export function byte(value: number): Buffer {
  return Buffer.from([value]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function string(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** Reads one value after the other. Past the end, numbers are 0 and strings empty. */
export class Fields {
  #rest: Buffer;

  constructor(bytes: Buffer) {
    this.#rest = bytes;
  }

  byte(): number {
    return this.#take(1).at(0) ?? 0;
  }

  uint32(): number {
    const bytes = this.#take(4);
    return bytes.length === 4 ? bytes.readUInt32BE() : 0;
  }

  string(): Buffer {
    return this.#take(this.uint32());
  }

  text(): string {
    return this.string().toString();
  }

  #take(length: number): Buffer {
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }
}

/** Cuts a stream into frames, each of which is preceded by its length. */
export class Frames {
  #pending: Buffer[] = [];
  #length = 0;

  constructor(public onFrame: (frame: Buffer) => void) {}

  push(piece: Buffer): void {
    this.#pending.push(piece);
    this.#length += piece.length;
    if (this.#length < 4) return;
    let bytes = Buffer.concat(this.#pending);
    while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE()) {
      const end = 4 + bytes.readUInt32BE();
      const frame = bytes.subarray(4, end);
      bytes = bytes.subarray(end);
      this.onFrame(frame);
    }
    this.#pending = [bytes];
    this.#length = bytes.length;
  }
}
