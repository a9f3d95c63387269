/** A systemd unit: is it known, does it run, does it start at boot? */
import { sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

export interface UnitState {
  readonly isLoaded: boolean;
  /** `active`, `inactive`, `failed`, … as systemd(1) has them. */
  readonly activeState: string;
  readonly isEnabled: boolean;
}

export function unitState(unit: string): Fact<UnitState> {
  return {
    title: `the state of unit ${unit}`,
    question: sh`systemctl show -p LoadState -p ActiveState -p UnitFileState ${unit}`,
    parse: (answer) => {
      const said = new Map(
        linesOf(answer.stdout).map((line): [string, string] => {
          const at = line.indexOf('=');
          return [line.slice(0, at), line.slice(at + 1)];
        }),
      );
      const load = said.get('LoadState');
      const activeState = said.get('ActiveState');
      if (answer.exitCode !== 0 || load === undefined || activeState === undefined) {
        throw new UnexpectedAnswer(`cannot ask systemd about ${unit}`, answer);
      }
      return {
        isLoaded: load === 'loaded',
        activeState,
        isEnabled: said.get('UnitFileState') === 'enabled',
      };
    },
  };
}
