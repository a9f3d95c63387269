/**
 * Edges of the mesh that only one of their two hosts has, as an apply leaves them that did not change
 * all hosts: the one sends, and the other takes it for nobody.
 */
export interface OneSided {
  readonly edges: readonly OneSidedEdge[];
  /** What gives the others their side. */
  readonly command: string;
}

export interface OneSidedEdge {
  /** Has the other as a peer. */
  readonly host: string;
  /** Does not. */
  readonly peer: string;
  /** Was it seen not to? Else it could not be asked, and the host has come to know it in this run. */
  readonly isSeen: boolean;
}
