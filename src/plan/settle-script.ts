/**
 * What became of a push that has to be confirmed, as its host tells, asked over a connection of its
 * own; with `confirm`, it is confirmed where it still can be.
 */
import { GarbledReply, program } from '../facts/questionnaire';
import { ending } from '../model/secret';
import { type Script, sh } from '../model/shell';
import { type Holder, holderIn } from './push-lock';
import { undoCommand, undoScriptPath } from './undo-script';

/** `running`: the push has not ended; `armed`: it waits to be confirmed; `none`: it never began. */
const plainKinds = ['running', 'armed', 'confirmed', 'restoring', 'restored', 'none'] as const;

export type Settled = (
  | { readonly kind: (typeof plainKinds)[number] }
  /** The host went back, and not all is as it was. */
  | { readonly kind: 'failed'; readonly complaint: string }
  /** Somebody is changing the host, so that it does not go back. */
  | { readonly kind: 'held'; readonly holder: Holder | undefined }
) & {
  /** Word for word. */
  readonly said: string;
};

export type SettleVerb = 'confirm' | 'ask' | 'rollback';

/** @param token the nonce of the push. */
export function settleScript(verb: SettleVerb, token: string): Script {
  return program(sh`said=none
if [ -e ${undoScriptPath} ]; then said=$(${undoCommand(verb, token)}); fi
[ "$said" != other ] || said=none
case $said in none|armed)
# The nonce stands in the command line of the push, and on stdin of grep(1), not in its own.
if printf '%s' ${token} | grep -q -s -f - /proc/[0-9]*/cmdline; then said=running; fi
esac
printf '\n%s SETTLED %s\n%s END\n' "$nonce" "$said" "$nonce"`);
}

/** @throws GarbledReply */
export function readSettled(nonce: string, { stdout }: { readonly stdout: Buffer }): Settled {
  const [, said = ''] =
    new RegExp(`^${nonce} SETTLED ([^]*)\n${nonce} END\n`, 'm').exec(stdout.toString('utf8')) ?? [];
  const [word, ...rest] = said.split('\n');
  if (word === 'failed') return { kind: word, complaint: ending(rest.join(', '), 600), said };
  if (word === 'held') return { kind: word, holder: holderIn(rest.join(' ')), said };
  const kind = plainKinds.find((each) => each === word);
  if (kind === undefined) {
    throw new GarbledReply('the host does not say what became of the push');
  }
  return { kind, said };
}
