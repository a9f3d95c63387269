/** A deviation: one thing that is not as declared, as reports tell it. */

export interface Deviation {
  /** 16 hexadecimal digits of a sha256. */
  readonly signature: string;
  readonly kind: 'change' | 'check' | 'host';
  readonly host: string;
  /** For people: what is not as declared. */
  readonly title: string;
}

/** How the deviations of a run stand to those of the last one. */
export interface Drifting extends Deviation {
  readonly state: 'new' | 'known' | 'resolved';
  readonly since: string;
}
