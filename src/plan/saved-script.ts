/** What a host has saved before its last push, and how it stands with it. */
import { GarbledReply, program } from '../facts/questionnaire';
import { printable } from '../model/secret';
import { type Script, sh } from '../model/shell';
import { undoCommand, undoScriptPath } from './undo-script';

export interface Saved {
  /** `none`: nothing is saved, as no push that can be taken back has been made. */
  readonly state: 'none' | 'armed' | 'confirmed' | 'restoring' | 'restored' | 'failed';
  /** The nonce of the push. */
  readonly token: string;
  /** When, in seconds since 1970, by the clock of the host. */
  readonly savedAt: number;
  /** What there is to go back to, a line each. */
  readonly contents: string;
  /** All that it has told, word for word. */
  readonly said: string;
}

export const savedScript: Script = program(sh`printf '\n%s SAVED\n' "$nonce"
if [ -e ${undoScriptPath} ]; then ${undoCommand('show')}; else echo none; fi
printf '%s END\n' "$nonce"`);

const states = ['none', 'armed', 'confirmed', 'restoring', 'restored', 'failed'] as const;

/** @throws GarbledReply */
export function readSaved(nonce: string, { stdout }: { readonly stdout: Buffer }): Saved {
  const [, said = ''] =
    new RegExp(`^${nonce} SAVED\n([^]*)^${nonce} END\n`, 'm').exec(stdout.toString('utf8')) ?? [];
  const [word = '', token = '', seconds = '', ...contents] = said.split('\n');
  const state = states.find((each) => each === word);
  const isWhole = state === 'none' || (/^[0-9a-f]+$/.test(token) && /^\d+$/.test(seconds));
  if (state === undefined || !isWhole) {
    throw new GarbledReply('the host does not say what it has saved');
  }
  const text = printable(contents.join('\n').trim());
  return { state, token, savedAt: Number(seconds), contents: text, said: said.trimEnd() };
}
