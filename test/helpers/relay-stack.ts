import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BehaviourSettings } from '../../infra/local/simulators/enreach/behaviour.ts';
import { startEnreachSimulator } from '../../infra/local/simulators/enreach/simulator.ts';
import { anyPorts, azuriteConnectionString, serviceBusConnectionString } from '../../infra/local/stack/addresses.ts';
import { type Child, startChild } from '../../infra/local/stack/child.ts';
import { azuritePart, relayPart, serviceBusPart } from '../../infra/local/stack/parts.ts';
import { type Supervised, supervise } from '../../infra/local/stack/supervise.ts';
import { simulatorSettings } from '../../infra/local/stack/vendor-settings.ts';
import { connectBus } from '../../shared/bus/connect-bus.ts';
import { loadConfig } from '../../shared/config.ts';
import type { HubLinkTiming } from '../../shared/relay/hub-link-options.ts';
import { type Relay, startRelay } from '../../shared/relay/relay.ts';
import { connectTable } from '../../shared/storage/connect-table.ts';
import * as z from '../../shared/zod.ts';
import { RecordingLog } from './recording-log.ts';
import { eventually } from './stack.ts';
import { readTopic } from './topic-reader.ts';

export type RelayStack = Awaited<ReturnType<typeof startRelayStack>>;

export interface RelayStackOptions {
  readonly behaviour?: Partial<BehaviourSettings>;
  /** Relays that share the work need a table: Azurite's. */
  readonly hasTable?: boolean;
}

const figuresSchema = z.looseObject({
  ready: z.boolean(),
  problems: z.array(z.string()),
  connectedSince: z.nullable(z.string()),
  subscriptions: z.looseObject({
    active: z.int(),
    refused: z.array(z.looseObject({ entityId: z.string(), eventName: z.string(), reason: z.string() })),
  }),
  received: z.int(),
  sent: z.int(),
  buffered: z.int(),
  spooled: z.int(),
  merged: z.int(),
  discarded: z.int(),
  unparsed: z.int(),
  unknownEvents: z.int(),
  identity: z.looseObject({ state: z.string(), isSending: z.boolean(), peers: z.int() }),
});

/** What a relay's `/readyz` says. */
export type ReadyFigures = z.infer<typeof figuresSchema>;

/** The relay's bundle in a process of its own. */
export interface RelayProcess extends Supervised {
  readonly statusUrl: string;
  /** Undefined while nothing answers. */
  figures(): Promise<ReadyFigures | undefined>;
}

