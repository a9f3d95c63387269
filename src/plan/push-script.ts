/**
 * A plan as one script, and its output as how the push went.
 *
 * A host that somebody else is changing is left alone (HELD), and so is one that waits for the
 * confirmation of another push (OPEN), one without room or with other work on its packages (UNREADY),
 * and one that is no longer as it was seen (STALE), which the facts tell, asked again. Where changes can
 * be taken back, what they touch is saved and a watchdog started before the first (UNSAVED, where that
 * fails). Then the changes in their order; the first that fails ends them, and the host goes back at
 * once (FAILED). Last come the facts once more, which tell whether what was wanted is what there is.
 * What a push waits for it tells at once, on stderr (NOTE).
 */
import {
  defineFacts,
  GarbledReply,
  program,
  readSighting,
  reportFacts,
  type Sighting,
} from '../facts/questionnaire';
import type { PlannedChange } from '../model/change';
import { ending, printable } from '../model/secret';
import { lines, Script, sh } from '../model/shell';
import { joined } from '../model/undo';
import { packageResource } from '../resources/package';
import { defineNote } from './note';
import { type Holder, holderIn, pushLockPath, turns } from './push-lock';
import { awaitPackages, makeSureOfRoom } from './push-preflight';
import { undoRoot, undoScript, undoScriptPath } from './undo-script';

export type Pushed =
  | { readonly kind: 'done'; readonly sighting: Sighting }
  /** Somebody changed the host since it was asked; nothing was done. */
  | { readonly kind: 'stale' }
  /** Somebody else is changing the host; nothing was done. */
  | { readonly kind: 'held'; readonly holder: Holder | undefined }
  /** Another push is yet to be confirmed, or is being taken back; nothing was done. */
  | {
      readonly kind: 'open';
      readonly isGoingBack: boolean;
      /** How long after its end it may be confirmed; 0: it was taken back now. */
      readonly seconds: number;
      readonly holder: Holder | undefined;
    }
  /** There is no room, or no end of other work on packages; nothing was done. */
  | { readonly kind: 'unready'; readonly why: string }
  /** What there was could not be saved; nothing was done. */
  | { readonly kind: 'unsaved'; readonly said: string }
  | {
      readonly kind: 'failed';
      readonly change: PlannedChange;
      readonly exitCode: number;
      /** The end of what the commands said, safe to print. */
      readonly said: string;
      readonly rollback: Rollback;
    };

/** What became of the changes that were made before one failed. `kept`: there was nothing saved. */
export type Rollback =
  | { readonly kind: 'kept' }
  | { readonly kind: 'rolled-back' }
  | { readonly kind: 'failed'; readonly said: string };

/** Can these changes be taken back? Then the push has to be confirmed. */
export function isGuarded(changes: readonly PlannedChange[]): boolean {
  return changes.some(({ undo }) => undo !== undefined);
}

/** What a push is held to. */
export interface Terms {
  /** Of the sighting that the changes were planned on. */
  readonly digest: string;
  /** Who pushes: `alice@laptop, process 4242`. One line. */
  readonly by: string;
  /** After so long the script is ended. */
  readonly limitSeconds: number;
  /** How long the push may stay unconfirmed, where it has to be confirmed. */
  readonly confirmSeconds: number;
}

export function pushScript(
  changes: readonly PlannedChange[],
  questions: readonly Script[],
  { digest, by, limitSeconds, confirmSeconds }: Terms,
): Script {
  const guard = isGuarded(changes);
  const longestSeconds = limitSeconds + (guard ? confirmSeconds : 0);
  const steps = changes.map(
    (change, index) => sh`step_${index + 1}() {
${lines(
  ...change.commands.map(
    (command) => sh`(
set -e
${command}
)`,
  ),
)}
}`,
  );
  return program(
    lines(
      defineFacts(questions),
      ...steps,
      sh`step() {
printf '\n%s STEP %s\n' "$nonce" "$1"
printf '\n%s STEP %s\n' "$nonce" "$1" >&2
( set -e; "step_$1" ) >&2 9>&-
code=$?
[ "$code" -eq 0 ] && return
printf '\n%s BACK\n' "$nonce" >&2
back=$(take_back)
printf '%s FAILED %s %s %s\n' "$nonce" "$1" "$code" "$back"
exit 0
}
take_back() {
${guard ? takeBack : sh`echo kept`}
}
${defineNote}
${turns}
if ! command -v flock >/dev/null; then printf '%s UNREADY there is no flock(1), of util-linux\n' "$nonce"; exit 0; fi
if ! take_turn; then printf '%s HELD %s\n' "$nonce" "$(holder)"; exit 0; fi
trap leave_turn EXIT
if [ -s ${pushLockPath} ]; then read -r _ _ by <${pushLockPath}; note "takes over: the push of $by was cut short"; fi
now=$(date +%s)
printf '%s %s %s\n' "$now" "$((now + ${longestSeconds}))" ${by} >${pushLockPath}
if [ -e ${undoScriptPath} ] && left=$(/bin/sh ${undoScriptPath} meet); then printf '%s OPEN %s\n' "$nonce" "$left"; exit 0; fi
${makeSureOfRoom}
${changes.some(({ resource }) => resource === packageResource.kind) ? awaitPackages : sh`:`}
seen=$(facts 2>/dev/null | sha256sum)
if [ "$seen" != ${`${digest}  -`} ]; then printf '%s STALE\n' "$nonce"; exit 0; fi`,
      ...(guard ? [save(changes, confirmSeconds)] : []),
      ...changes.map((_, index) => sh`step ${index + 1}`),
      reportFacts,
    ),
  );
}

