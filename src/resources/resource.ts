/**
 * A resource: the code that knows one kind of thing on a host.
 *
 * It reads top to bottom: its arguments, the facts it asks for, and how wanted and found differ. It
 * never runs anything; what it yields is data.
 */
import type { Change } from '../model/change';
import type { Check, CheckId } from '../model/check';
import type { Undo } from '../model/undo';
import type { Fact } from '../facts/fact';
import type { Seen } from '../facts/seen';

/** A JSON schema, as far as the resources use it (draft 2020-12). */
export type Schema = Readonly<Record<string, unknown>>;

type Facts = Readonly<Record<string, Fact<unknown>>>;
type Values<F extends Facts> = {
  readonly [Name in keyof F]: ReturnType<NonNullable<F[Name]>['parse']>;
};

export interface TextFileArg {
  readonly from: string;
  readonly to: string;
}

interface Definition<Args, F extends Facts> {
  /** Its name in a role: `systemd-unit`. */
  readonly kind: string;
  /** What a role may write. */
  readonly args: Schema;
  /** An argument that names a text file beside the role, and the one that its text becomes. */
  readonly textFile?: TextFileArg;
  /** What is wrong with arguments that have the right shape. */
  mistakes?(args: Args): Iterable<string>;
  /** What must be asked of the host. */
  facts(args: Args): F;
  /**
   * What differs, in the order it is to be changed.
   * @throws Refusal where going on would do harm.
   */
  diff?(args: Args, facts: Values<F>): Iterable<Change>;
  /** What its changes may touch. Without it they are never taken back. */
  undo?(args: Args): Undo;
  /** What its checks serve, for one that judges; also told where it can't be judged. */
  readonly serves?: CheckId;
  /**
   * What the answers prove of the network, for a resource that looks and changes nothing.
   * @param seen what the run has seen of all its hosts.
   */
  judge?(args: Args, facts: Values<F>, host: string, seen: Seen): Iterable<Check>;
}

/** Any resource, when it no longer matters which arguments it takes. */
export interface Resource {
  readonly kind: string;
  readonly args: Schema;
  readonly textFile: TextFileArg | undefined;
  /** Is it asked for verification only? */
  readonly isCheck: boolean;
  readonly serves: CheckId | undefined;
  /** What is wrong with arguments that have the right shape. */
  mistakes(args: unknown): readonly string[];
  bind(args: unknown): BoundResource;
}

/** A resource with its arguments. */
export interface BoundResource {
  readonly facts: readonly Fact<unknown>[];
  /** What its changes may touch; undefined: they are never taken back. */
  readonly undo: Undo | undefined;
  /** @throws UnexpectedAnswer from a parser of its facts, or a Refusal. */
  diff(valueOf: ValueOf): readonly Change[];
  /** @throws UnexpectedAnswer from a parser of its facts. */
  judge(valueOf: ValueOf, host: string, seen: Seen): readonly Check[];
}

/** Reads the answer to a fact that was asked. */
export type ValueOf = <T>(fact: Fact<T>) => T;

/** A change that must not be made on this host. The message is for the operator. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** A resource from its definition, with the types of its arguments and facts put aside. */
export function resource<Args, F extends Facts>(definition: Definition<Args, F>): Resource {
  return {
    kind: definition.kind,
    args: definition.args,
    textFile: definition.textFile,
    isCheck: definition.judge !== undefined,
    serves: definition.serves,
    // The schema has checked them.
    mistakes: (args) => [...(definition.mistakes?.(args as Args) ?? [])],
    bind(args) {
      // The schema has checked what the role says, and the references give what model values are.
      const checked = args as Args;
      // Made when they are first asked for: a question to a thousand peers is a long text.
      let made: F | undefined;
      const facts = (): F => (made ??= definition.facts(checked));
      const values = (valueOf: ValueOf): Values<F> => {
        const read = Object.entries(facts()).map(([name, fact]) => [name, valueOf(fact)]);
        // The same names with the values of the same facts.
        return Object.fromEntries(read) as Values<F>;
      };
      return {
        get facts() {
          return Object.values(facts());
        },
        get undo() {
          return definition.undo?.(checked);
        },
        diff: (valueOf) => [...(definition.diff?.(checked, values(valueOf)) ?? [])],
        judge: (valueOf, host, seen) => [
          ...(definition.judge?.(checked, values(valueOf), host, seen) ?? []),
        ],
      };
    },
  };
}
