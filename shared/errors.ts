/**
 * Errors named by the decision they call for, not by where they came from.
 *
 * Messages are logged and stored beside failed deliveries: they never carry personal data, tokens or payload values.
 */

/** Retrying cannot help: the delivery goes to the `failed` queue with this error's name and message. */
export class PermanentError extends Error {
  override readonly name: string = 'PermanentError';
  /** The HTTP status that a destination answered, when one did. */
  readonly httpStatus: number | undefined;

  constructor(message: string, options: ErrorOptions & { httpStatus?: number | undefined } = {}) {
    super(message, options);
    this.httpStatus = options.httpStatus;
  }
}

/** The same call may succeed later: it is tried again, not before `retryAfterMs` when that is known. */
export class TransientError extends Error {
  override readonly name: string = 'TransientError';
  readonly httpStatus: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: ErrorOptions & { httpStatus?: number | undefined; retryAfterMs?: number | undefined } = {},
  ) {
    super(message, options);
    this.httpStatus = options.httpStatus;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** A setting or a file is wrong. The process does not start; every problem found is listed at once. */
export class ConfigurationError extends Error {
  override readonly name: string = 'ConfigurationError';
  readonly problems: readonly string[];

  constructor(subject: string, problems: readonly string[], options?: ErrorOptions) {
    super(`${subject}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, options);
    this.problems = problems;
  }
}
