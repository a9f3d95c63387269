/** A WireGuard session, as one of its two hosts knows it. */
export interface Handshake {
  readonly host: string;
  /** The peer's name; its public key, where nobody of that key is declared. */
  readonly peer: string;
  /** `ADDRESS:PORT` where the peer was last heard from, or is sent to; null: nowhere yet. */
  readonly endpoint: string | null;
  /** Seconds since the last handshake, by the host's own clock; null: there never was one. */
  readonly ageSeconds: number | null;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/**
 * Seconds after which a session carries nothing any more: REJECT_AFTER_TIME of the WireGuard paper,
 * section 6.1.
 */
export const deadAfter = 180;
