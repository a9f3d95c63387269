/** Hosts try the doors of each other: over the connections that there are, one script more for each. */
import { type DoorReplies, doorReplies } from '../facts/door-replies';
import { UnexpectedAnswer } from '../facts/fact';
import { ownAddresses } from '../facts/own-addresses';
import { answerTo, type Answers } from '../facts/questionnaire';
import { seenOf } from '../facts/seen';
import type { Assignment } from '../executor/inspection';
import { type Look, lookAt, type Means } from '../executor/look';
import type { Check } from '../model/check';
import { groupedBy } from '../model/grouping';
import { meshIn } from '../plan/values';
import { callsOf } from '../verify/calls';
import { handshakesOf } from '../verify/handshakes';
import { type Answered, judgeCalls } from '../verify/other-hosts';
import { subjectOf } from '../verify/subject';
import type { UndeclaredPorts } from '../verify/undeclared-doors';

/** Of one script: a host is some hundred doors' neighbour, and 256 of them take two seconds. */
const scriptTimeoutMs = 120_000;

/** @param answers of the hosts that could be asked; the others neither try nor are tried. */
export async function checksFromOtherHosts(
  { wanted, hosts }: Assignment,
  means: Means,
  answers: ReadonlyMap<string, Answers>,
  undeclared: ReadonlyMap<string, UndeclaredPorts>,
): Promise<readonly Check[]> {
  const said = [...answers].map(
    ([host, each]) => [host, { answers: each, span: undefined }] as const,
  );
  const seen = seenOf(new Map(said), new Set());
  const subjects = hosts.map((host) => {
    const told = seen.tells(host.name, ownAddresses());
    const ports = undeclared.get(host.name) ?? { kind: 'untold', why: 'it was not asked' };
    return subjectOf(host, wanted, told === 'unasked' ? undefined : told, ports);
  });
  const { calls, uncalled } = callsOf(subjects.filter(({ host }) => answers.has(host)));
  const byCaller = new Map(groupedBy(calls, ({ from }) => from).map((own) => [own[0].from, own]));
  const factOf = (from: string) => doorReplies(byCaller.get(from) ?? []);
  const callers = hosts.filter(({ name }) => byCaller.has(name));
  const bounded = { ...means, timeoutMs: scriptTimeoutMs };
  const looks =
    callers.length === 0
      ? new Map<string, Look>()
      : await lookAt(callers, ({ name }) => [factOf(name).question], bounded, 'knock');
  const answered = [...byCaller].flatMap(([from, own]) => {
    const told = repliesIn(from, factOf(from), looks.get(from));
    return own.map((call, index): Answered => ({
      call,
      replies: typeof told === 'string' ? told : (told[index] ?? 'it was left out'),
    }));
  });
  const network = wanted.inventory.network.interface;
  return judgeCalls(subjects, uncalled, answered, handshakesOf(answers, network, meshIn(wanted)));
}

/** What a host has found, call by call; or why it found nothing. */
function repliesIn(
  from: string,
  { question, parse }: ReturnType<typeof doorReplies>,
  look: Look | undefined,
): readonly DoorReplies[] | string {
  if (look?.kind !== 'seen') return `${from} could not be asked to try`;
  try {
    const told = parse(answerTo(question, look.sighting.answers));
    return told ?? `there is neither bash nor nc on ${from} to connect with`;
  } catch (error) {
    if (!(error instanceof UnexpectedAnswer)) throw error;
    return `${from}: ${error.message}`;
  }
}
