/**
 * Builds the program, one file with all it needs: `node esbuild.config.mjs`.
 *
 * The functions that check values by the schemas are made here and not in every run; a module of
 * them takes the place of src/inventory/validator.ts. And what V8 makes of the program is kept beside it
 * (see bin/program.js), from a run that compiles what most runs need.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';

const node = { bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' };

await build({
  ...node,
  entryPoints: ['src/cli/main.ts'],
  outfile: 'dist/cli/main.js',
  charset: 'ascii',
  external: ['cpu-features', '*.node'],
  minifySyntax: true,
  minifyWhitespace: true,
  plugins: [{ name: 'validators', setup: replaceValidator }],
});

keepCompiled('dist/cli/main.js', ['validate', '--inventory', 'inventory/complete', '--quiet']);

/** Runs a command, and keeps what V8 has compiled for it. */
function keepCompiled(file, args) {
  const text = `
const { exports, keep } = require('./bin/program.js').load(require('node:path').resolve('${file}'));
process.on('exit', keep);
exports.main(${JSON.stringify(args)});`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', text], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
}

function replaceValidator({ onLoad }) {
  onLoad({ filter: /inventory\/validator\.ts$/ }, async () => ({
    contents: await validators(),
    loader: 'js',
    resolveDir: import.meta.dirname,
  }));
}

/**
 * The text of a module that finds the function of a schema by the text of the schema. One that was
 * not there now is compiled when it is used.
 */
async function validators() {
  const { schemas, settings } = await program();
  const ajv = new Ajv({ ...settings, code: { source: true } });
  const names = schemas.map((schema, index) => {
    const name = `schema${String(index)}`;
    ajv.addSchema(schema, name);
    return [name, name];
  });
  const table = schemas.map((schema, index) => [JSON.stringify(schema), `schema${String(index)}`]);
  return `${standalone(ajv, Object.fromEntries(names))}
const names = new Map(${JSON.stringify(table)});
const known = new WeakMap();
const compiled = (schema) => new (require('ajv').Ajv)(${JSON.stringify(settings)}).compile(schema);
exports.validatorOf = (schema) => {
  if (!known.has(schema)) {
    known.set(schema, exports[names.get(JSON.stringify(schema))] ?? compiled(schema));
  }
  return known.get(schema);
};`;
}

/** What the program's own sources say of schemas. */
async function program() {
  const { outputFiles } = await build({
    ...node,
    stdin: {
      contents: `
import { settings } from './src/inventory/validator';
import { variablesSchema } from './src/inventory/hosts-file';
import { schemaNames, schemaText } from './src/inventory/published-schemas';
import { resources } from './src/resources/closed-set';
const published = schemaNames.map((name) => JSON.parse(schemaText(name)));
const args = [...resources.values()].map((resource) => resource.args);
module.exports = { settings, schemas: [...published, variablesSchema, ...args] };`,
      resolveDir: import.meta.dirname,
    },
    packages: 'external',
    write: false,
  });
  const module = { exports: {} };
  const require = createRequire(import.meta.url);
  new Function('module', 'exports', 'require', outputFiles[0].text)(
    module,
    module.exports,
    require,
  );
  return module.exports;
}
