/**
 * Runs drift again and again in this process, and says after each run what it has cost and whether
 * every host was told of as `expected` has it. `bench/soak` makes the fleet.
 *
 * usage: soak-fleet DIRECTORY KNOWN-HOSTS RUNS          DIRECTORY has hosts.yaml and expected
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '../src/cli/command-line';

const [directory = '.', knownHosts = '', runs = '20'] = process.argv.slice(2);

interface Report {
  readonly durationMs: number;
  readonly hosts: readonly { readonly host: string; readonly outcome: string }[];
}

async function main(): Promise<void> {
  const expected = new Map(
    readFileSync(join(directory, 'expected'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line): [string, string] => [line.replace(/ .*/, ''), line.replace(/.* /, '')]),
  );
  console.log('run  exit  seconds  resident MiB  heap MiB  open files  wrong outcomes');
  for (let run = 1; run <= Number(runs); run += 1) {
    const { code, report } = await drift();
    const wrong = report.hosts
      .filter(({ host, outcome }) => outcome !== (expected.get(host) ?? 'unchanged'))
      .map(({ host, outcome }) => `${host} ${outcome}`);
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    const columns = [
      String(run).padStart(3),
      String(code).padStart(5),
      (report.durationMs / 1000).toFixed(1).padStart(8),
      (rss / 1048576).toFixed(0).padStart(13),
      (heapUsed / 1048576).toFixed(0).padStart(9),
      String(readdirSync('/proc/self/fd').length).padStart(11),
      wrong.join(', ') || 'none',
    ];
    console.log(columns.join(' '));
    if (wrong.length > 0) process.exitCode = 1;
  }
}

async function drift(): Promise<{ readonly code: number; readonly report: Report }> {
  const file = join(directory, 'report.json');
  const code = await commandLine([
    ...['drift', '--quiet', '--inventory', join(directory, 'hosts.yaml')],
    ...['--known-hosts', knownHosts, '--state', join(directory, 'state'), '--output', file],
  ]);
  return { code, report: JSON.parse(readFileSync(file, 'utf8')) as Report };
}

void main();
