import { type ILogger, LogLevel } from '@microsoft/signalr';
import type { Log } from '../log.ts';

/** SignalR's warnings and errors in the relay's log. What it says below that repeats what the hub link itself logs. */
export function hubLog(log: Log): ILogger {
  return {
    log: (level, message) => {
      if (level < LogLevel.Warning) return;
      const fields = { detail: withoutSecrets(message) };
      if (level === LogLevel.Warning) log.warn('SignalR', fields);
      else log.error('SignalR', fields);
    },
  };
}

const MAX_LENGTH = 300;

/** A text of SignalR or of the network without what it may quote: addresses, tokens, and parts of what was received. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/\b(?:https?|wss?):\/\/[^\s'"<>]+/gi, '<address>')
    .replace(/\bBearer\s+\S+/gi, 'Bearer <token>')
    .replace(/\beyJ[\w-]*(?:\.[\w-]*)*/g, '<token>')
    .replace(/"(?:[^"\\]|\\.)*"?/gs, '"…"')
    .slice(0, MAX_LENGTH);
}
