/** Who peers with whom, as mesh.yaml declares it. */

export type Topology =
  /** Everybody with everybody; hubs relay between two that are both behind NAT. */
  | { readonly kind: 'full-mesh'; readonly hubs: readonly string[] }
  /** Each spoke with its home hub only; hubs with each other, and they forward. */
  | { readonly kind: 'hub-and-spoke'; readonly hubs: readonly string[] }
  /** Only who is linked; hubs relay as in a full mesh. */
  | { readonly kind: 'links'; readonly hubs: readonly string[]; readonly links: readonly Link[] };

/** Each of one side with each of the other; names of hosts and external peers, sorted. */
export interface Link {
  readonly one: readonly string[];
  readonly other: readonly string[];
}

export const fullMesh: Topology = { kind: 'full-mesh', hubs: [] };
