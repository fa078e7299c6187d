import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import * as z from '../../shared/zod.ts';
import { buildInteropHub } from './build-interop-hub.ts';

/** What the hub knows and how it behaves; see hub/Settings.cs. */
export interface InteropHubSettings {
  /** 0 (the default) lets the system choose one. */
  readonly port?: number;
  readonly organizationId: string;
  readonly users: readonly {
    readonly id: string;
    readonly username: string;
    readonly secretKey: string;
    readonly password: string;
  }[];
  readonly queues: readonly { readonly id: string; readonly name: string }[];
  readonly callLists: readonly string[];
  readonly eventNames: readonly string[];
  /** Below 0, tokens have expired when they are issued (default: an hour). */
  readonly tokenLifetimeSeconds?: number;
  /** Between two pings of the server (default 15). */
  readonly keepAliveSeconds?: number;
  /** What negotiation offers (default: all). */
  readonly transports?: readonly ('WebSockets' | 'ServerSentEvents' | 'LongPolling')[];
  /** Requests for a WebSocket are answered 400. */
  readonly refuseWebSockets?: boolean;
}

/** A real ASP.NET Core SignalR hub, in a process of its own. */
export interface InteropHub {
  readonly port: number;
  /** Where discovery, EnreachAPI and the controls are found. */
  readonly baseUrl: string;
  readonly hubUrl: string;
  /** Sends `MessageReceived` to who is subscribed; resolves with how many connections that were. */
  raise(eventName: string, entityId: string, data: Readonly<Record<string, unknown>>): Promise<number>;
  /** Ends every connection from the server's side; resolves with how many there were. */
  dropAll(): Promise<number>;
  /** No token that was issued until now is good any more. */
  expireTokens(): Promise<void>;
  setTokenLifetime(seconds: number): Promise<void>;
  state(): Promise<{ readonly connections: number; readonly subscriptions: number }>;
  /** Stops as a server does that is told to. */
  close(): Promise<void>;
  /** Ends at once, as a server does that crashes. */
  kill(): Promise<void>;
}

const stopTimeoutMs = 10_000;

const readySchema = z.object({ port: z.int() });
const raisedSchema = z.object({ deliveredTo: z.int() });
const droppedSchema = z.object({ dropped: z.int() });
const stateSchema = z.object({ connections: z.int(), subscriptions: z.int() });

/** Builds the hub where that is not done yet, and starts it on loopback. Needs the .NET SDK. */
export async function startInteropHub(settings: InteropHubSettings): Promise<InteropHub> {
  const assembly = await buildInteropHub();
  const child = spawn('dotnet', [assembly], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  child.stdin.on('error', () => {
    // The process has ended: its exit says so.
  });
  const { transports } = settings;
  const flags = transports === undefined ? {} : { transports: transports.join(', ') };
  child.stdin.write(`${JSON.stringify({ port: 0, ...settings, ...flags })}\n`);
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([once(lines, 'line'), exited.then(() => undefined)]);
  if (line === undefined) throw new Error(`The interop hub ended before it listened (exit code ${child.exitCode}).`);
  const { port } = readySchema.parse(JSON.parse(String(line[0])));
  const baseUrl = `http://127.0.0.1:${port}`;

  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${baseUrl}/_simulator/${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`The interop hub answered ${response.status} to ${method} ${path}.`);
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  };

  return {
    port,
    baseUrl,
    hubUrl: `${baseUrl}/rte`,
    raise: async (eventName, entityId, data) =>
      raisedSchema.parse(await control('POST', 'raise', { eventName, entityId, data })).deliveredTo,
    dropAll: async () => droppedSchema.parse(await control('POST', 'drop')).dropped,
    expireTokens: async () => void (await control('POST', 'expire-tokens')),
    setTokenLifetime: async (seconds) => void (await control('PUT', 'token-lifetime', { seconds })),
    state: async () => stateSchema.parse(await control('GET', 'state')),
    close: async () => {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
      await exited;
      clearTimeout(timer);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
