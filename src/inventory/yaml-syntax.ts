/** What the YAML parser could not read, in words for the person who wrote it. */
import type { YAMLError } from 'yaml';
import { printable } from '../model/secret';
import type { Problem } from '../model/problem';
import type { Place } from './yaml-node';

/** One slip early in a file makes the parser stumble over everything after it. */
const mostErrors = 20;

export function syntaxProblems(
  file: string,
  text: string,
  errors: readonly YAMLError[],
  placeAt: (offset: number) => Place,
): readonly Problem[] {
  const problem = (offset: number, message: string): Problem => ({
    file,
    ...placeAt(offset),
    message,
  });
  const conflict = /^(?:<{7}|>{7}|={7})(?: |$)/m.exec(text);
  if (conflict !== null) {
    return [problem(conflict.index, 'this is an unresolved merge conflict; keep one of its sides')];
  }
  const deep = errors.find(({ message }) => message.includes('call stack'));
  if (deep !== undefined) return [problem(deep.pos[0], 'this is nested too deeply')];
  const section = /^(?:\s*[#;].*\n|\s*\n)*\[[^\]\n]*\]\s*\n/.exec(text);
  if (section !== null && errors.length > 0) {
    return [problem(0, 'this is an INI file; its name must end in .ini')];
  }
  return errors
    .slice(0, mostErrors)
    .map((error) => problem(error.pos[0], `this is not YAML: ${messageOf(error)}`));
}

function messageOf({ code, message }: YAMLError): string {
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here, and a file holds one';
  if (code === 'BAD_SCALAR_START') return `${lowerFirst(message)}; put the text in quotes`;
  if (code === 'TAB_AS_INDENT') return 'a tab is no indentation; use spaces';
  return lowerFirst(printable(message).slice(0, 200));
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
