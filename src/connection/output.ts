/** The bytes of one stream, which arrive in pieces and are joined once, at the end. */
export class Output {
  #pieces: Buffer[] = [];
  #length = 0;

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  get length(): number {
    return this.#length;
  }

  /** Forgets all but the last bytes. The rest is copied, so that it does not keep them in memory. */
  keepLast(length: number): void {
    this.#pieces = [Buffer.from(this.bytes().subarray(-length))];
    this.#length = Math.min(this.#length, length);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}
