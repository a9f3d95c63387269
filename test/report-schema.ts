/** The published schema of `--format json`, as a check. */
import Ajv2020 from 'ajv/dist/2020';
import schema from '../src/report/report.schema.json';

/** Throws where the document is not as the schema has it. */
export function checkReport(document: unknown): void {
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  if (!validate(document)) throw new Error(JSON.stringify(validate.errors, null, 2));
}
