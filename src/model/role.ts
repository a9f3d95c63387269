/** Roles: what is wanted on a host, as data. No loops, no expressions, no templates. */

export interface Role {
  readonly name: string;
  readonly description: string;
  /** Every host finishes this role before any host begins the next one. */
  readonly barrier: boolean;
  readonly tasks: readonly RoleTask[];
}

/** One resource wanted, with its arguments; `$path` stands for a value of host or mesh. */
export interface RoleTask {
  /** The resource's kind. */
  readonly resource: string;
  readonly args: Readonly<Record<string, unknown>>;
}
