/**
 * A plan as one script, and its output as how the push went.
 *
 * The script asks the facts again first: a host that is no longer as it was seen is left alone
 * (STALE). Then the changes in their order; the first that fails ends them (FAILED). Last come the
 * facts once more, which tell whether what was wanted is what there is.
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
import { ending } from '../model/secret';
import { lines, Script, sh } from '../model/shell';

export type Pushed =
  | { readonly kind: 'done'; readonly sighting: Sighting }
  /** Somebody changed the host since it was asked; nothing was done. */
  | { readonly kind: 'stale' }
  | {
      readonly kind: 'failed';
      readonly change: PlannedChange;
      readonly exitCode: number;
      /** The end of what the commands said, safe to print. */
      readonly said: string;
    };

/** @param digest of the sighting that the changes were planned on. */
export function pushScript(
  changes: readonly PlannedChange[],
  questions: readonly Script[],
  digest: string,
): Script {
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
( set -e; "step_$1" ) >&2
code=$?
[ "$code" -eq 0 ] && return
printf '%s FAILED %s %s\n' "$nonce" "$1" "$code"
exit 0
}
seen=$(facts 2>/dev/null | sha256sum)
if [ "$seen" != ${`${digest}  -`} ]; then printf '%s STALE\n' "$nonce"; exit 0; fi`,
      ...changes.map((_, index) => sh`step ${index + 1}`),
      reportFacts,
    ),
  );
}

/** @throws GarbledReply where the output says neither how it went nor what there is now. */
export function readPushed(
  changes: readonly PlannedChange[],
  questions: readonly Script[],
  nonce: string,
  reply: { readonly stdout: Buffer; readonly stderr: Buffer },
): Pushed {
  const said = reply.stdout.toString('latin1');
  if (said.includes(`${nonce} STALE\n`)) return { kind: 'stale' };
  const failure = new RegExp(`^${nonce} FAILED (\\d+) (\\d+)\n`, 'm').exec(said);
  if (failure === null) {
    return { kind: 'done', sighting: readSighting(questions, nonce, reply) };
  }
  const change = changes[Number(failure[1]) - 1];
  if (change === undefined) throw new GarbledReply('a step failed that was never sent');
  const complaint = reply.stderr.toString('utf8').split(`${nonce} STEP ${failure[1] ?? ''}\n`)[1];
  return {
    kind: 'failed',
    change,
    exitCode: Number(failure[2]),
    said: ending(complaint ?? '', 600),
  };
}
