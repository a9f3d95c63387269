/** A systemd unit: is it known, does it run, does it start at boot? */
import { sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';
import { JointQuestion } from './joint-question';

export interface UnitState {
  readonly isLoaded: boolean;
  /** `active`, `inactive`, `failed`, … as systemd(1) has them. */
  readonly activeState: string;
  readonly isEnabled: boolean;
  /** Is it kept from ever starting? */
  readonly isMasked: boolean;
  /** `static`, `generated`, …: there is nothing to enable. Undefined where it can be enabled. */
  readonly fixedState: string | undefined;
  /** Has systemd yet to read what its files say now? */
  readonly needsReload: boolean;
}

/** States of unit files that `systemctl enable` leaves as they are: systemctl(1), is-enabled. */
const fixedStates: readonly string[] = ['static', 'indirect', 'generated', 'transient'];

const showState = sh`systemctl show -p LoadState -p ActiveState -p UnitFileState -p NeedDaemonReload`;

export function unitState(unit: string): Fact<UnitState> {
  return {
    title: `the state of unit ${unit}`,
    question: new JointQuestion(showState, unit),
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
      const fileState = said.get('UnitFileState') ?? '';
      return {
        isLoaded: load === 'loaded',
        activeState,
        isEnabled: fileState === 'enabled',
        isMasked: fileState === 'masked',
        fixedState: fixedStates.includes(fileState) ? fileState : undefined,
        needsReload: said.get('NeedDaemonReload') === 'yes',
      };
    },
  };
}
