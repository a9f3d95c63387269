/** Programs that print an inventory, and whatever else they may do. */
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { readHostScript } from '../../src/inventory/host-script';
import { problemText } from '../../src/model/problem';
import { directoryOf } from './directory';

const limits = { timeoutMs: 500, bytes: 100_000 };

async function problemsOf(script: string): Promise<readonly string[]> {
  const directory = directoryOf({ hosts: `#!/bin/sh\n${script}\n` });
  chmodSync(path.join(directory, 'hosts'), 0o755);
  const { problems } = await readHostScript(path.join(directory, 'hosts'), 'hosts', limits);
  return problems.map(problemText);
}

test.each([
  ['exec sleep 60', /did not end within 1 s/],
  ['sleep 60 & wait', /did not end within 1 s/],
  ['exec yes', /prints more than 0\.\d+ MiB/],
  ['kill -9 $$', /ended by a signal, and said nothing/],
  ['exit 1', /ended with 1, and said nothing/],
  ['printf "\\033[31mred\\n" >&2; exit 2', /ended with 2: \\x1b\[31mred$/],
  ['cat', /does not print JSON; it ends with: nothing/],
  ['echo "["', /does not print JSON/],
  ['echo 5', /a JSON object of groups, .*; found 5$/],
  ['echo \'{"a": {"hosts": ["x"], "vars": 5}}\'', undefined],
  ['[ $1 = --list ] && echo \'{"a": ["x"]}\' || exit 7', /called with --host x, ended with 7/],
])('%s', async (script, message) => {
  const [first, ...others] = await problemsOf(script);
  expect(others).toEqual([]);
  if (message === undefined) expect(first).toBeUndefined();
  else expect(first).toMatch(message);
});

test('what is no program is a mistake', async () => {
  const directory = directoryOf({ hosts: '#!/no/such/interpreter\n' });
  chmodSync(path.join(directory, 'hosts'), 0o755);
  const { problems } = await readHostScript(path.join(directory, 'hosts'), 'hosts', limits);
  expect(problems.map(problemText)).toEqual([
    "hosts:1:1: this program, called with --list, can't be run (ENOENT)",
  ]);
});