/** An Enreach simulator and a broker on free ports, and relays between them as a test needs them. */
export async function startRelayStack({ behaviour, hasTable = false }: RelayStackOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'relay-test-'));
  const lines: string[] = [];
  const note = (name: string) => (line: string) => void lines.push(`${name}: ${line}`);
  const running: { stop(): Promise<unknown> }[] = [{ stop: () => rm(folder, { recursive: true, force: true }) }];
  const stop = async () => {
    for (const part of running.splice(0).reverse()) await part.stop();
  };

  try {
    const [hub, bus, azurite] = await Promise.all([
      startEnreachSimulator({ port: 0, ...(behaviour && { behaviour }) }),
      startStoppableBus(folder, note('bus')),
      hasTable ? startChild(azuritePart(anyPorts, folder, note('Azurite')).spec) : undefined,
    ]);
    running.push({ stop: () => hub.close() }, bus);
    if (azurite !== undefined) running.push({ stop: () => kill(azurite) });
    const reader = readTopic(serviceBusConnectionString(bus.port));
    running.push({ stop: () => reader.close() });
    const tablePorts = azurite && azuritePart(anyPorts, folder, note('Azurite')).report(azurite.ready);
    const spoolFolder = join(folder, 'relay');
    const settings: NodeJS.ProcessEnv = {
      ServiceBus: serviceBusConnectionString(bus.port),
      AzureWebJobsStorage: azuriteConnectionString(tablePorts ?? anyPorts),
      ...simulatorSettings({ enreach: hub.baseUrl }),
      RELAY_SPOOL_FOLDER: spoolFolder,
      RELAY_STATUS_PORT: '0',
    };
    let relays = 0;

    return {
      hub,
      bus,
      /** All that the parts wrote. */
      lines,
      folder,
      /** What leads a relay to the hub and the bus. */
      settings,
      /** A way to the bus, for relays that are given its settings, whose answers can be made to take longer. */
      openSlowBus: async () => {
        const proxy = await startSlowProxy(bus.port);
        running.push(proxy);
        return { settings: { ServiceBus: serviceBusConnectionString(proxy.port) }, answerAfter: proxy.answerAfter };
      },
      /** Everything that stands in the topic, in its order. */
      arrived: () => reader.read(),
      /** Starts the bundle; it is started again when it ends. */
      startRelay: async (more: NodeJS.ProcessEnv = {}): Promise<RelayProcess> => {
        relays += 1;
        const name = `relay ${relays}`;
        const env = { ...process.env, ...settings, ...more };
        const part = (port: number) => relayPart({ port, spoolFolder, env }, note(name));
        const { spec, report } = part(0);
        const supervised = await supervise(spec, {
          again: (ready) => part(report(ready)).spec,
          onGivenUp: (error) => note(name)(`given up: ${String(error)}`),
          restartDelayMs: 100,
        });
        running.push(supervised);
        const statusUrl = `http://127.0.0.1:${report(supervised.ready)}`;
        return { ...supervised, statusUrl, figures: () => readFigures(statusUrl) };
      },
      /** Starts the relay in this process, where its timing can be another one. */
      startRelayHere: async (timing: Partial<HubLinkTiming>): Promise<Relay> => {
        const config = loadConfig(settings);
        const { enreach } = config;
        if (enreach === undefined) throw new Error('the settings lead to no RTE hub');
        const relay = await startRelay({
          config,
          enreach,
          folder,
          bus: connectBus(config),
          table: () => connectTable(config, 'relays'),
          log: new RecordingLog(),
          fetch,
          clock: Date.now,
          random: Math.random,
          timing,
        });
        running.push({ stop: () => relay.close() });
        return relay;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until relays are connected, subscribed and in step with each other. */
export function untilInStep(relays: readonly RelayProcess[], timeoutMs = 30_000): Promise<true> {
  return eventually(
    async () => {
      const figures = await Promise.all(relays.map((relay) => relay.figures()));
      const isInStep = (each: ReadyFigures | undefined) =>
        each?.ready === true && each.identity.state === 'synced' && each.identity.peers === relays.length - 1;
      return figures.every(isInStep) ? true : undefined;
    },
    'all relays ready and in step',
    timeoutMs,
  );
}

/** Undefined while nothing answers. */
export async function readFigures(statusUrl: string): Promise<ReadyFigures | undefined> {
  try {
    const response = await fetch(`${statusUrl}/readyz`, { signal: AbortSignal.timeout(2_000) });
    return z.parse(figuresSchema, await response.json());
  } catch (error) {
    // Nobody listens there, or no longer.
    if (error instanceof TypeError || error instanceof DOMException) return undefined;
    throw error;
  }
}

/** A broker that can be taken away and brought back with its messages. */
async function startStoppableBus(folder: string, onLine: (line: string) => void) {
  const { spec, report } = serviceBusPart(0, folder, onLine);
  let child: Child | undefined = await startChild(spec);
  const port = report(child.ready);
  const takeAway = async () => {
    if (child !== undefined) await kill(child);
    child = undefined;
  };
  return {
    port,
    /** `kill -9`: connections break, and nobody listens until it is brought back. */
    takeAway,
    bringBack: async () => {
      child ??= await startChild(serviceBusPart(port, folder, onLine).spec);
    },
    /** `SIGSTOP`: connections stay, and nothing answers until it goes on. */
    freeze: () => child?.kill('SIGSTOP'),
    goOn: () => child?.kill('SIGCONT'),
    stop: takeAway,
  };
}

/** Passes connections on to a port of this machine, and what comes back from there late. */
async function startSlowProxy(port: number) {
  let delayMs = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    client.pipe(upstream);
    let answering: Promise<unknown> = Promise.resolve();
    upstream.on('data', (chunk) => {
      const due = delay(delayMs);
      answering = answering.then(() => due).then(() => client.writable && client.write(chunk));
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket.setNoDelay());
      // Whichever end breaks, the other shall see it.
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    /** From now on answers come so much later. */
    answerAfter: (ms: number) => {
      delayMs = ms;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function kill(child: Child): Promise<void> {
  child.kill('SIGKILL');
  await child.ended;
}
