/** systemd on the controller: puts units there, looks at them, and takes them away. */
import { execFile } from 'node:child_process';
import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SchedulerFailed } from './scheduler-failed';

const directory = '/etc/systemd/system';

/** The text of a unit's file; undefined without one. */
export async function unitText(unit: string): Promise<string | undefined> {
  return readFile(path.join(directory, unit), 'utf8').catch(() => undefined);
}

export async function isScheduled(timer: string): Promise<boolean> {
  const { ActiveState, UnitFileState } = await shown(timer, ['ActiveState', 'UnitFileState']);
  return ActiveState === 'active' && UnitFileState === 'enabled';
}

/** Puts the units of a timer there, and starts the timer, now and at boot. */
export async function installUnits(
  units: ReadonlyMap<string, string>,
  timer: string,
): Promise<void> {
  for (const [unit, text] of units) {
    const draft = path.join(directory, `.${unit}.wgpush`);
    await writeFile(draft, text);
    await chmod(draft, 0o644);
    await rename(draft, path.join(directory, unit));
  }
  await systemctl('daemon-reload');
  await systemctl('enable', '--quiet', timer);
  // One that runs would keep its old times.
  await systemctl('restart', timer);
}

/** Leaves nothing of them; a run that is at work ends in peace. */
export async function removeUnits(units: readonly string[], timer: string): Promise<void> {
  await systemctl('disable', '--quiet', '--now', timer);
  for (const unit of units) await rm(path.join(directory, unit), { force: true });
  // When the timer last ran is kept for Persistent=.
  await rm(path.join('/var/lib/systemd/timers', `stamp-${timer}`), { force: true });
  await systemctl('daemon-reload');
  await systemctl('reset-failed', ...units).catch(() => undefined);
}

/** Properties of a unit, as systemd words them. */
export async function shown(
  unit: string,
  properties: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const text = await systemctl('show', unit, `--property=${properties.join(',')}`);
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

function systemctl(...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('systemctl', args, { timeout: 60_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else
        reject(
          new SchedulerFailed(`systemctl ${args.join(' ')}: ${stderr.trim() || error.message}`),
        );
    });
  });
}
