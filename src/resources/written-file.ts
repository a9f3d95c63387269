/**
 * The commands that write a file in the place of what there is: whole, or not at all.
 *
 * The new file is made beside the old one, with its mode and owner, and moved over it, so that
 * nobody ever reads half a file. Of a full disk it is cat(1) that tells: dash's own printf only says
 * "I/O error".
 */
import { lines, type Script, sh } from '../model/shell';

export interface WrittenFile {
  readonly path: string;
  readonly content: string;
  /** Octal: `644`. */
  readonly mode: string;
  /** `USER:GROUP`; undefined: root's. */
  readonly owner?: string;
}

export function writeFile({ path, content, mode, owner = 'root:root' }: WrittenFile): Script {
  return lines(
    sh`new=$(mktemp ${`${path}.XXXXXX`})`,
    sh`trap 'rm -f "$new"' EXIT`,
    sh`printf '%s' ${content} | cat >"$new"`,
    sh`chown ${owner} "$new"`,
    sh`chmod ${mode} "$new"`,
    // -T: a directory that came to be there would swallow the file.
    sh`mv -T "$new" ${path}`,
  );
}
