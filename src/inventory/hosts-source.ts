/** The hosts file, whatever it is: YAML, INI, or a program that prints JSON (dynamic inventory). */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { ansibleScalar } from './ansible-scalar';
import { startOf } from './file-start';
import { readHostScript } from './host-script';
import { parseIni } from './ini-file';
import { parseYaml, readText, unreadable, type YamlFile } from './yaml-file';

/** Undefined where there is no such file. */
export async function readHostsSource(file: string, name: string): Promise<YamlFile | undefined> {
  const ending = path.extname(file);
  if (ending === '.toml') {
    return unreadable(name, 'a TOML inventory is not supported; write YAML or INI');
  }
  if (!/^\.(?:ya?ml|json|ini)$/.test(ending) && (await isProgram(file))) {
    if (await isExecutable(file)) return readHostScript(file, name);
    return unreadable(name, `this is a program, but it is not executable; chmod +x ${name}`);
  }
  return readText(file, name, parseHosts);
}

/** Reads the bytes of a hosts file that is no program. */
export function parseHosts(name: string, bytes: Uint8Array): YamlFile {
  const ending = path.extname(name);
  const isYaml = /^\.(?:ya?ml|json)$/.test(ending) || (ending === '' && looksLikeYaml(bytes));
  return isYaml ? parseYaml(name, bytes, { plainScalar: ansibleScalar }) : parseIni(name, bytes);
}

/** By its first line that says something; INI has no `key:` and no `---` there. */
function looksLikeYaml(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 64 * 1024)).toString('utf8');
  const line = start.split(/\r?\n/).find((each) => !/^\s*(?:[#;].*)?$/.test(each)) ?? '';
  return /^(?:---|%YAML|\{|["']?[^\s=[]+:(?:\s|$))/.test(line.trim());
}

/** A script, or what the system itself runs. */
async function isProgram(file: string): Promise<boolean> {
  return /^(?:#!|\u007fELF)/.test(await startOf(file, 4));
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
