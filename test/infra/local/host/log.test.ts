import { describe, expect, it } from 'vitest';
import { formatRecord } from '../../../../infra/local/host/console-log.ts';
import { describeError, HostLog, type LogRecord, minimumLevel, passes } from '../../../../infra/local/host/log.ts';
import type { LogLevel } from '../../../../infra/local/host/rpc.ts';

describe('minimumLevel', () => {
  const levels: Record<string, LogLevel> = {
    default: 'warning',
    Function: 'error',
    'function.mine': 'debug',
    'Function.mine.User': 'none',
  };

  it.each([
    ['Function.mine.User', 'none'],
    ['Function.mine', 'debug'],
    ['Function.other', 'error'],
    ['Host', 'warning'],
  ])('%s: %s', (category, level) => {
    expect(minimumLevel(category, levels)).toBe(level);
  });

  it('is information by default', () => {
    expect(minimumLevel('Host', {})).toBe('information');
  });
});

it('passes records at or above the minimum, and nothing at none', () => {
  expect(passes('warning', 'warning')).toBe(true);
  expect(passes('information', 'warning')).toBe(false);
  expect(passes('critical', 'none')).toBe(false);
});

it('drops what is filtered and stamps what is not', () => {
  const records: LogRecord[] = [];
  const log = new HostLog({
    sink: (record) => records.push(record),
    levels: { 'Function.quiet': 'error' },
    clock: () => 5,
  });
  log.about('quiet', 'warning', 'dropped');
  log.about('loud', 'warning', 'kept', 'id');
  log.host('debug', 'dropped');
  expect(records).toEqual([
    {
      timeMs: 5,
      level: 'warning',
      category: 'Function.loud',
      functionName: 'loud',
      message: 'kept',
      invocationId: 'id',
    },
  ]);
});

describe('formatRecord', () => {
  const timeMs = new Date(2026, 10, 20, 9, 8, 7, 65).getTime();

  it('is a line with time, function and message', () => {
    const record: LogRecord = {
      timeMs,
      level: 'information',
      category: 'Function.f.User',
      functionName: 'f',
      message: 'hello',
    };
    expect(formatRecord(record)).toBe('09:08:07.065  f  hello');
  });

  it('marks warnings and errors and indents further lines', () => {
    expect(formatRecord({ timeMs, level: 'warning', category: 'Host', message: 'a' })).toBe(
      '09:08:07.065  host  WARNING  a',
    );
    expect(formatRecord({ timeMs, level: 'error', category: 'Host', message: 'a\nb' })).toBe(
      '09:08:07.065  host  ERROR  a\n    b',
    );
  });
});

it('describes errors with their causes, and anything else that was thrown', () => {
  const text = describeError(new Error('outer', { cause: new Error('inner') }));
  expect(text).toMatch(/^Error: outer[\s\S]*caused by Error: inner/);
  expect(describeError('text')).toBe('text');
});
