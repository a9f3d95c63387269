/**
 * What a change may touch on a host, so that it can be saved before and put back afterwards.
 *
 * A push that carries such changes is taken back by the host itself, unless the controller confirms
 * it over a new connection.
 */

export interface Undo {
  /** Files, or directories with all that is in them. */
  readonly paths?: readonly string[];
  /** Directories of which only their being there, mode and owner are changed. */
  readonly directories?: readonly string[];
  /** Kernel parameters below /proc/sys, as patterns of the shell: a star stands for a name. */
  readonly parameters?: readonly string[];
  /** Units that may start, stop, or be enabled, disabled, masked or unmasked. */
  readonly units?: readonly string[];
  /** Units that have to be restarted to read what was put back. */
  readonly restarts?: readonly string[];
  /** Units that have to be reloaded for that. */
  readonly reloads?: readonly string[];
  /** WireGuard interfaces whose running state may change. */
  readonly interfaces?: readonly string[];
}

/** All that several changes may touch, each thing once. */
export function joined(undos: readonly Undo[]): Required<Undo> {
  const all = (key: keyof Undo) => [...new Set(undos.flatMap((undo) => undo[key] ?? []))];
  return {
    paths: all('paths'),
    directories: all('directories'),
    parameters: all('parameters'),
    units: all('units'),
    restarts: all('restarts'),
    reloads: all('reloads'),
    interfaces: all('interfaces'),
  };
}
