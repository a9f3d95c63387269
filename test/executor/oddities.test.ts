/** What is told of a host that is odd, and from when on. */
import { odditiesOf } from '../../src/executor/oddities';
import { hostNamed } from '../model/fleet';

const { login } = hostNamed('a');
const span = { fromMs: 1_000_000_000, toMs: 1_000_004_000 };

function told(clock: number, loginShellMs = 10): string {
  const reply = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), exitCode: 0, loginShellMs };
  return odditiesOf(login, clock, { reply, span })
    .map(({ about, warning }) => `${about}: ${warning.split(';')[0] ?? ''}`)
    .join(', ');
}

test.each([
  ['the same', 1_000_002, ''],
  ['30 s ahead', 1_000_034, ''],
  ['31 s ahead', 1_000_035, "clock: its clock is 31 s ahead of the controller's"],
  ['30 s behind', 999_970, ''],
  ['119 s behind', 999_881, "clock: its clock is 119 s behind the controller's"],
  ['7 min behind', 999_580, "clock: its clock is 7 min behind the controller's"],
  ['years behind', 0, "clock: its clock is 16667 min behind the controller's"],
])('a clock that is %s', (_, clock, warning) => {
  expect(told(clock)).toBe(warning);
});

test('a login shell is told of when it takes more than a second', () => {
  expect(told(1_000_002, 1000)).toBe('');
  expect(told(1_000_002, 1449)).toBe(
    "login-shell: root's login shell takes 1.4 s to begin, for every script anew",
  );
  expect(told(0, 2000)).toMatch(/^clock: .*, login-shell: root's login shell takes 2\.0 s/);
});
