import { connectBus } from '../../shared/bus/connect-bus.ts';
import { encodeMessagesAtOnce } from '../../shared/bus/rhea-encoding.ts';
import { loadConfig } from '../../shared/config.ts';
import { ConfigurationError, PermanentError } from '../../shared/errors.ts';
import { processLog as log } from '../../shared/log.ts';
import { startRelay } from '../../shared/relay/relay.ts';
import { startStatusServer } from '../../shared/relay/status-server.ts';
import { connectTable } from '../../shared/storage/connect-table.ts';

/** Container Apps kills what is still there ten seconds after it asked to stop, or later where it is told so. */
const STOP_WITHIN_MS = 9_500;

/** The relay as a process: runs until it is told to stop, or until Enreach refuses its credentials. */
async function main(): Promise<void> {
  const config = loadConfig();
  if (config.enreach === undefined) {
    throw new ConfigurationError('Settings are wrong or missing', [
      'ENREACH_USERNAME is missing: the relay needs it, ENREACH_SECRET_KEY or ENREACH_PASSWORD, and RTE_SUBSCRIPTIONS',
    ]);
  }
  encodeMessagesAtOnce();
  const relay = await startRelay({
    config,
    enreach: config.enreach,
    folder: process.cwd(),
    bus: connectBus(config),
    table: () => connectTable(config, 'relays'),
    log,
    fetch,
    clock: Date.now,
    random: Math.random,
  });
  const status = await startStatusServer({
    port: config.relay.statusPort,
    figures: () => relay.figures(),
  });

  let isStopping = false;
  const stop = async (exitCode: number) => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    await relay.close();
    await status.close();
    process.exit(exitCode);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(0));
  process.on('disconnect', () => void stop(0));
  process.on('SIGHUP', () => {
    relay.reloadSubscriptions().then(
      () => log.info('subscriptions read again'),
      (error: unknown) => log.error('subscriptions not read again', { reason: messageOf(error) }),
    );
  });

  process.send?.({ type: 'ready', statusPort: status.port });
  log.info('relay started', { statusPort: status.port, mode: config.relay.mode });
  try {
    await relay.firstUp;
  } catch (error) {
    log.error('relay ends', { reason: messageOf(error) });
    await stop(1);
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isForPeople = error instanceof ConfigurationError || error instanceof PermanentError;
  return isForPeople ? error.message : (error.stack ?? error.message);
}

main().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exit(1);
});
