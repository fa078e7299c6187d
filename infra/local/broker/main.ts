import { parseArgs } from 'node:util';
import { busEntities } from '../../../shared/bus/entities.ts';
import { startBroker } from './broker.ts';

/**
 * The embedded Service Bus as a process of its own: `--port 5672 --data .local/service-bus`.
 * Tells its parent when it is ready, and ends with it.
 */

const DEFAULT_PORT = '5672';
const MAX_PORT = 65_535;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: DEFAULT_PORT }, data: { type: 'string' } },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) {
    throw new Error(`--port ${values.port}: a port is a number from 0 to ${MAX_PORT}`);
  }
  if (values.data === undefined) throw new Error('--data is missing: the folder in which messages are kept');
  const broker = await startBroker({
    port,
    dataDir: values.data,
    entities: busEntities,
    // Whoever was promised nothing tries again; going on would promise what cannot be kept.
    failed: () => process.exit(1),
  });
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    broker.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('disconnect', stop);
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.send?.({ type: 'ready', port: broker.port });
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

main().catch(fail);
