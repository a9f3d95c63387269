/** The user's ssh-agent, asked for its keys once per run; after that it only signs. */
import { Socket } from 'node:net';
import { type GetStreamCallback, type IdentityCallback, OpenSSHAgent, type ParsedKey } from 'ssh2';

/** An agent that never answers does not keep the process from ending. */
class UnheldAgent extends OpenSSHAgent {
  override getStream(callback: GetStreamCallback): void {
    super.getStream((error, stream) => {
      if (stream instanceof Socket) stream.unref();
      callback(error, stream);
    });
  }
}

export class Agent extends UnheldAgent {
  constructor(
    readonly socket: string,
    readonly keys: readonly ParsedKey[],
  ) {
    super(socket);
  }

  holds(publicKey: Buffer): boolean {
    return this.keys.some((key) => key.getPublicSSH().equals(publicKey));
  }

  /**
   * The same agent, offering these keys first, and the others after them or not at all; undefined
   * where it holds nothing to offer.
   */
  offering(publicKeys: readonly Buffer[], { others }: { readonly others: boolean }) {
    const place = (key: ParsedKey) => publicKeys.findIndex((one) => key.getPublicSSH().equals(one));
    const named = this.keys
      .filter((key) => place(key) !== -1)
      .toSorted((one, other) => place(one) - place(other));
    const keys = others ? [...named, ...this.keys.filter((key) => place(key) === -1)] : named;
    return keys.length === 0 ? undefined : new Agent(this.socket, keys);
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    callback(null, [...this.keys]);
  }
}

/** Undefined where nobody answers: a stale SSH_AUTH_SOCK is no reason to fail. */
export function openAgent(socket: string): Promise<Agent | undefined> {
  return new Promise((resolve) => {
    new UnheldAgent(socket).getIdentities((error, keys = []) => {
      // ssh2 leaves out the keys that it can't sign with: hardware keys and certificates.
      const usable = keys.filter((key) => 'getPublicSSH' in key);
      resolve(error ? undefined : new Agent(socket, usable));
    });
  });
}
