/** Tasks: the roles of a host with their values put in. What is wanted, before anybody has looked. */
import type { CheckId } from '../model/check';
import type { Host } from '../model/host';
import type { Role } from '../model/role';
import type { Script } from '../model/shell';
import { resources } from '../resources/closed-set';
import type { BoundResource } from '../resources/resource';
import { resolved, type Wanted } from './values';

export interface Task {
  readonly role: string;
  /** The resource's kind. */
  readonly resource: string;
  /** From 0. All hosts finish a stage before any begins the next. */
  readonly stage: number;
  /** Is it asked for verification only? */
  readonly isCheck: boolean;
  /** What its checks serve; undefined: it makes none. */
  readonly serves: CheckId | undefined;
  readonly bound: BoundResource;
}

/** The tasks of a host, in the order they are carried out. */
export function compile(host: Host, roles: readonly Role[], wanted: Wanted): readonly Task[] {
  let stage = 0;
  return roles
    .filter((role) => host.roles.includes(role.name))
    .sort((one, other) => host.roles.indexOf(one.name) - host.roles.indexOf(other.name))
    .flatMap((role) => {
      const tasks = role.tasks.map(({ resource: kind, args }): Task => {
        const resource = resources.get(kind);
        if (resource === undefined) throw new Error(`no resource ${kind}`);
        const bound = resource.bind(resolved(args, host, wanted));
        const { isCheck, serves } = resource;
        return { role: role.name, resource: kind, stage, isCheck, serves, bound };
      });
      if (role.barrier) stage += 1;
      return tasks;
    });
}

/** What must be asked of the host for these tasks, each question once. */
export function questions(tasks: readonly Task[]): readonly Script[] {
  const all = tasks.flatMap((task) => task.bound.facts.map((fact) => fact.question));
  return [...new Map(all.map((question) => [question.text, question])).values()];
}
