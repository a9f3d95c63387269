/** A title as it holds for any host, so that hosts of one finding stand together. */
export function ofAnyHost({
  title,
  host,
}: {
  readonly title: string;
  readonly host: string;
}): string {
  return title
    .split(' ')
    .map((word) => (word === host ? 'the host' : word))
    .join(' ');
}
