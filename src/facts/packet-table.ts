/**
 * A table of nftables that is ours: its file, and what the kernel has.
 *
 * nft(8) prints a table in its own writing, another one in each of its versions. Where that is not what
 * the file ends with, the host loads the file into an empty network namespace and prints it from there:
 * two prints of one program can be compared word for word. A namespace costs a host as much as all that
 * is asked of WireGuard.
 */
import { sh } from '../model/shell';
import { type Fact, UnexpectedAnswer } from './fact';

export interface PacketTable {
  /** The text of the file; undefined where there is none. */
  readonly file: string | undefined;
  /** The table as nft prints it when the file is loaded; undefined where it cannot be. */
  readonly loaded: string | undefined;
  /** The table as the kernel has it, without counters; undefined where it has none. */
  readonly live: string | undefined;
}

/** @param name FAMILY NAME. */
export function packetTable(path: string, name: readonly [string, string]): Fact<PacketTable> {
  const table = name.join(' ');
  return {
    title: `the table ${table} of nftables`,
    question: sh`echo 'file:'
if [ -e ${path} ]; then
file=$(cat ${path} && echo 'end of file') || exit 1
printf '%s\n' "$file"
fi
command -v nft >/dev/null || exit 0
live=$(nft -s list table ${name} 2>/dev/null)
if [ -e ${path} ]; then
echo 'loaded:'
case $live,$file in
?*,*"
$live
end of file") printf '%s\n' "$live";;
*) unshare -n sh -c 'nft -f "$1" && nft -s list table "$2" "$3" || :' sh ${path} ${name} 2>/dev/null || exit 1;;
esac
fi
if [ -n "$live" ]; then printf 'live:\n%s\n' "$live"; exit 0; fi
tables=$(nft list tables) || exit 1
case "
$tables
" in *"
table "${table}"
"*) exit 1;; esac`,
    parse: (answer) => {
      const { exitCode, stdout } = answer;
      if (exitCode !== 0) throw new UnexpectedAnswer(`cannot read the table ${table}`, answer);
      const [before = '', live] = stdout.split(/^live:\n/m);
      const [start = '', loaded] = before.split(/^loaded:\n/m);
      const file = /^file:\n([^]*?)^end of file$/m.exec(start)?.[1];
      return { file, loaded: orNone(loaded), live: orNone(live) };
    },
  };
}

function orNone(listing: string | undefined): string | undefined {
  const text = listing?.trim() ?? '';
  return text === '' ? undefined : text;
}
