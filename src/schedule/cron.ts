/** cron on the controller: the crontab of whoever runs this. */
import { execFile } from 'node:child_process';
import { SchedulerFailed } from './scheduler-failed';

/** Empty where there is none. @throws SchedulerFailed where it cannot be told. */
export async function readCrontab(): Promise<string> {
  const { code, stdout, stderr } = await crontab(['-l']);
  if (code === 0) return stdout;
  if (/no crontab/i.test(stderr)) return '';
  throw new SchedulerFailed(`crontab -l: ${stderr.trim()}`);
}

/** Takes an empty crontab away. */
export async function writeCrontab(text: string): Promise<void> {
  const { code, stderr } = await (text === '' ? crontab(['-r']) : crontab(['-'], text));
  if (code !== 0) throw new SchedulerFailed(`crontab: ${stderr.trim()}`);
}

function crontab(args: readonly string[], input = '') {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const env = { ...process.env, LC_ALL: 'C' };
    const child = execFile('crontab', args, { env, timeout: 60_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr: stderr || (error?.message ?? '') });
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
