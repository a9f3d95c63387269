/**
 * A check of the user's own: a command that reads, run on the host, and how it has to end.
 *
 * It is a list of words and no shell text, it gets no input, and it is ended when it takes too long.
 * What it proves is as good as the command; that it changes nothing is the user's word.
 */
import { commandResult, type CommandResult } from '../facts/command-result';
import type { Check, CheckId } from '../model/check';
import { ending } from '../model/secret';
import { resource } from './resource';

interface Args {
  readonly title: string;
  readonly command: readonly (string | number)[];
  readonly id?: CheckId;
  readonly exit_code?: number;
  readonly output?: string;
  readonly timeout_seconds?: number;
}

const usualTimeoutSeconds = 10;

export const check = resource({
  kind: 'check',
  args: {
    type: 'object',
    required: ['title', 'command'],
    additionalProperties: false,
    properties: {
      title: {
        description: 'What is to hold, as a statement.',
        type: 'string',
        pattern: '^[^\\u0000-\\u001f\\u007f]{1,100}$',
        examples: ['the exporter answers'],
      },
      command: {
        description: 'The command and its arguments, one an item; no shell reads them.',
        type: 'array',
        minItems: 1,
        items: { type: ['string', 'integer'] },
      },
      id: {
        description: 'What it serves; default INV-1.',
        enum: ['SC-1', 'SC-2', 'SC-3', 'INV-1', 'INV-2', 'INV-3'],
      },
      exit_code: {
        description: 'What it has to end with; default 0.',
        type: 'integer',
        minimum: 0,
        maximum: 255,
      },
      output: { description: 'A text that has to be in what it says.', type: 'string' },
      timeout_seconds: {
        description: 'When it takes longer, the check fails; default 10.',
        type: 'integer',
        minimum: 1,
        maximum: 60,
      },
    },
  },
  serves: 'INV-1',
  facts: ({ command, timeout_seconds = usualTimeoutSeconds }: Args) => ({
    result: commandResult(command.map(String), timeout_seconds),
  }),
  *judge(args, { result }, host) {
    const { id = 'INV-1', title } = args;
    yield { id, host, title: `${host}: ${title}`, ...verdict(args, result) };
  },
});

function verdict(
  args: Args,
  { exitCode, output }: CommandResult,
): Pick<Check, 'status' | 'evidence'> {
  const { exit_code = 0, timeout_seconds = usualTimeoutSeconds } = args;
  const said = ending(output, 300);
  const words = said === '' ? 'it said nothing' : `it said: ${said}`;
  if (exitCode === 124 && exit_code !== 124) {
    return { status: 'fail', evidence: `no end after ${String(timeout_seconds)} s; ${words}` };
  }
  if (exitCode !== exit_code) {
    const codes = `exit code ${String(exitCode)}, not ${String(exit_code)}`;
    return { status: 'fail', evidence: `${codes}; ${words}` };
  }
  if (args.output !== undefined && !output.includes(args.output)) {
    return { status: 'fail', evidence: `${JSON.stringify(args.output)} is not in it; ${words}` };
  }
  return { status: 'pass', evidence: `exit code ${String(exitCode)}; ${words}` };
}