/** Two files at first, so that what an earlier push has saved is there until this one has saved all. */
function save(changes: readonly PlannedChange[], confirmSeconds: number): Script {
  const undo = joined(changes.flatMap((change) => change.undo ?? []));
  const fresh = `${undoRoot}/undo.new`;
  return sh`printf '\n%s SAVE\n' "$nonce" >&2
( set -e
mkdir -p ${undoRoot}
rm -rf ${fresh}
mkdir ${fresh}
printf '%s\n' ${undoScript(undo, confirmSeconds).text} | cat >${fresh}/undo
cp ${pushLockPath} ${fresh}/holder
/bin/sh ${fresh}/undo save "$nonce"
/bin/sh ${undoScriptPath} arm $$
) >&2 9>&-
if [ $? -ne 0 ]; then rm -rf ${fresh}; printf '%s UNSAVED\n' "$nonce"; exit 0; fi`;
}

/** One word; where the host could not go back, what is wrong is said on stderr. */
const takeBack = sh`back=$(/bin/sh ${undoScriptPath} restore armed 9>&-)
case $back in
restored) echo rolled-back;;
*) printf '%s\n' "$back" >&2; echo failed;;
esac`;

/** @throws GarbledReply where the output says neither how it went nor what there is now. */
export function readPushed(
  changes: readonly PlannedChange[],
  questions: readonly Script[],
  nonce: string,
  reply: { readonly stdout: Buffer; readonly stderr: Buffer },
): Pushed {
  const said = reply.stdout.toString('utf8');
  if (said.includes(`${nonce} STALE\n`)) return { kind: 'stale' };
  const held = new RegExp(`^${nonce} HELD (.*)\n`, 'm').exec(said);
  if (held !== null) return { kind: 'held', holder: holderIn(held[1] ?? '') };
  const open = new RegExp(`^${nonce} OPEN (armed|restoring) (\\d+) (.*)\n`, 'm').exec(said);
  if (open !== null) {
    const [, state, seconds, holder = ''] = open;
    const isGoingBack = state === 'restoring';
    return { kind: 'open', isGoingBack, seconds: Number(seconds), holder: holderIn(holder) };
  }
  const unready = new RegExp(`^${nonce} UNREADY (.*)\n`, 'm').exec(said);
  if (unready !== null) return { kind: 'unready', why: printable(unready[1] ?? '') };
  const complaint = reply.stderr.toString('utf8');
  if (said.includes(`${nonce} UNSAVED\n`)) {
    return { kind: 'unsaved', said: ending(complaint.split(`${nonce} SAVE\n`)[1] ?? '', 600) };
  }
  const failure = new RegExp(`^${nonce} FAILED (\\d+) (\\d+) (\\S+)\n`, 'm').exec(said);
  if (failure === null) {
    return { kind: 'done', sighting: readSighting(questions, nonce, reply) };
  }
  const change = changes[Number(failure[1]) - 1];
  if (change === undefined) throw new GarbledReply('a step failed that was never sent');
  const [, after = ''] = complaint.split(`${nonce} STEP ${failure[1] ?? ''}\n`);
  const [words = '', back = ''] = after.split(`\n${nonce} BACK\n`);
  return {
    kind: 'failed',
    change,
    exitCode: Number(failure[2]),
    said: ending(words, 600),
    rollback: rollbackOf(failure[3], ending(back, 600)),
  };
}

/** What the commands of the changes said that were begun, in the order of the changes. */
export function saidBySteps(
  changes: readonly PlannedChange[],
  nonce: string,
  { stderr }: { readonly stderr: Buffer },
): readonly { readonly change: PlannedChange; readonly said: string }[] {
  const parts = stderr.toString('utf8').split(`\n${nonce} STEP `).slice(1);
  return parts.flatMap((part) => {
    const [, number, rest = ''] = /^(\d+)\n([^]*)$/.exec(part) ?? [];
    const change = changes[Number(number) - 1];
    // What comes next, a step back or the facts, begins with the nonce.
    const [said = ''] = rest.split(`${nonce} `);
    return change === undefined ? [] : [{ change, said: said.trim() }];
  });
}

function rollbackOf(word: string | undefined, said: string): Rollback {
  return word === 'kept' || word === 'rolled-back' ? { kind: word } : { kind: 'failed', said };
}
