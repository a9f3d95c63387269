/** Days as the inventory writes them, `YYYY-MM-DD`; YAML's core schema leaves them texts. */
import type { Reading } from './reading';
import { shown } from './wording';
import { problemAt, textOf, type YamlNode } from './yaml-node';

/** Is it a day that the calendar has? */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  // Date.parse takes the 30th of February for a day in March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Reads a day; empty where there is none, which the schema has said. */
export function* readDate(node: YamlNode | undefined): Reading<string> {
  const text = textOf(node);
  if (node === undefined || text === undefined) return '';
  if (!isDate(text)) yield problemAt(node, `${shown(text)} is not a date such as 2027-03-31`);
  return text;
}
