import rhea from 'rhea';
import { type BusEntitiesInput, parseBusEntities } from '../../../shared/bus/entities.ts';
import { splitDispositionsByOutcome } from '../../../shared/bus/rhea-outcomes.ts';
import type { Log } from '../../../shared/log.ts';
import { Alarm } from './alarm.ts';
import { BrokerConnection } from './amqp/broker-connection.ts';
import { openListener } from './amqp/listener.ts';
import { createTokenSource } from './codec/lock-token.ts';
import { AmqpContent } from './codec/message-content.ts';
import { Deadlines } from './engine/deadlines.ts';
import { Engine } from './engine/engine.ts';
import { entityOptions } from './engine/entity-options.ts';
import { claimDataFolder } from './store/data-folder.ts';
import { forgetfulJournal } from './store/journal.ts';
import { LogJournal } from './store/log-journal.ts';

export interface BrokerOptions {
  readonly host?: '127.0.0.1';
  /** 0: any free port. */
  readonly port: number;
  /** Where messages are kept. Undefined: only in memory. */
  readonly dataDir?: string | undefined;
  /** The queues and topics, as in shared/bus/entities.json. */
  readonly entities: BusEntitiesInput;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  readonly log?: Log;
  /** The disk failed: nothing is confirmed any more, and the broker should be ended. */
  readonly failed?: (error: Error) => void;
  /** Off only to measure what it is good for. */
  readonly answerAtOnce?: boolean;
}

export interface Broker {
  readonly port: number;
  /** For the Service Bus client library, which then speaks plain TCP to this broker. */
  readonly connectionString: string;
  /** Hangs up, and writes what is not written yet. */
  close(): Promise<void>;
}

/**
 * Starts a Service Bus that speaks AMQP 1.0 on the loopback interface. Throws when the entities ask for something that
 * it cannot do, the port is taken or the data folder cannot be used.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { host = '127.0.0.1', dataDir, clock = Date.now, log = STDERR, answerAtOnce = true } = options;
  splitDispositionsByOutcome();
  const entities = entityOptions(parseBusEntities(options.entities));
  const listener = await openListener(host, options.port);
  const closing: (() => Promise<void> | void)[] = [() => listener.close()];
  const close = async () => {
    for (const step of closing.splice(0)) await step();
  };
  try {
    const deadlines: Deadlines = new Deadlines(() => alarm.rearm());
    const alarm = new Alarm(deadlines, clock);
    const newToken = createTokenSource();
    const fail = (error: Error) => {
      log.error(error.message);
      options.failed?.(error);
    };
    const logJournal =
      dataDir === undefined
        ? undefined
        : new LogJournal({
            dir: dataDir,
            snapshot: () => engine.snapshot(),
            snapshotBytes: () => engine.snapshotBytes,
            warn: (message) => log.warn(message),
            failed: fail,
          });
    const context = { clock, deadlines, journal: logJournal ?? forgetfulJournal, newToken };
    const engine: Engine = new Engine(entities, context, (stored) => AmqpContent.parse(stored, newToken));
    if (logJournal !== undefined && dataDir !== undefined) {
      const release = await claimDataFolder(dataDir, listener.port);
      closing.push(release);
      await logJournal.replay((record) => engine.apply(record));
      await logJournal.open();
      closing.splice(1, 0, () => logJournal.close());
    }
    for (const [entity, records] of engine.start()) {
      log.warn(`${records} records of "${entity}" are kept but out of reach: no such entity is defined`);
    }
    alarm.start();
    const connections = new Set<BrokerConnection>();
    const unexpected = (error: unknown) =>
      log.error(
        `the embedded Service Bus failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    const container = rhea.create_container({ id: 'embedded-service-bus' });
    listener.serve((socket) => {
      const connection = new BrokerConnection({ container, socket, engine, newToken, answerAtOnce, unexpected });
      connections.add(connection);
      socket.on('close', () => connections.delete(connection));
    });
    closing.unshift(() => {
      alarm.stop();
      for (const connection of connections) connection.close();
    });
    return { port: listener.port, connectionString: connectionString(host, listener.port), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function connectionString(host: string, port: number): string {
  return `Endpoint=sb://${host}:${port};SharedAccessKeyName=local;SharedAccessKey=local;UseDevelopmentEmulator=true`;
}

const STDERR: Log = {
  info: () => undefined,
  warn: (message) => console.warn(message),
  error: (message) => console.error(message),
};
