import { formatLogLine, type Log, type LogFields } from '../../shared/log.ts';

export interface LogEntry {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

/** A log that keeps what it was told, for a test to read. */
export class RecordingLog implements Log {
  readonly entries: LogEntry[] = [];

  /** Everything that was logged, as the lines that a host would write. */
  get text(): string {
    return this.entries.map(({ level, message, fields }) => `${level} ${formatLogLine(message, fields)}`).join('\n');
  }

  info(message: string, fields: LogFields = {}): void {
    this.entries.push({ level: 'info', message, fields });
  }

  warn(message: string, fields: LogFields = {}): void {
    this.entries.push({ level: 'warn', message, fields });
  }

  error(message: string, fields: LogFields = {}): void {
    this.entries.push({ level: 'error', message, fields });
  }
}
