import type { InvocationContext } from '@azure/functions';
import { formatLogLine, type Log } from '../shared/log.ts';

/** The bridge's log, written through the host's logger of one invocation. */
export function functionLog(context: InvocationContext): Log {
  return {
    info: (message, fields) => context.info(formatLogLine(message, fields)),
    warn: (message, fields) => context.warn(formatLogLine(message, fields)),
    error: (message, fields) => context.error(formatLogLine(message, fields)),
  };
}
