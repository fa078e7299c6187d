/** What may stand beside a log message. Personal data, payload values, tokens and keys may not. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where the bridge writes what it did. The functions adapt it to the host's logger, tests to a list. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** For what belongs to no invocation: the Functions host takes a process's standard error into its own log. */
export const processLog: Log = {
  info: (message, fields) => console.info(formatLogLine(message, fields)),
  warn: (message, fields) => console.warn(formatLogLine(message, fields)),
  error: (message, fields) => console.error(formatLogLine(message, fields)),
};

/**
 * One line for a person and a query alike: `delivered route=missed-call ms=12`.
 * Values that would break the `key=value` form or the line are quoted as JSON.
 */
export function formatLogLine(message: string, fields: LogFields = {}): string {
  const parts = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${formatValue(value)}`],
  );
  return [message, ...parts].join(' ');
}

function formatValue(value: string | number | boolean): string {
  const text = String(value);
  return /^[^\s"=\p{Cc}]+$/u.test(text) ? text : JSON.stringify(text);
}
