/**
 * The function that checks a value by a schema.
 *
 * In the built program another file stands in the place of this one, with the functions of all its
 * schemas ready (esbuild.config.mjs): to load a compiler and to compile took longer than all the rest
 * of a `validate`.
 */
import { Ajv, type ValidateFunction } from 'ajv';

// A test checks the schemas themselves; and a schema is used for a few small values, for which it is
// not worth while to optimize its code.
export const settings = {
  allErrors: true,
  verbose: true,
  allowUnionTypes: true,
  validateSchema: false,
} as const;

const ajv = new Ajv({ ...settings, code: { optimize: false } });
const validators = new WeakMap<object, ValidateFunction>();

export function validatorOf(schema: object): ValidateFunction {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const made = ajv.compile(schema);
  validators.set(schema, made);
  return made;
}
