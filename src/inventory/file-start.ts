/** The first bytes of a file, to tell what it is. */
import { open, stat } from 'node:fs/promises';

/** As many bytes as are there, each as one character; none of what is no regular file. */
export async function startOf(file: string, length: number): Promise<string> {
  const kind = await stat(file).catch(() => undefined);
  // A pipe would be waited for.
  if (kind?.isFile() !== true) return '';
  const opened = await open(file).catch(() => undefined);
  if (opened === undefined) return '';
  try {
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(length), 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await opened.close();
  }
}
