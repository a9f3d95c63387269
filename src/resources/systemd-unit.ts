/** A systemd unit: does it run now, does it start at boot, or is it kept from ever starting? */
import { type UnitState, unitState } from '../facts/unit-state';
import type { Change } from '../model/change';
import { sh } from '../model/shell';
import { Refusal, resource } from './resource';

interface Args {
  readonly unit: string;
  readonly enabled?: boolean;
  readonly running?: boolean;
  readonly masked?: boolean;
}

export const systemdUnit = resource({
  kind: 'systemd-unit',
  args: {
    type: 'object',
    required: ['unit'],
    additionalProperties: false,
    properties: {
      unit: { description: 'The unit with its suffix: ssh.service.', type: 'string' },
      enabled: { description: 'Does it start at boot? Left alone if not given.', type: 'boolean' },
      running: { description: 'Does it run now? Left alone if not given.', type: 'boolean' },
      masked: {
        description: 'Is it kept from ever starting? Left alone if not given.',
        type: 'boolean',
      },
    },
  },
  *mistakes({ enabled, running, masked }: Args) {
    if (masked === true && (enabled === true || running === true)) {
      yield 'a unit that is masked can neither be enabled nor run';
    }
  },
  facts: ({ unit }: Args) => ({ state: unitState(unit) }),
  undo: ({ unit }) => ({ units: [unit] }),
  *diff({ unit, enabled, running, masked }, { state }) {
    // Of a masked unit systemd always says so; unmasking reads it anew.
    if (state.needsReload && !state.isMasked) {
      yield {
        summary: `let systemd read ${unit} anew`,
        before: `${unit} is what its files were`,
        after: `${unit} is what its files are`,
        commands: [sh`systemctl daemon-reload`],
      };
    }
    // What is to start must not be masked, whoever did it.
    const unmask = masked === false || enabled === true || running === true;
    if (state.isMasked && unmask) {
      yield {
        summary: `unmask ${unit}`,
        before: `${unit} is masked`,
        after: `${unit} is not masked`,
        commands: [sh`systemctl unmask ${unit}`],
      };
    }
    if (enabled !== undefined) yield* bootChange(unit, enabled, state);
    const isRunning = state.activeState === 'active';
    if (running !== undefined && running !== isRunning) {
      yield {
        summary: running ? `start ${unit}` : `stop ${unit}`,
        before: `${unit} is ${state.activeState}`,
        after: `${unit} is ${running ? 'active' : 'inactive'}`,
        commands: [running ? sh`systemctl start ${unit}` : sh`systemctl stop ${unit}`],
      };
    }
    if (masked === true && !state.isMasked) {
      yield {
        summary: `mask ${unit}`,
        before: `${unit} is not masked`,
        after: `${unit} is masked`,
        commands: [sh`systemctl mask ${unit}`],
      };
    }
  },
});

function* bootChange(unit: string, enabled: boolean, state: UnitState): Iterable<Change> {
  if (enabled === state.isEnabled) return;
  if (enabled && state.fixedState !== undefined) {
    throw new Refusal(
      `${unit} can't be enabled: it is ${state.fixedState}, so that others start it; leave "enabled" out`,
    );
  }
  yield {
    summary: enabled ? `start ${unit} at boot` : `do not start ${unit} at boot`,
    before: bootText(unit, state.isEnabled),
    after: bootText(unit, enabled),
    commands: [enabled ? sh`systemctl enable ${unit}` : sh`systemctl disable ${unit}`],
  };
}

function bootText(unit: string, isEnabled: boolean): string {
  return `${unit} is ${isEnabled ? 'enabled' : 'disabled'}`;
}
