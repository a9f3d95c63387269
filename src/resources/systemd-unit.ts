/** A systemd unit: does it run now, and does it start at boot? */
import { unitState } from '../facts/unit-state';
import { sh } from '../model/shell';
import { resource } from './resource';

interface Args {
  readonly unit: string;
  readonly enabled?: boolean;
  readonly running?: boolean;
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
    },
  },
  facts: ({ unit }: Args) => ({ state: unitState(unit) }),
  *diff({ unit, enabled, running }, { state }) {
    if (enabled !== undefined && enabled !== state.isEnabled) {
      yield {
        summary: enabled ? `start ${unit} at boot` : `do not start ${unit} at boot`,
        before: bootText(unit, state.isEnabled),
        after: bootText(unit, enabled),
        commands: [enabled ? sh`systemctl enable ${unit}` : sh`systemctl disable ${unit}`],
      };
    }
    const isRunning = state.activeState === 'active';
    if (running !== undefined && running !== isRunning) {
      yield {
        summary: running ? `start ${unit}` : `stop ${unit}`,
        before: `${unit} is ${state.activeState}`,
        after: `${unit} is ${running ? 'active' : 'inactive'}`,
        commands: [running ? sh`systemctl start ${unit}` : sh`systemctl stop ${unit}`],
      };
    }
  },
});

function bootText(unit: string, isEnabled: boolean): string {
  return `${unit} is ${isEnabled ? 'enabled' : 'disabled'}`;
}
