import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type Simulator, type SimulatorOptions, startSimulator } from '../common/simulator.ts';
import { Behaviour, type BehaviourSettings } from './behaviour.ts';
import { registerControlRoutes } from './control-routes.ts';
import { type Directory, type DirectorySize, entityKinds, seedDirectory } from './directory.ts';
import { type FloodRequest, type FloodResult, flood, floodSchema } from './flood.ts';
import { type ConnectionState, Hub } from './hub/hub.ts';
import { type HubCallFault, hubCallFaultSchema } from './hub/hub-call-faults.ts';
import { registerHubRoutes } from './hub/hub-routes.ts';
import type { Severing } from './hub/transport.ts';
import { type Overrides, type RaisedMessage, Raiser, type StoryEntities } from './raiser.ts';
import { registerRestRoutes } from './rest-routes.ts';
import type { StoryName } from './stories.ts';
import { Tokens } from './tokens.ts';

const hubPath = '/rte';

/** How long connections may take to end in order when the server goes down. */
const endingTimeoutMs = 300;

export interface EnreachSimulatorOptions extends SimulatorOptions {
  /** How many users, queues and call lists there are. */
  readonly size?: DirectorySize;
  readonly behaviour?: Partial<BehaviourSettings>;
  readonly newId?: () => string;
}

/**
 * How the hub ends connections.
 *
 * - `close`: with a close message that allows to reconnect. `closeForGood`: with one that does not.
 * - `end`: TCP ends without a word, after all that was sent before. `reset`: what is under way is lost.
 */
export type Drop = 'close' | 'closeForGood' | Severing;

export interface EnreachState {
  readonly connections: readonly ConnectionState[];
  /** Statuses that requests for a WebSocket were answered with; 101 for those that opened. */
  readonly webSocketRequests: readonly number[];
  readonly tokensIssued: number;
  /** Messages of events. */
  readonly raised: number;
  readonly behaviour: BehaviourSettings;
}

export interface EnreachSimulator extends Simulator<EnreachState> {
  readonly directory: Directory;
  readonly hubUrl: string;
  /** Sends an event with plausible data to those who are subscribed to it. */
  raise(eventName: string, entityId: string, overrides?: Overrides): RaisedMessage;
  playStory(name: StoryName, entities?: StoryEntities): RaisedMessage[];
  /** Sends messages that no event can be read from to everybody who is subscribed to anything. */
  raiseMalformed(count: number): RaisedMessage[];
  flood(request: FloodRequest): Promise<FloodResult>;
  /** Every message since the start or the last `clear`, in the order in which they were raised. */
  raised(): readonly RaisedMessage[];
  /** Sends text as it is to every open connection, such as a record that is no JSON. */
  sendToAll(text: string): void;
  /** Ends every connection; tells how many there were. */
  dropAll(how: Drop): number;
  /** Half-open: connections stay up, and nothing is read or sent on them any more. New ones work. */
  fallSilent(): void;
  /** Stops listening and severs every connection, REST calls included. */
  goDown(how?: Severing): Promise<void>;
  /** Listens on the same port again. */
  comeUp(): Promise<void>;
  /** `goDown` and `comeUp`. */
  restart(how?: Severing): Promise<void>;
  /** No token that was issued until now opens a connection any more; open WebSockets stay. */
  expireTokens(): void;
  /** `Subscribe` refuses the item from now on, with the reason as its message. */
  refuse(entityId: string, eventName: string, reason: string): void;
  allow(entityId: string, eventName: string): void;
  failHubCall(fault: HubCallFault): void;
  /** Changes settings until `clear`. Throws on one that is unknown or wrong. */
  behave(changes: Partial<BehaviourSettings>): void;
}

/**
 * A stand-in of Enreach's discovery, EnreachAPI and RTE hub (ASP.NET Core SignalR). Nothing happens by itself here:
 * events are raised by the methods below, or by the controls of the same effect below `/_simulator`.
 */
