/**
 * The way to a host: straight there, or through jump hosts (ProxyJump of ssh_config(5)).
 *
 * A jump host is logged in to once, however many hosts are behind it: sshd lets in ten logins at a
 * time and drops more (MaxStartups). That connection ends with the last that goes through it.
 */
import type { Jump } from '../model/host';
import type { Transport } from './channel';
import { Unreachable } from './connection';

export type Place = Pick<Jump, 'host' | 'port'>;

/** A host that has let us in. `Path` is what leads on to another host, as who logs in wants it. */
export interface Entered<Path> {
  readonly transport: Transport;
  /** Where it is a jump host. @throws Unreachable where it passes nothing on. */
  pass(to: Place): Promise<Path>;
}

export interface Way<Path> {
  /** Tells it from others: behind another jump host, a host of the same address is another. */
  readonly name: string;
  /** @throws Unreachable where a jump host passes nothing on. */
  open(to: Place): Promise<Path>;
  /** Is a jump host gone that was there? Then whoever comes next logs in to it anew. */
  isLost(): Promise<boolean>;
  /** To be called when what was opened has ended. */
  leave(): Promise<void>;
}

export interface Ways<Path> {
  /** @throws Unreachable where a jump host is not to be had; the message names it. */
  through(jumps: readonly Jump[]): Promise<Way<Path>>;
}

/** A jump host that is being logged in to, or was, and how many go through it. */
interface Passage<Path> {
  readonly opened: Promise<Entered<Path>>;
  users: number;
  /** The next one logs in anew. */
  readonly forget: () => void;
}

/** @param logIn how a jump host is logged in to, over a way that leads to it. */
export function newWays<Path>(
  straight: (to: Place) => Promise<Path>,
  logIn: (jump: Jump, way: Way<Path>) => Promise<Entered<Path>>,
): Ways<Path> {
  const passages = new Map<string, Passage<Path>>();

  const open = async (jumps: readonly Jump[], last: Jump): Promise<Entered<Path>> => {
    const way = await through(jumps.slice(0, -1));
    try {
      const entered = await logIn(last, way);
      // What it goes through is left with it, whoever ends it.
      void entered.transport.ended.then(() => way.leave());
      return entered;
    } catch (error) {
      await way.leave();
      if (!(error instanceof Unreachable)) throw error;
      throw new Unreachable(`jump host ${last.host}: ${error.message}`, { cause: error });
    }
  };

  const enter = (key: string, jumps: readonly Jump[], last: Jump): Passage<Path> => {
    const opened = open(jumps, last);
    const forget = (): void => {
      if (passages.get(key) === passage) passages.delete(key);
    };
    const passage: Passage<Path> = { opened, users: 0, forget };
    passages.set(key, passage);
    // Whoever comes after it was lost logs in anew.
    opened.then(({ transport }) => transport.ended).then(forget, forget);
    return passage;
  };

  const through = async (jumps: readonly Jump[]): Promise<Way<Path>> => {
    const last = jumps.at(-1);
    if (last === undefined) return { ...direct, open: straight };
    const name = JSON.stringify(jumps);
    const passage = passages.get(name) ?? enter(name, jumps, last);
    passage.users += 1;
    const entered = await passage.opened;
    return {
      name,
      open: (to) => entered.pass(to),
      isLost: async () => {
        if (await entered.transport.stands()) return false;
        passage.forget();
        return true;
      },
      leave: async () => {
        passage.users -= 1;
        if (passage.users > 0) return;
        passage.forget();
        await entered.transport.close();
      },
    };
  };

  return { through };
}

const direct = {
  name: 'direct',
  isLost: () => Promise.resolve(false),
  leave: () => Promise.resolve(),
};
