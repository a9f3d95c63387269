/**
 * The schemas that files are checked by, for editors: the same ones, so that an editor and
 * `wgpush validate` never differ on a key.
 */
import type { Schema } from './schema';
import exceptions from './schemas/exceptions.schema.json';
import hosts from './schemas/hosts.schema.json';
import ignores from './schemas/ignores.schema.json';
import lock from './schemas/lock.schema.json';
import mesh from './schemas/mesh.schema.json';
import plan from './schemas/plan.schema.json';
import role from './schemas/role.schema.json';
import services from './schemas/services.schema.json';

const schemas: Readonly<Record<string, Schema>> = {
  ...{ hosts, mesh, services, exceptions, ignores, lock, role },
  plan,
};

/** What there is a schema of. */
export const schemaNames: readonly string[] = Object.keys(schemas);

/** A schema as a file; undefined where there is none of that name. */
export function schemaText(name: string): string | undefined {
  const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
  return schema === undefined ? undefined : `${JSON.stringify(schema, null, 2)}\n`;
}

/** Where the schemas are in an inventory that wgpush has made, beside the files that name them. */
export const schemaDirectory = '.schemas';

/** The first line of a file, by which an editor finds its schema. */
export function schemaComment(name: string, directory: string = schemaDirectory): string {
  return `# yaml-language-server: $schema=${directory}/${name}.schema.json\n`;
}

/** The schemas of the files that people write, by their paths in an inventory. */
export function schemaFiles(): ReadonlyMap<string, string> {
  const written = ['hosts', 'mesh', 'services', 'exceptions', 'ignores'];
  return new Map(
    written.map((name) => [`${schemaDirectory}/${name}.schema.json`, schemaText(name) ?? '']),
  );
}
