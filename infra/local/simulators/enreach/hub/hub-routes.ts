import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { WebSocketServer } from 'ws';
import { rawBodyOf } from '../../common/request-body.ts';
import type { Behaviour } from '../behaviour.ts';
import type { Tokens } from '../tokens.ts';
import type { Hub } from './hub.ts';
import type { ConnectionIdentity, HubConnection } from './hub-connection.ts';
import { LongPollingTransport } from './long-polling-transport.ts';
import { ServerSentEventsTransport } from './server-sent-events-transport.ts';
import type { TransportListener } from './transport.ts';
import { WebSocketTransport } from './web-socket-transport.ts';

export interface HubRouteOptions {
  /** From the root. */
  readonly path: string;
  readonly hub: Hub;
  readonly tokens: Tokens;
  readonly behaviour: Behaviour;
  /** Told of every request for a WebSocket, with the status of its answer. */
  readonly onWebSocketRequest: (status: number) => void;
}

const formats = {
  WebSockets: ['Text', 'Binary'],
  ServerSentEvents: ['Text'],
  LongPolling: ['Text', 'Binary'],
} as const;

const noSuchConnection = 'No Connection with that ID';
const noConnectionId = 'Connection ID required';

/** What a token of a negotiation stands for: nothing yet, or a connection. */
interface Place extends ConnectionIdentity {
  connection?: HubConnection;
}

/**
 * Negotiation and the three transports, answering as ASP.NET Core does. The JSON Web Token is looked at in every HTTP
 * request; an open WebSocket or event stream has only one.
 */
export function registerHubRoutes(scope: FastifyInstance, options: HubRouteOptions): void {
  const { path, hub, behaviour } = options;
  const places = new Map<string, Place>();

  scope.all(`${path}/negotiate`, async (request, reply) => {
    const userId = await userOf(request.raw, options);
    if (userId === undefined) return reply.code(401).send();
    if (request.method !== 'POST') return reply.code(405).send();
    const asked = queryOf(request.raw).get('negotiateVersion') ?? '0';
    if (!/^-?\d+$/.test(asked)) return { error: 'The client requested a non-integer protocol version.' };
    const [connectionId, connectionToken] = [newToken(), newToken()];
    const isVersion0 = Number(asked) < 1;
    places.set(isVersion0 ? connectionId : connectionToken, { connectionId, userId });
    return {
      negotiateVersion: isVersion0 ? 0 : 1,
      connectionId,
      ...(isVersion0 ? {} : { connectionToken }),
      availableTransports: behaviour.current.transports.map((transport) => ({
        transport,
        transferFormats: formats[transport],
      })),
    };
  });

  scope.all(path, async (request, reply) => {
    if ((await userOf(request.raw, options)) === undefined) return reply.code(401).send();
    if (!['GET', 'POST', 'DELETE'].includes(request.method)) return reply.code(405).send();
    const id = queryOf(request.raw).get('id') ?? '';
    if (id === '') return reply.code(400).send(noConnectionId);
    const place = places.get(id);
    if (place === undefined) return reply.code(404).send(noSuchConnection);
    if (request.method === 'GET') return receive(request, reply, id, place);
    return place.connection === undefined
      ? reply.code(404).send(noSuchConnection)
      : give(request, reply, place.connection);
  });

  function receive(request: FastifyRequest, reply: FastifyReply, id: string, place: Place): FastifyReply {
    if (request.headers.accept === 'text/event-stream') {
      if (place.connection !== undefined) return reply.code(409).send();
      const transport = new ServerSentEventsTransport(reply.hijack().raw);
      place.connection = hub.connect(place, transport);
      transport.tell(leaving(place.connection, () => places.delete(id)));
      return reply;
    }
    let transport = place.connection?.transport;
    if (transport === undefined) {
      transport = new LongPollingTransport();
      place.connection = hub.connect(place, transport);
      if (transport instanceof LongPollingTransport) transport.tell(leaving(place.connection, () => places.delete(id)));
    }
    if (!(transport instanceof LongPollingTransport)) return reply.code(409).send();
    if (transport.isOver) {
      places.delete(id);
      return reply.code(404).send(noSuchConnection);
    }
    transport.poll(reply.hijack().raw);
    return reply;
  }

  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  scope.server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    // Errors of a connection that is not a WebSocket yet have nobody else to hear them.
    stream.on('error', () => undefined);
    openWebSocket(request, stream, head).then(options.onWebSocketRequest, () => stream.destroy());
  });
  scope.addHook('preClose', async () => {
    hub.stop();
    webSockets.close();
    // Some wait for the other side's closing frame, which a client under test may never send.
    for (const webSocket of webSockets.clients) webSocket.terminate();
  });

  /** The status of the answer. */
  async function openWebSocket(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<number> {
    const url = new URL(request.url ?? '', 'http://hub');
    if (url.pathname !== path) return refuse(stream, 404);
    if (behaviour.current.refuseWebSockets) return refuse(stream, 400);
    const userId = await userOf(request, options);
    if (userId === undefined) return refuse(stream, 401);
    const id = url.searchParams.get('id');
    // Clients may leave negotiation out.
    const place: Place | undefined = id === null ? { connectionId: newToken(), userId } : places.get(id);
    if (place === undefined) return refuse(stream, 404, noSuchConnection);
    if (place.connection !== undefined) return refuse(stream, 409);
    if (!(stream instanceof Socket) || stream.destroyed) return refuse(stream, 400);
    webSockets.handleUpgrade(request, stream, head, (webSocket) => {
      const transport = new WebSocketTransport(webSocket, stream);
      place.connection = hub.connect(place, transport);
      transport.tell(leaving(place.connection, () => places.delete(id ?? '')));
    });
    return 101;
  }
}

/** A client's records, or its goodbye. */
function give(request: FastifyRequest, reply: FastifyReply, connection: HubConnection): FastifyReply {
  const { transport } = connection;
  if (transport instanceof LongPollingTransport && transport.isOver) return reply.code(404).send(noSuchConnection);
  if (connection.isSilent) return reply.hijack();
  if (request.method === 'POST') {
    if (transport.name === 'WebSockets') return reply.code(405).send();
    connection.received(rawBodyOf(request));
    return reply.code(200).send();
  }
  if (!(transport instanceof LongPollingTransport)) return reply.code(400).send();
  connection.close({ allowReconnect: true });
  transport.leave();
  return reply.code(202).send();
}

function leaving(connection: HubConnection, leave: () => void): TransportListener {
  return {
    received: (text: string) => connection.received(text),
    closed: () => {
      leave();
      connection.closed();
    },
  };
}

async function userOf(request: IncomingMessage, { tokens }: HubRouteOptions): Promise<string | undefined> {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() === 'bearer') return tokens.check(token ?? '');
  return tokens.check(queryOf(request).get('access_token') ?? '');
}

function queryOf(request: IncomingMessage): URLSearchParams {
  return new URL(request.url ?? '', 'http://hub').searchParams;
}

function refuse(stream: Duplex, status: number, body = ''): number {
  stream.once('finish', () => stream.destroy());
  stream.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`);
  return status;
}

function newToken(): string {
  return randomBytes(16).toString('base64url');
}
