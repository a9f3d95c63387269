/** What a script says while it is at work, for the operator: lines on stderr, each with its nonce. */
import { printable } from '../model/secret';
import { type Script, sh } from '../model/shell';

/** Defines the shell function `note`. */
export const defineNote: Script = sh`note() { printf '\n%s NOTE %s\n' "$nonce" "$1" >&2; }`;

/** Takes stderr piece by piece, and tells each note when it is whole. */
export function noteReader(nonce: string, tell: (note: string) => void): (piece: Buffer) => void {
  const start = `${nonce} NOTE `;
  let rest = '';
  return (piece) => {
    const lines = (rest + piece.toString('utf8')).split('\n');
    // A longer line is none of ours.
    rest = (lines.pop() ?? '').slice(-1000);
    for (const line of lines) if (line.startsWith(start)) tell(printable(line.slice(start.length)));
  };
}
