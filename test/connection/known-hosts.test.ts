import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describedKey } from '../../src/connection/host-key';
import { judge, knownKeyTypes, linesOf, parseKnownHosts } from '../../src/connection/known-hosts';

// Three keys; of a key, nothing but its type and its bytes matter here.
const ed = keyOf('ssh-ed25519', 1);
const otherEd = keyOf('ssh-ed25519', 2);
const rsa = keyOf('ssh-rsa', 3);

describe('a line speaks of', () => {
  const cases: [hosts: string, host: string, port: number, speaks: boolean][] = [
    ['db-1', 'db-1', 22, true],
    ['db-1', 'DB-1', 22, true],
    ['DB-1', 'db-1', 22, true],
    ['db-1', 'db-2', 22, false],
    ['db-1', 'db-11', 22, false],
    ['db-1,203.0.113.4', '203.0.113.4', 22, true],
    ['[db-1]:2222', 'db-1', 2222, true],
    ['[db-1]:2222', 'db-1', 22, false],
    ['[db-1]:22', 'db-1', 22, false],
    ['fd00::1', 'FD00:0::1', 22, true],
    ['[fd00::1]:2222', 'fd00::1', 2222, true],
    ['*.example.net', 'db.example.net', 22, true],
    ['*.example.net', 'example.net', 22, false],
    ['db-?', 'db-1', 22, true],
    ['db-?', 'db-', 22, false],
    ['*', 'anything', 22, true],
    ['*,!db-1', 'db-1', 22, false],
    ['!db-1,*', 'db-2', 22, true],
    ['!db-1', 'db-2', 22, false],
    ['[*]:2222', 'db-1', 2222, true],
    ['a.b', 'axb', 22, false],
    ['db+1', 'db+1', 22, true],
  ];
  test.each(cases)('%s: %s at port %d? %s', (hosts, host, port, speaks) => {
    const lines = parseKnownHosts(`${hosts} ${ed.text}\n`, 'f');
    expect(linesOf(lines, host, port).withPort).toHaveLength(speaks ? 1 : 0);
  });
});

test('lines that make no sense are skipped, and the others keep their numbers', () => {
  const text = [
    '',
    '# comment',
    `  # db-1 ${ed.text}`,
    'db-1',
    'db-1 ssh-ed25519',
    'db-1 ssh-ed25519 AAAA',
    `db-1 ssh-rsa ${ed.base64}`,
    'db-1 1024 35 1234567',
    `@unheard-of db-1 ${ed.text}`,
    `\t db-1\t${ed.text} root@db-1\r`,
    `@revoked db-1 ${rsa.text}`,
  ].join('\n');
  expect(parseKnownHosts(text, '/f')).toEqual([
    { place: '/f:10', marker: 'none', hosts: ['db-1'], type: 'ssh-ed25519', key: ed.key },
    { place: '/f:11', marker: 'revoked', hosts: ['db-1'], type: 'ssh-rsa', key: rsa.key },
  ]);
});

describe('the verdict is', () => {
  const of = (text: string, key: Buffer, port = 22) => {
    const verdict = judge(linesOf(parseKnownHosts(text, 'f'), 'db-1', port), describedKey(key));
    if ('line' in verdict) return `${verdict.kind} ${verdict.line.place}`;
    if ('lines' in verdict) return `${verdict.kind} ${verdict.lines.map((l) => l.place).join(' ')}`;
    return verdict.kind;
  };
  const cases: [title: string, text: string, verdict: string, port?: number][] = [
    ['unknown, where nothing is recorded', '', 'unknown'],
    ['unknown, where only others are recorded', `db-2 ${ed.text}`, 'unknown'],
    ['known, by the line that has the key', `# x\ndb-1 ${ed.text}`, 'known f:2'],
    ['known, by the second of two keys', `db-1 ${otherEd.text}\ndb-1 ${ed.text}`, 'known f:2'],
    ['known, beside keys of another type', `db-1 ${rsa.text}\ndb-1 ${ed.text}`, 'known f:2'],
    ['changed, where the key is another', `db-1 ${otherEd.text}`, 'changed f:1'],
    ['changed, where only another type is recorded', `db-1 ${rsa.text}`, 'changed f:1'],
    ['changed, with every line', `db-1 ${otherEd.text}\n* ${rsa.text}`, 'changed f:1 f:2'],
    ['revoked', `@revoked db-1 ${ed.text}`, 'revoked f:1'],
    ['revoked, though known', `db-1 ${ed.text}\n@revoked * ${ed.text}`, 'revoked f:2'],
    ['unknown, where another key is revoked', `@revoked * ${rsa.text}`, 'unknown'],
    ['certified, by an authority', `@cert-authority * ${rsa.text}`, 'certified f:1'],
    [
      'certified, where the key shown is the authority itself',
      `@cert-authority * ${ed.text}`,
      'certified f:1',
    ],
    ['known, beside an authority', `@cert-authority * ${rsa.text}\ndb-1 ${ed.text}`, 'known f:2'],
    ['known on another port, by the bare name', `db-1 ${ed.text}`, 'known f:1', 2222],
    [
      'unknown on another port, where the bare name has another key',
      `db-1 ${rsa.text}`,
      'unknown',
      2222,
    ],
    [
      'changed on another port, though the bare name has the key',
      `db-1 ${ed.text}\n[db-1]:2222 ${otherEd.text}`,
      'changed f:2',
      2222,
    ],
    ['revoked on another port, by the bare name', `@revoked db-1 ${ed.text}`, 'revoked f:1', 2222],
  ];
  test.each(cases)('%s', (...[, text, verdict, port]) => {
    expect(of(text, ed.key, port)).toBe(verdict);
  });
});

