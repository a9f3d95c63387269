/** Programs and schemas of others that read our reports, as checks: each throws what it objects to. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv';

/** What python3-junitparser reads: suites with their cases. */
export interface ReadSuite {
  readonly name: string;
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
  readonly cases: readonly {
    readonly name: string;
    readonly classname: string;
    readonly results: readonly { readonly kind: string; readonly message: string | null }[];
    readonly out: string | null;
  }[];
}

const readJunit = `
import json, sys
from junitparser import JUnitXml
def case(c):
    results = [{'kind': type(r).__name__, 'message': r.message} for r in c.result]
    return {'name': c.name, 'classname': c.classname, 'results': results, 'out': c.system_out}
def suite(s):
    numbers = {k: getattr(s, k) for k in ('name', 'tests', 'failures', 'errors', 'skipped')}
    return {**numbers, 'cases': [case(c) for c in s]}
print(json.dumps([suite(s) for s in JUnitXml.fromstring(sys.stdin.buffer.read())]))
`;

export function junitSuites(report: string): readonly ReadSuite[] {
  // Debian's own python has it, whichever python stands first in PATH.
  const text = execFileSync('/usr/bin/python3', ['-c', readJunit], {
    input: report,
    encoding: 'utf8',
    stdio: 'pipe',
  });
  // Written by the program above.
  return JSON.parse(text) as readonly ReadSuite[];
}

let sarifSchema: ((document: unknown) => void) | undefined;

export function checkSarif(document: unknown): void {
  sarifSchema ??= compiledSarif();
  sarifSchema(document);
}

/** The schema is of draft 4; what ajv's draft 7 reads otherwise of it is `id`, which nothing refers to. */
function compiledSarif(): (document: unknown) => void {
  const file = join(__dirname, 'sarif/sarif-2.1.0.schema.json');
  const schema = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  delete schema['id'];
  delete schema['$schema'];
  const options = { strict: false, validateFormats: false, unicodeRegExp: false };
  const validate = new Ajv({ allErrors: true, ...options }).compile(schema);
  return (document) => {
    if (!validate(document)) throw new Error(JSON.stringify(validate.errors, null, 2));
  };
}

/** Where test/setup puts it: the package would start a server. */
const promtool = join(homedir(), '.cache/wgpush-test/promtool');

/** Every complaint is one, also of style. */
export function checkMetrics(report: string): void {
  const directory = mkdtempSync(join(tmpdir(), 'wgpush-metrics-'));
  const file = join(directory, 'metrics');
  writeFileSync(file, report);
  try {
    const command = '"$1" check metrics <"$2" 2>&1';
    const said = execFileSync('sh', ['-c', command, 'sh', promtool, file], { encoding: 'utf8' });
    if (said !== '') throw new Error(said);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
