import { LogLevel } from '@microsoft/signalr';
import { describe, expect, it } from 'vitest';
import { hubLog, withoutSecrets } from '../../../shared/relay/hub-log.ts';
import { RecordingLog } from '../../helpers/recording-log.ts';

describe('what SignalR logs', () => {
  it.each([
    [
      'WebSocket connected to wss://hub.example/rte?id=abc&access_token=eyJh.eyJb.c-_.',
      'WebSocket connected to <address>',
    ],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer <token>'],
    ['token eyJhbGciOiJI.eyJzdWIi.c-_9 refused', 'token <token> refused'],
    [`Unexpected token '<', "<html>a.\\"berg" is not JSON`, `Unexpected token '<', "…" is not JSON`],
    ['"an open quote of +358401234', '"…"'],
    ['x'.repeat(500), 'x'.repeat(300)],
  ])('%# loses what it quotes', (text, expected) => {
    expect(withoutSecrets(text)).toBe(expected);
  });

  it('reaches the log from warnings on', () => {
    const log = new RecordingLog();
    const logger = hubLog(log);
    for (const level of [LogLevel.Trace, LogLevel.Debug, LogLevel.Information]) logger.log(level, 'quiet');
    logger.log(LogLevel.Warning, 'to http://hub.example/rte');
    logger.log(LogLevel.Error, 'loud');
    expect(log.text).toBe('warn SignalR detail="to <address>"\nerror SignalR detail=loud');
  });
});
