/** What leaves a host of its WireGuard configuration: asked for real, with a private key planted. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { otherKeyMark, ownKeyMark, wireguardFile } from '../../src/facts/wireguard-file';
import { askAlone, freshDirectory } from './shell';

const own = randomBytes(32).toString('base64');
const other = randomBytes(32).toString('base64');
const directory = freshDirectory();
const configFile = join(directory, 'wg0.conf');
const keyFile = join(directory, 'wg0.key');

/** The text as it leaves the host. */
function seen(config: string): string {
  writeFileSync(configFile, config);
  writeFileSync(keyFile, `${own}\n`);
  const fact = wireguardFile(configFile, keyFile);
  const answer = askAlone(fact.question);
  const file = fact.parse(answer);
  if (file.kind === 'absent') throw new Error('the file was just written');
  return `${file.text}${answer.stderr}`;
}

/** No key of ours is in the text, nor all of it but its last character. */
function expectNoSecret(text: string): void {
  for (const key of [own, other]) expect(text).not.toContain(key.slice(0, 42));
}

test.each([
  ['the line of the key', `PrivateKey = ${own}`, `PrivateKey = ${ownKeyMark}`],
  ['the line of another key', `PrivateKey = ${other}`, `PrivateKey = ${otherKeyMark}`],
  ['no spaces', `PrivateKey=${own}`, `PrivateKey = ${ownKeyMark}`],
  ['many spaces', ` \tPrivateKey\t =  ${own} \t`, `PrivateKey = ${ownKeyMark}`],
  ['lower case', `privatekey = ${own}`, `PrivateKey = ${ownKeyMark}`],
  ['upper case', `PRIVATEKEY = ${own}`, `PrivateKey = ${ownKeyMark}`],
  ['a comment behind it', `PrivateKey = ${own} # mine`, `PrivateKey = ${ownKeyMark}`],
  ['a comment right behind it', `PrivateKey = ${own}#mine`, `PrivateKey = ${ownKeyMark}`],
  ['two keys in a line', `PrivateKey = ${own} ${other}`, `PrivateKey = ${otherKeyMark}`],
  ['a line feed of Windows', `PrivateKey = ${own}\r`, `PrivateKey = ${otherKeyMark}`],
  ['a comment', `# PrivateKey = ${own}`, '# PrivateKey = (hidden)'],
  ['a comment without a space', `#PrivateKey=${own}`, '#PrivateKey=(hidden)'],
  ['two old keys', `# ${own} ${other}`, '# (hidden) (hidden)'],
  ['two keys without a space', `# ${own}${other}`, '# (hidden)(hidden)'],
  ['a command', `PostUp = wg set %i private-key <(echo ${own})`, undefined],
  ['a command that quotes', `PostUp = printf "${own}" | base64 -d`, undefined],
  ['a path', `PostUp = touch /tmp/${own}`, undefined],
  ['a colour', `PostUp = printf '\u001b[31m${own}'`, undefined],
  ['a key with one more =', `# ${own}=`, undefined],
  ['a preshared key', `PresharedKey = ${other}`, 'PresharedKey = (hidden)'],
  ['a preshared key in lower case', `presharedkey=${other}`, 'presharedkey=(hidden)'],
  [
    'a public key with a comment',
    `PublicKey = ${other} # ${own}`,
    'PublicKey = (hidden) # (hidden)',
  ],
  // wg(8) takes all white space out of a line before it reads it.
  ['spaces that wg ignores', `Private Key = ${own}`, 'Private Key = (hidden)'],
])('a private key in %s stays on the host', (_, line, shown) => {
  const text = seen(`[Interface]\n${line}\nMTU = 1420\n`);
  expectNoSecret(text);
  if (shown !== undefined) expect(text).toBe(`[Interface]\n${shown}\nMTU = 1420\n`);
});

test('a private key between anything at all stays on the host', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom(own, other, '=', '/', '+', ' ', '\t', '\n', '#', '\n# ', '[Peer]\n', 'A'),
    fc.constantFrom('PrivateKey', 'PresharedKey', 'privatekey = ', '\nPrivateKey=', 'PostUp = '),
  );
  const config = fc
    .array(piece, { maxLength: 12 })
    .map((pieces) => [...pieces, own].join('').replaceAll('\0', ''));
  const property = fc.property(config, (text) => {
    expectNoSecret(seen(text));
  });
  fc.assert(property, { numRuns: 40 });
});

test('what is no secret is shown as it is', () => {
  const text = [
    '[Interface]',
    'Address = 10.50.0.1/24, fd50::1/64',
    'SaveConfig = true',
    'PostUp = iptables -A FORWARD -i %i -j ACCEPT; echo "a=b" c==',
    '# a comment = with an equals sign',
    '[Peer] # host-2',
    `PublicKey = ${other}`,
    'AllowedIPs = 0.0.0.0/0',
    '',
  ].join('\n');
  expect(seen(text)).toBe(text);
});

test.each([
  ['no line feed at the end', '[Interface]', '[Interface]\n'],
  ['nothing in it', '', '\n'],
  ['several line feeds at the end', '[Interface]\n\n\n', '[Interface]\n'],
])('a file with %s is read', (_, config, text) => {
  expect(seen(config)).toBe(text);
});

test('without a key file, no key is the key of this host', () => {
  writeFileSync(configFile, `PrivateKey = ${other}\n`);
  const fact = wireguardFile(configFile, join(directory, 'no-such.key'));
  expect(fact.parse(askAlone(fact.question))).toMatchObject({
    text: `PrivateKey = ${otherKeyMark}\n`,
  });
});

test('without a key file, an empty PrivateKey is not the key of this host', () => {
  writeFileSync(configFile, 'PrivateKey =\n');
  const fact = wireguardFile(configFile, join(directory, 'no-such.key'));
  expect(fact.parse(askAlone(fact.question))).toMatchObject({
    text: `PrivateKey = ${otherKeyMark}\n`,
  });
});
