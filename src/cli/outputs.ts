/** Where a report goes: to stdout, or to the files that were asked for, each whole or not at all. */
import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { createColors } from 'picocolors';
import { replaceFile } from '../inventory/replace-file';
import { systemErrorCode } from '../inventory/system-error';
import type { RunOutcome } from '../model/outcome';
import { rendered } from '../report/rendered';
import { summaryLine } from '../report/text';
import type { Options, Output } from './options';
import { printText } from './print';
import { UsageError } from './usage-error';

/** Before anything is done for a report that nobody would get. @throws UsageError */
export async function checkOutputs(outputs: readonly Output[]): Promise<void> {
  const files = outputs.map(({ file }) => path.resolve(file));
  for (const [index, file] of files.entries()) {
    const shown = outputs[index]?.file ?? file;
    if (files.indexOf(file) < index) throw new UsageError(`--output ${shown} is given twice`);
    await checkWritable('--output', shown);
  }
}

/** @param option that the file was given by. @throws UsageError where it can't be, as far as is known. */
export async function checkWritable(option: string, file: string): Promise<void> {
  const trouble = await troubleWith(path.resolve(file));
  if (trouble !== undefined) throw new UsageError(`${option} ${file}: ${trouble}`);
}

/** Says whether every file has its report; what could not be written is printed on stdout. */
export async function deliver(run: RunOutcome, options: Options): Promise<boolean> {
  const { outputs, format, color } = options;
  const text = { diff: options.diff, commands: options.verbose };
  if (outputs.length === 0) {
    await printText(rendered(run, format, { ...text, colors: createColors(color) }));
    return true;
  }
  let isDelivered = true;
  for (const output of outputs) {
    const report = rendered(run, output.format, { ...text, colors: createColors(false) });
    const refusal = await written(output.file, report);
    if (refusal === undefined) continue;
    process.stderr.write(`wgpush: ${output.file} cannot be written (${refusal})\n`);
    // A second document on stdout could be read by no program.
    if (isDelivered) await printText(report);
    isDelivered = false;
  }
  if (!options.quiet) process.stderr.write(`${summaryLine(run)}\n`);
  return isDelivered;
}

async function troubleWith(file: string): Promise<string | undefined> {
  try {
    const target = await realpath(file).catch(() => file);
    const directory = path.dirname(target);
    if (!(await stat(directory)).isDirectory()) return 'its directory is a file';
    await access(directory, constants.W_OK | constants.X_OK);
    // A file is replaced: where a device stood, or a pipe, there would be one no more.
    const found = await stat(target).catch(() => undefined);
    return found === undefined || found.isFile() ? undefined : 'it is there and is no plain file';
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    return code === 'ENOENT' ? 'there is no such directory' : `it cannot be written (${code})`;
  }
}

/** What the system refused it with; undefined: it is written. */
async function written(file: string, report: string): Promise<string | undefined> {
  try {
    await replaceFile(path.resolve(file), report);
    return undefined;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    return code;
  }
}
