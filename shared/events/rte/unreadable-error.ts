/** A message can't be read. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
  /** For each reason a JSON Pointer into the message, and what is wrong there; no values. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super('the message can not be read');
    this.problems = problems;
  }
}
