/** What hosts say of their packet filters, where a golden case would only repeat the text. */
import { UnexpectedAnswer } from '../../src/facts/fact';
import { otherFilters } from '../../src/facts/other-filters';
import { packetTable } from '../../src/facts/packet-table';

const said = (stdout: string, exitCode = 0) => ({ exitCode, stdout, stderr: '' });
const chain = (policy: string, ...rules: readonly string[]): string =>
  `table inet f {\n\tchain c {\n\t\ttype filter hook input priority filter; policy ${policy};\n${rules
    .map((rule) => `\t\t${rule}\n`)
    .join('')}\t}\n}`;

describe('a firewall beside ours', () => {
  const { parse } = otherFilters(['inet', 'wgpush']);

  it.each([
    ['by its policy', chain('drop', 'tcp dport 22 accept'), true],
    ['by a last rule', chain('accept', 'tcp dport 22 accept', 'drop'), true],
    ['by one that counts and logs', chain('accept', 'counter log prefix "no: " drop'), true],
    ['by one that rejects', chain('accept', 'reject with icmpx admin-prohibited'), true],
    ['not at all', chain('accept', 'tcp dport 22 ip saddr @banned drop'), false],
  ])('denies by default: %s', (_, listing, isRestrictive) => {
    expect(parse(said(listing)).chains).toMatchObject([{ family: 'inet', isRestrictive }]);
  });

  it('is none where nothing is said, and unknown where nft fails', () => {
    expect(parse(said(''))).toEqual({ chains: [], isLoadedAtBoot: false });
    expect(() => parse(said('', 1))).toThrow(UnexpectedAnswer);
  });
});

describe('the packet table', () => {
  const { parse } = packetTable('/etc/wgpush/firewall.nft', ['inet', 'wgpush']);

  it('is told from its file, whichever of them there is', () => {
    const none = { file: undefined, loaded: undefined, live: undefined };
    expect(parse(said('file:'))).toEqual(none);
    expect(parse(said('file:\nlive:\ntable inet wgpush {\n}'))).toEqual({
      ...none,
      live: 'table inet wgpush {\n}',
    });
    expect(parse(said('file:\nnonsense\nend of file\nloaded:\nlive:\ntable x'))).toEqual({
      file: 'nonsense\n',
      loaded: undefined,
      live: 'table x',
    });
  });

  it('is not taken for absent where it cannot be read', () => {
    expect(() => parse(said('file:', 1))).toThrow(UnexpectedAnswer);
  });
});
