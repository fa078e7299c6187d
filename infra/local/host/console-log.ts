import type { LogRecord } from './log.ts';
import type { LogLevel } from './rpc.ts';

const marks: Partial<Record<LogLevel, string>> = { warning: 'WARNING  ', error: 'ERROR  ', critical: 'CRITICAL  ' };

/** One record as people read it: `HH:MM:SS.mmm  <function>  message`, in local time; further lines are indented. */
export function formatRecord(record: LogRecord): string {
  const time = new Date(record.timeMs);
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0'));
  const stamp = `${clock.join(':')}.${String(time.getMilliseconds()).padStart(3, '0')}`;
  const message = record.message.replaceAll(/\r?\n/g, '\n    ');
  return `${stamp}  ${record.functionName ?? 'host'}  ${marks[record.level] ?? ''}${message}`;
}

/** The sink for a process: one line per record on standard output. */
export function printRecord(record: LogRecord): void {
  process.stdout.write(`${formatRecord(record)}\n`);
}
