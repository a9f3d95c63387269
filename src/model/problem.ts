/** A mistake of the user's: a value, collected with the others and shown with its place. */
export interface Problem {
  /** As the user would name it, relative to where wgpush runs. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** What is wrong, what was found, and what would be right. */
  readonly message: string;
}

export function problemText({ file, line, column, message }: Problem): string {
  return `${file}:${String(line)}:${String(column)}: ${message}`;
}

/** Each once: a mistake of a group, or behind an alias, is met wherever it is used. */
export function distinct(problems: readonly Problem[]): readonly Problem[] {
  const byText = new Map(
    problems.map((problem) => [JSON.stringify(Object.values(problem)), problem] as const),
  );
  return [...byText.values()];
}