test('the types of key that are known of a host leave out revoked keys and authorities', () => {
  const text = `db-1 ${rsa.text}\n@revoked db-1 ${ed.text}\n@cert-authority * ${ed.text}\ndb-1 ${rsa.text}`;
  expect(knownKeyTypes(linesOf(parseKnownHosts(text, 'f'), 'db-1', 22))).toEqual(['ssh-rsa']);
});

test('any file and any name are judged as ssh-keygen -F judges them', () => {
  const directory = mkdtempSync(join(tmpdir(), 'wgpush-known-'));
  const file = join(directory, 'known_hosts');
  const name = fc.constantFrom('db-1', 'db-2', 'web.example.net', '203.0.113.7', 'fd00::1');
  const port = fc.constantFrom(22, 2222);
  const field = fc
    .tuple(name, port)
    .map(([host, at]) => (at === 22 ? host : `[${host}]:${String(at)}`));
  const pattern = fc.oneof(
    { weight: 4, arbitrary: field },
    fc.constantFrom(
      '*',
      'db-*',
      '!db-1',
      '!db-?',
      '*.example.net',
      '[*]:2222',
      '203.0.113.?',
      '?b-2',
    ),
  );
  const marker = fc.constantFrom('', '', '', '@revoked ', '@cert-authority ');
  const line = fc
    .tuple(marker, fc.array(pattern, { minLength: 1, maxLength: 3 }), fc.constantFrom(ed, otherEd))
    .map(([mark, patterns, key]) => `${mark}${patterns.join(',')} ${key.text}`);
  const hashable = fc.tuple(field, fc.constantFrom(ed, otherEd));

  try {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 5 }),
        fc.array(hashable, { maxLength: 3 }),
        name,
        port,
        (lines, plain, host, at) => {
          writeFileSync(file, plain.map(([hosts, key]) => `${hosts} ${key.text}\n`).join(''));
          if (plain.length > 0)
            execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
          writeFileSync(file, `${readFileSync(file, 'utf8')}${lines.join('\n')}\n`);
          const wanted = at === 22 ? host : `[${host}]:${String(at)}`;
          const ours = linesOf(parseKnownHosts(readFileSync(file, 'utf8'), ''), host, at).withPort;
          expect(ours.map((found) => Number(found.place.slice(1)))).toEqual(
            foundByKeygen(file, wanted),
          );
        },
      ),
      { numRuns: 60 },
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
});

function foundByKeygen(file: string, name: string): readonly number[] {
  let output = '';
  try {
    output = execFileSync('ssh-keygen', ['-F', name, '-f', file], { encoding: 'utf8' });
  } catch {
    // It exits with 1 where it finds nothing.
  }
  return [...output.matchAll(/^# Host .* found: line (\d+)/gm)].map((match) => Number(match[1]));
}

function keyOf(type: string, seed: number) {
  const string = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  const words =
    type === 'ssh-rsa'
      ? [Buffer.from([1, 0, 1]), Buffer.alloc(128, seed)]
      : [Buffer.alloc(32, seed)];
  const key = Buffer.concat([Buffer.from(type), ...words].map(string));
  const base64 = key.toString('base64');
  return { key, base64, text: `${type} ${base64}` };
}
