import { HubConnectionBuilder, type IHttpConnectionOptions } from '@microsoft/signalr';
import { TransientError } from '../errors.ts';
import type { Log } from '../log.ts';
import { HubHttpClient } from './hub-http-client.ts';
import { hubLog, withoutSecrets } from './hub-log.ts';
import type { HubInvoker } from './hub-methods.ts';
import { type HubReceiver, LosslessHubProtocol } from './hub-protocol.ts';
import { webSocketWithTimeout } from './hub-web-socket.ts';

/** One connection, used once: it is started, it ends, and another one takes its place. */
export interface HubConnection extends HubInvoker {
  /** @throws TransientError with the hub's status and `Retry-After` when it refused */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Called once, after a successful start only. Without an error where the hub or this side closed it as agreed. */
  onclose(handler: (error?: Error) => void): void;
}

export interface ConnectOptions {
  readonly url: string;
  /** Asked for at negotiation and when the WebSocket opens; with long polling also when the hub refuses the old one. */
  readonly accessToken: () => Promise<string>;
  readonly receiver: HubReceiver;
  readonly clock: () => number;
  readonly log: Log;
  readonly fetch: typeof fetch;
  /** For each step of the connecting. */
  readonly connectTimeoutMs: number;
  /** How long the hub may be silent before the connection counts as dead. */
  readonly serverTimeoutMs: number;
  readonly keepAliveMs: number;
}

export type ConnectHub = (options: ConnectOptions) => HubConnection;

/** A connection by SignalR: WebSockets, else server-sent events or long polling, as negotiated. */
export const connectHub: ConnectHub = (options) => {
  const { receiver, clock, connectTimeoutMs } = options;
  const httpClient = new HubHttpClient({ fetch: options.fetch, clock, onAlive: (atMs) => receiver.onAlive(atMs) });
  const http: IHttpConnectionOptions & { WebSocket: unknown } = {
    accessTokenFactory: options.accessToken,
    httpClient,
    timeout: connectTimeoutMs,
    // SignalR marks this option as internal, but has no other way to end an upgrade that is never answered.
    WebSocket: webSocketWithTimeout(connectTimeoutMs),
  };
  const connection = new HubConnectionBuilder()
    .withUrl(options.url, http)
    .withHubProtocol(new LosslessHubProtocol(receiver, clock))
    .configureLogging(hubLog(options.log))
    .withServerTimeout(options.serverTimeoutMs)
    .withKeepAliveInterval(options.keepAliveMs)
    .build();
  return {
    start: async () => {
      try {
        await connection.start();
      } catch (cause) {
        const { refusal } = httpClient;
        const reason = cause instanceof Error ? withoutSecrets(cause.message) : 'unknown reason';
        const text = refusal === undefined ? `can't be reached (${reason})` : `answered ${refusal.httpStatus}`;
        throw new TransientError(`The RTE hub ${text}`, { ...refusal });
      }
    },
    stop: () => connection.stop(),
    invoke: (method, ...args) => connection.invoke(method, ...args),
    on: (target, handler) => connection.on(target, handler),
    onclose: (handler) => connection.onclose(handler),
  };
};
