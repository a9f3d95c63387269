/** Which wgpush this is. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** `0.1.0`. The path holds in `src/cli` and in the bundle, `dist/cli`. */
export function version(): string {
  const text = readFileSync(path.join(__dirname, '../../package.json'), 'utf8');
  // It is the package's own.
  return (JSON.parse(text) as { readonly version: string }).version;
}
