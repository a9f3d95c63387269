/** The value of a host's variable that counts, as something that can be read. */
import { type DeclaredHost, variableOf } from './groups';
import type { Reading } from './reading';
import { shown } from './wording';
import { items, problemAt, textOf, type YamlNode } from './yaml-node';

/**
 * The value that counts, under the first of its names that the host has; undefined without one.
 * @param isSecret what is wrong with it is told without the value.
 */
export function* find(
  host: DeclaredHost,
  names: readonly string[],
  { isSecret = false }: { readonly isSecret?: boolean } = {},
): Reading<YamlNode | undefined> {
  const node = names.map((name) => variableOf(host, name)).find((found) => found !== undefined);
  const vaulted = items(node).find(({ tag }) => tag === 'vault');
  if (vaulted !== undefined) {
    const message = `this value is encrypted by Ansible Vault, and wgpush needs it in the clear`;
    yield problemAt(vaulted, message);
    return undefined;
  }
  const template = items(node).find((item) => textOf(item)?.includes('{{') === true);
  if (template === undefined) return node;
  const found = isSecret ? 'the template' : shown(textOf(template) ?? '');
  yield problemAt(template, `templates are not read; write the value in place of ${found}`);
  return undefined;
}
