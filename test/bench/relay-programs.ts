import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { enreachSecretKey, enreachUsername } from '../../infra/local/simulators/credentials.ts';
import { seedDirectory } from '../../infra/local/simulators/enreach/directory.ts';
import { simulatorSettings } from '../../infra/local/stack/vendor-settings.ts';
import { buildRelay } from '../../infra/tools/build.ts';
import { EVENTS_TOPIC } from '../../shared/bus/connect-bus.ts';
import { createEnreachClient } from '../../shared/enreach/enreach-client.ts';
import { documentedEventNames } from '../../shared/relay/event-names.ts';
import * as z from '../../shared/zod.ts';
import { eventually } from '../helpers/stack.ts';
import type { FloorSettings } from './relay-floor.ts';
import { BenchProcess } from './relay-process.ts';

/** A program that passes messages on, and hears of users that no other program hears of. */
export interface Contestant {
  readonly name: 'relay' | 'floor';
  readonly process: BenchProcess;
  /** The users that it hears of. */
  readonly users: readonly string[];
  /** How many messages the bus has confirmed to it. */
  sent(): Promise<number>;
}

/** Hub, bus, relay and floor program, each a process, all connected. */
export interface BenchPrograms {
  readonly hub: BenchProcess;
  readonly broker: BenchProcess;
  readonly relay: Contestant;
  readonly floor: Contestant;
  readonly busConnectionString: string;
  stop(): Promise<void>;
}

const STATUS_TIMEOUT_MS = 20_000;

const hubReady = z.object({ baseUrl: z.string() });
const brokerReady = z.object({ connectionString: z.string() });
const relayReady = z.object({ statusPort: z.int() });
const relayStatus = z.object({ sent: z.int(), subscriptions: z.object({ active: z.int() }) });
const floorSent = z.object({ sent: z.int() });

/** Starts everything. Relay and floor have so many subscriptions each: all events of some users. */
export async function startBenchPrograms(subscriptionsEach: number): Promise<BenchPrograms> {
  const folder = await mkdtemp(join(tmpdir(), 'relay-bench-'));
  const started: BenchProcess[] = [];
  const stop = async () => {
    for (const program of started.reverse()) await program.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const built = async (source: string) => {
      const file = join(folder, source.replace(/^.*\/(.*)\.ts$/, '$1.cjs'));
      await buildRelay(file, source);
      return file;
    };
    const probe = await built('test/bench/relay-probe.ts');
    const relayFile = await built('functions/relay/main.ts');
    const floorFile = await built('test/bench/relay-floor.ts');
    const start = (name: string, file: string, env: NodeJS.ProcessEnv = {}) => {
      const program = new BenchProcess({ name, file, probe, env });
      started.push(program);
      return program;
    };

    const usersEach = Math.ceil(subscriptionsEach / documentedEventNames.user.length);
    const users = seedDirectory({ users: 2 * usersEach }).users.map(({ id }) => id);
    const relayUsers = users.slice(0, usersEach);
    const floorUsers = users.slice(usersEach);
    const broker = start('broker', resolve(import.meta.dirname, 'relay-broker.ts'));
    const hub = start('hub', resolve(import.meta.dirname, 'relay-hub.ts'), { BENCH_USERS: String(users.length) });
    const { connectionString } = z.parse(brokerReady, await broker.ready);
    const { baseUrl } = z.parse(hubReady, await hub.ready);

    const relay = start('relay', relayFile, {
      ...simulatorSettings({ enreach: baseUrl }),
      RTE_SUBSCRIPTIONS: join(folder, 'subscriptions.json'),
      RELAY_SPOOL_FOLDER: join(folder, 'spool'),
      RELAY_STATUS_PORT: '0',
      ServiceBus: connectionString,
      AzureWebJobsStorage: 'UseDevelopmentStorage=true',
    });
    const wanted = [{ users: relayUsers, events: '*' }];
    await writeFile(join(folder, 'subscriptions.json'), JSON.stringify(wanted));
    const { statusPort } = z.parse(relayReady, await relay.ready);
    const statusOfRelay = async () => {
      const response = await fetch(`http://127.0.0.1:${statusPort}/healthz`);
      return z.parse(relayStatus, await response.json());
    };
    const settingsFile = join(folder, 'floor.json');
    await writeFile(settingsFile, JSON.stringify(await floorSettings()));
    const floor = start('floor', floorFile, { FLOOR_SETTINGS: settingsFile });
    await floor.ready;
    await eventually(
      async () => (await statusOfRelay()).subscriptions.active >= subscriptionsEach,
      'the relay has subscribed',
      STATUS_TIMEOUT_MS,
    );

    return {
      hub,
      broker,
      relay: { name: 'relay', process: relay, users: relayUsers, sent: async () => (await statusOfRelay()).sent },
      floor: {
        name: 'floor',
        process: floor,
        users: floorUsers,
        sent: async () => (await floor.ask('sent', 'sent', floorSent)).sent,
      },
      busConnectionString: connectionString,
      stop,
    };

    async function floorSettings(): Promise<FloorSettings> {
      const enreach = createEnreachClient({
        discoveryUrl: `${baseUrl}/api/user`,
        username: enreachUsername,
        secret: { kind: 'secretKey', secretKey: enreachSecretKey },
        fetch,
        clock: Date.now,
        timeoutMs: STATUS_TIMEOUT_MS,
      });
      const { url, token } = await enreach.rteAccess();
      return {
        hubUrl: url,
        token,
        bus: connectionString,
        topic: EVENTS_TOPIC,
        subscriptions: floorUsers.flatMap((entityId) =>
          documentedEventNames.user.map((eventName) => ({ entityId, eventName })),
        ),
      };
    }
  } catch (error) {
    await stop();
    throw error;
  }
}
