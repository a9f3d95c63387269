/** What a command on a channel answers: its output up to a cap, and how it ended. */
import type { Channel, Exit } from './channel';
import { AnswerTooLarge } from './connection';
import { Output } from './output';

export interface Answer {
  readonly stdout: Buffer;
  /** The end of it, where it is long. */
  readonly stderr: Buffer;
  /** Undefined: the channel was closed without a word about the command. */
  readonly exit: Exit | undefined;
}

const megabyte = 1024 * 1024;
/** A longer answer is an error. */
const stdoutLimit = 8 * megabyte;
/** Of longer complaints the end is kept. */
const stderrLimit = megabyte;
/** How long a child that outlives its script may hold the output open without writing to it. */
const silenceMs = 3000;

/**
 * Reads to the end, or until `over`; then the channel is closed.
 * @throws AnswerTooLarge
 */
export function readAnswer(
  channel: Channel,
  place: string,
  over: AbortSignal,
  hear?: (piece: Buffer) => void,
): Promise<Answer> {
  const stdout = new Output();
  const stderr = new Output();
  let silence: NodeJS.Timeout | undefined;

  return new Promise((resolve, reject) => {
    const finish = async (): Promise<void> => {
      if (stderr.length > stderrLimit) stderr.keepLast(stderrLimit);
      resolve({ stdout: stdout.bytes(), stderr: stderr.bytes(), exit: await channel.exit });
    };
    let openStreams = 2;
    const onClose = (): void => {
      openStreams -= 1;
      if (openStreams === 0) void finish();
    };

    channel.stdout.on('data', (piece: Buffer) => {
      silence?.refresh();
      if (stdout.length + piece.length <= stdoutLimit) stdout.push(piece);
      else reject(new AnswerTooLarge(`the answer of ${place} is larger than 8 MiB`));
    });
    channel.stderr.on('data', (piece: Buffer) => {
      silence?.refresh();
      stderr.push(piece);
      hear?.(piece);
      if (stderr.length > 2 * stderrLimit) stderr.keepLast(stderrLimit);
    });
    void channel.exit.then(() => {
      // An exit that comes after we have given up holds nothing up.
      silence = setTimeout(() => void finish(), silenceMs).unref();
    });
    channel.stdout.on('close', onClose);
    channel.stderr.on('close', onClose);
    // Without a listener, a failed write would end the process. The connection's end says it all.
    for (const stream of [channel.stdin, channel.stdout, channel.stderr])
      stream.on('error', ignored);
    over.addEventListener('abort', () => {
      clearTimeout(silence);
      channel.close();
    });
  });
}

function ignored(): void {
  // Nothing is known here that the connection does not tell.
}
