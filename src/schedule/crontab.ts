/** A crontab with one job of ours in it: crontab(5). All other lines stay as they are. */

export interface CronJob {
  /** The absolute path of the inventory. */
  readonly inventory: string;
  /** The five fields of time. */
  readonly time: string;
  /** A line for sh. */
  readonly command: string;
}

/** The crontab with the job; the same text where it has it already. */
export function withJob(crontab: string, { inventory, time, command }: CronJob): string {
  // An unescaped percent sign would end the command.
  const lines = [markOf(inventory), `${time} ${command.replaceAll('%', '\\%')}`];
  const before = linesOf(crontab);
  const index = before.indexOf(markOf(inventory));
  if (index === -1) return textOf([...before, ...lines]);
  return textOf([...before.slice(0, index), ...lines, ...before.slice(index + 2)]);
}

/** The crontab without the job of an inventory. */
export function withoutJob(crontab: string, inventory: string): string {
  const lines = linesOf(crontab);
  const index = lines.indexOf(markOf(inventory));
  return index === -1 ? crontab : textOf([...lines.slice(0, index), ...lines.slice(index + 2)]);
}

/** Its line, or undefined. */
export function jobIn(crontab: string, inventory: string): string | undefined {
  const lines = linesOf(crontab);
  const index = lines.indexOf(markOf(inventory));
  return index === -1 ? undefined : lines[index + 1];
}

function markOf(inventory: string): string {
  return `# wgpush drift of ${inventory}`;
}

function linesOf(text: string): readonly string[] {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .slice(text === '' ? 1 : 0);
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
