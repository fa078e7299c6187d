import type { LogLevel } from './rpc.ts';

/** One line of the log. `category` decides the level filter; `functionName` is set for everything a function caused. */
export interface LogRecord {
  timeMs: number;
  level: LogLevel;
  category: string;
  functionName?: string;
  invocationId?: string;
  message: string;
}

export type LogSink = (record: LogRecord) => void;

const severity: Record<LogLevel, number> = {
  trace: 0,
  debug: 1,
  information: 2,
  warning: 3,
  error: 4,
  critical: 5,
  none: 6,
};

/** True when a record of this level passes the configured minimum; `none` silences everything. */
export function passes(level: LogLevel, minimum: LogLevel): boolean {
  return minimum !== 'none' && severity[level] >= severity[minimum];
}

/**
 * The minimum level of a category: the entry of `host.json logging.logLevel` with the longest matching prefix, else its
 * `default`, else information. Prefixes match ignoring case, as .NET configuration does.
 */
export function minimumLevel(category: string, levels: Readonly<Record<string, LogLevel>>): LogLevel {
  const wanted = category.toLowerCase();
  let best: { length: number; level: LogLevel } | undefined;
  let fallback: LogLevel = 'information';
  for (const [prefix, level] of Object.entries(levels)) {
    if (prefix.toLowerCase() === 'default') fallback = level;
    else if (wanted.startsWith(prefix.toLowerCase()) && prefix.length > (best?.length ?? -1)) {
      best = { length: prefix.length, level };
    }
  }
  return best?.level ?? fallback;
}

/** Where host and functions write. Records below their category's minimum level are dropped here. */
export class HostLog {
  readonly #sink: LogSink;
  readonly #levels: Readonly<Record<string, LogLevel>>;
  readonly #clock: () => number;
  readonly #minimums = new Map<string, LogLevel>();

  constructor(options: { sink: LogSink; levels: Readonly<Record<string, LogLevel>>; clock: () => number }) {
    this.#sink = options.sink;
    this.#levels = options.levels;
    this.#clock = options.clock;
  }

  write(record: Omit<LogRecord, 'timeMs'>): void {
    let minimum = this.#minimums.get(record.category);
    if (minimum === undefined) {
      minimum = minimumLevel(record.category, this.#levels);
      this.#minimums.set(record.category, minimum);
    }
    if (passes(record.level, minimum)) this.#sink({ timeMs: this.#clock(), ...record });
  }

  /** A message of the host itself. */
  host(level: LogLevel, message: string): void {
    this.write({ level, category: 'Host', message });
  }

  /** A message of the host about one function. */
  about(functionName: string, level: LogLevel, message: string, invocationId?: string): void {
    const category = `Function.${functionName}`;
    this.write({ level, category, functionName, message, ...(invocationId === undefined ? {} : { invocationId }) });
  }
}

/** The stack of an error, or the text of anything else that was thrown. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? own : `${own}\ncaused by ${describeError(error.cause)}`;
}
