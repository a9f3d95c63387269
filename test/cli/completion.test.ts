/** What `wgpush completion` prints, taken over by a real bash as a user's start-up file does. */
import { execFileSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

const bin = join(__dirname, '../../bin');

/** What bash offers when the last of the words is to be completed. */
function offered(...words: readonly string[]): readonly string[] {
  const script = `eval "$(wgpush completion)"
COMP_WORDS=(wgpush "$@")
COMP_CWORD=$#
"$(complete -p wgpush | sed 's/.* -F \\([^ ]*\\) .*/\\1/')"
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = {
    ...process.env,
    SHELL: '/bin/bash',
    PATH: [bin, process.env['PATH']].join(delimiter),
  };
  const said = execFileSync('bash', ['-c', script, 'bash', ...words], { env, encoding: 'utf8' });
  return said.split('\n').filter((line) => line !== '');
}

test.each<[string, readonly string[], readonly string[]]>([
  ['a command', ['dr'], ['drift']],
  ['a command of a command', ['schedule', ''], ['install', 'show', 'remove']],
  ['an option', ['drift', '--on'], ['--on-drift']],
  ['a value', ['plan', '--format', 's'], ['sarif']],
  ['nothing, where nothing begins so', ['xyz'], []],
])('completes %s', (_, words, expected) => {
  expect(offered(...words)).toEqual(expected);
});
