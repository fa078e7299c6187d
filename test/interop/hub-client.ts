import {
  type HttpTransportType,
  type HubConnection,
  HubConnectionBuilder,
  type IRetryPolicy,
  NullLogger,
} from '@microsoft/signalr';
import * as z from '../../shared/zod.ts';
import { FetchHttpClient } from './fetch-http-client.ts';

/** Who signs in where. */
export interface EnreachAccount {
  /** Where EnreachAPI is. */
  readonly baseUrl: string;
  readonly userId: string;
  readonly username: string;
  readonly secretKey: string;
}

const tokenSchema = z.object({ Token: z.string() });

/** A fresh token, as EnreachAPI gives it. */
export async function fetchToken({ baseUrl, userId, username, secretKey }: EnreachAccount): Promise<string> {
  const basic = Buffer.from(`${username}:${secretKey}`).toString('base64');
  const response = await fetch(`${baseUrl}/token/${userId}/rte/`, { headers: { authorization: `Basic ${basic}` } });
  return tokenSchema.parse(await response.json()).Token;
}

export interface HubClientOptions {
  readonly hubUrl: string;
  readonly accessTokenFactory: () => Promise<string>;
  readonly transport?: HttpTransportType;
  readonly reconnect?: IRetryPolicy;
  readonly onMessage?: (...args: unknown[]) => void;
}

/** A connection of Microsoft's client, not started. */
export function createHubClient(options: HubClientOptions): HubConnection {
  const { hubUrl, accessTokenFactory, transport, reconnect, onMessage } = options;
  const builder = new HubConnectionBuilder().configureLogging(NullLogger.instance).withUrl(hubUrl, {
    httpClient: new FetchHttpClient(),
    accessTokenFactory,
    ...(transport === undefined ? {} : { transport }),
  });
  if (reconnect !== undefined) builder.withAutomaticReconnect(reconnect);
  const connection = builder.build();
  connection.on('MessageReceived', (...args: unknown[]) => onMessage?.(...args));
  return connection;
}
