/**
 * A plan: everything that has to change on one host, as complete data. Executing it leaves no
 * choice; what a dry run prints is what an apply runs.
 */
import { type Fact, UnexpectedAnswer } from '../facts/fact';
import { answerTo, type Answers } from '../facts/questionnaire';
import type { Seen } from '../facts/seen';
import type { PlannedChange } from '../model/change';
import type { Check } from '../model/check';
import type { Task } from './task';

/**
 * Where wanted and found differ.
 * @throws UnexpectedAnswer, Refusal: then there is no plan for this host.
 */
export function compare(tasks: readonly Task[], answers: Answers): readonly PlannedChange[] {
  const changes = tasks.flatMap(({ role, resource, bound }) =>
    bound.diff(reader(answers)).map((change) => ({ ...change, role, resource, undo: bound.undo })),
  );
  const roles = [...new Set(tasks.map(({ role }) => role))];
  return roles.flatMap((role) => deferred(changes.filter((change) => change.role === role)));
}

/** What is deferred goes to the end of its role, and the same thing is done once. */
function deferred(changes: readonly PlannedChange[]): readonly PlannedChange[] {
  const late = changes.filter(({ isDeferred }) => isDeferred === true);
  const once = new Map(late.map((change) => [change.summary, change]));
  return [...changes.filter((change) => !late.includes(change)), ...once.values()];
}

/**
 * What the answers prove. One that is not understood proves nothing, and hinders no other task.
 * @param seen what the run has seen of all its hosts.
 */
export function judge(
  host: string,
  tasks: readonly Task[],
  answers: Answers,
  seen: Seen,
): readonly Check[] {
  return tasks.flatMap(({ role, resource, serves, bound }): readonly Check[] => {
    try {
      return bound.judge(reader(answers), host, seen);
    } catch (error) {
      if (!(error instanceof UnexpectedAnswer)) throw error;
      const title = `${host} answers the ${resource} of role ${role}`;
      return [{ id: serves ?? 'INV-1', host, title, status: 'skip', evidence: error.message }];
    }
  });
}

function reader(answers: Answers): <T>(fact: Fact<T>) => T {
  return (fact) => fact.parse(answerTo(fact.question, answers));
}
