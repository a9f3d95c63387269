/** Sessions, with the names of the peers. */
import { wireguardSessions } from '../../src/facts/wireguard-sessions';
import { meshOf } from '../../src/model/mesh';
import { handshakesOf } from '../../src/verify/handshakes';
import { hostNamed, inventoryOf, keyOf, lockOf } from '../model/fleet';

const inventory = inventoryOf(['a', 'b'].map((name) => hostNamed(name)));
const mesh = meshOf(inventory, lockOf(inventory));
const { question } = wireguardSessions('wg0');
const answers = (stdout: string, exitCode = 0) =>
  new Map([['a', new Map([[question.text, { exitCode, stdout, stderr: '' }]])]]);

test('a peer has its name, and its key where nobody of that key is declared', () => {
  const stranger = keyOf('a stranger');
  const said = [
    'clock 1000',
    'address 10.50.0.1',
    `own ${keyOf('a')} 51820`,
    `session ${stranger} (none) (none) never 0 0`,
    `session ${keyOf('b')} [2001:db8::12]:51820 10.50.0.2/32 41 92 148`,
  ];
  expect(handshakesOf(answers(said.join('\n')), 'wg0', mesh)).toEqual(
    [
      {
        host: 'a',
        peer: stranger,
        endpoint: null,
        ageSeconds: null,
        receivedBytes: 0,
        sentBytes: 0,
      },
      {
        host: 'a',
        peer: 'b',
        endpoint: '[2001:db8::12]:51820',
        ageSeconds: 41,
        receivedBytes: 92,
        sentBytes: 148,
      },
    ].sort((one, other) => (one.peer < other.peer ? -1 : 1)),
  );
});

test.each([
  ['the interface is not there', 'absent', 0],
  ['wg cannot be asked', '', 1],
  ['the answer is not understood', 'clock 1000', 0],
])('none where %s', (_, stdout, exitCode) => {
  expect(handshakesOf(answers(stdout, exitCode), 'wg0', mesh)).toEqual([]);
});