export async function startEnreachSimulator(options: EnreachSimulatorOptions): Promise<EnreachSimulator> {
  const { clock = Date.now, newId = randomUUID } = options;
  const directory = seedDirectory(options.size);
  const behaviour = new Behaviour(options.behaviour);
  const tokens = new Tokens(clock);
  const hub = new Hub(behaviour, entityKinds(directory));
  const raiser = new Raiser(hub, behaviour, { directory, clock, newId });
  let webSocketRequests: number[] = [];
  let floods = new AbortController();
  let server: Server | undefined;
  const sockets = new Set<Socket>();

  const controls = {
    raise: raiser.raise.bind(raiser),
    playStory: raiser.playStory.bind(raiser),
    raiseMalformed: (count: number) => raiser.raiseMalformed(count),
    flood: async (request: FloodRequest) =>
      flood(floodSchema.parse(request), { raiser, hub, directory }, floods.signal),
    raised: () => raiser.raised,
    dropAll: (how: Drop) => dropAll(hub, how),
    fallSilent: () => {
      for (const connection of hub.connections) connection.fallSilent();
    },
    expireTokens: () => tokens.expireAll(),
    refuse: (entityId: string, eventName: string, reason: string) => hub.refuse(entityId, eventName, reason),
    allow: (entityId: string, eventName: string) => hub.allow(entityId, eventName),
    failHubCall: (fault: HubCallFault) => hub.faults.add(hubCallFaultSchema.parse(fault)),
    behave: (changes: object) => void behaviour.change(changes),
  };

  const simulator = await startSimulator<EnreachState>(
    {
      name: 'Enreach',
      basePath: '',
      routes: (scope) => {
        server = scope.server;
        server.on('connection', (socket) => {
          sockets.add(socket);
          socket.once('close', () => sockets.delete(socket));
        });
        registerRestRoutes(scope, { directory, tokens, behaviour, hubPath });
        registerHubRoutes(scope, {
          path: hubPath,
          hub,
          tokens,
          behaviour,
          onWebSocketRequest: (status) => webSocketRequests.push(status),
        });
        scope.setNotFoundHandler(async (_request, reply) => reply.code(404).send());
      },
      controls: (scope) => registerControlRoutes(scope, controls),
      state: () => ({
        connections: hub.states(),
        webSocketRequests: [...webSocketRequests],
        tokensIssued: tokens.issued,
        raised: raiser.raised.length,
        behaviour: behaviour.current,
      }),
      forget: () => {
        floods.abort();
        floods = new AbortController();
        hub.forget();
        raiser.clear();
        behaviour.reset();
        webSocketRequests = [];
      },
    },
    options,
  );

  const comeUp = async () => {
    if (server === undefined || server.listening) return;
    server.listen(simulator.port, '127.0.0.1');
    await once(server, 'listening');
  };

  const goDown = async (how: Severing = 'reset') => {
    if (server?.listening !== true) return;
    const closed = once(server, 'close');
    server.close();
    dropAll(hub, how);
    // A client that reads nothing never answers the end of the stream.
    const cutOff = () => sockets.forEach((socket) => void socket.destroy());
    const timer = setTimeout(cutOff, how === 'end' ? endingTimeoutMs : 0);
    await closed;
    clearTimeout(timer);
  };

  return {
    ...simulator,
    ...controls,
    directory,
    hubUrl: `${simulator.origin}${hubPath}`,
    sendToAll: (text) => {
      for (const connection of hub.connections) connection.send(text);
    },
    goDown,
    comeUp,
    restart: async (how) => {
      await goDown(how);
      await comeUp();
    },
    close: async () => {
      floods.abort();
      await simulator.close();
    },
  };
}

function dropAll(hub: Hub, how: Drop): number {
  const { connections } = hub;
  for (const connection of connections) {
    if (how === 'close') connection.close({ allowReconnect: true });
    else if (how === 'closeForGood') connection.close();
    else connection.sever(how);
  }
  return connections.length;
}
