import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connectBus, EVENTS_TOPIC } from './bus/connect-bus.ts';
import { toEventMessage } from './bus/event-message.ts';
import { laneOf } from './bus/lane.ts';
import type { Config } from './config.ts';
import { createTableCreations } from './delivery/creations.ts';
import { type DeliverOptions, deliver, type RetryPolicy } from './delivery/deliver.ts';
import type { Delivery } from './delivery/delivery.ts';
import { createTableLedger } from './delivery/table-ledger.ts';
import { stepCatalogue } from './destinations/catalogue.ts';
import { type ConnectRuntime, connectDestinations, connectNimbus } from './destinations/connect.ts';
import { ConfigurationError } from './errors.ts';
import type { CloudEvent } from './events/cloud-event.ts';
import { nimbusSchedulerEntry } from './events/nimbus-scheduler-entry.ts';
import { nimbusTask } from './events/nimbus-task.ts';
import { checkHealth, type HealthReport } from './health.ts';
import { type Log, processLog } from './log.ts';
import { createTriggerKeeper, type TriggerKeeper } from './nimbus-webhooks/create-trigger-keeper.ts';
import { registerAnew } from './nimbus-webhooks/register-anew.ts';
import { createSilenceWatch, type SilenceWatch } from './nimbus-webhooks/silence-watch.ts';
import { type LeftOutRoute, loadRoutes, type Routes } from './routes/load-routes.ts';
import { routeEvent } from './routes/route-event.ts';
import { connectTable } from './storage/connect-table.ts';
import type { WebhookAnswer } from './webhooks/problem.ts';
import type { WebhookRequest } from './webhooks/read-body.ts';
import { createAcdCallbackReceiver } from './webhooks/receive-acd-callback.ts';
import { createWebhookReceiver } from './webhooks/receive-webhook.ts';
import { createTableSightings } from './webhooks/table-sightings.ts';

/** Everything the functions do, with its clients made once for the process. */
export interface Bridge {
  receiveNimbusTask(request: WebhookRequest, log: Log): Promise<WebhookAnswer>;
  receiveNimbusSchedulerEntry(request: WebhookRequest, log: Log): Promise<WebhookAnswer>;
  /** `kind` is the query's, null without one. */
  receiveAcdCallback(request: WebhookRequest, kind: string | null, log: Log): Promise<WebhookAnswer>;
  /** `acceptedAtMs`: when the bus took the event, in milliseconds since the epoch. */
  route(event: CloudEvent, acceptedAtMs: number | undefined, log: Log): Promise<void>;
  deliver(delivery: Delivery, log: Log): Promise<void>;
  /** Does nothing where the settings name no callback. @throws TransientError when storage does not answer. */
  keepNimbusWebhooks(log: Log): Promise<void>;
  /** Does nothing where the settings name no callback. @throws TransientError when storage does not answer. */
  watchNimbusSilence(log: Log): Promise<void>;
  health(): Promise<HealthReport>;
  close(): Promise<void>;
}

/** @throws ConfigurationError when the routes file is missing or wrong. */
export function createBridge(config: Config, appFolder: string): Bridge {
  const routes = readRoutes(config, appFolder);
  const { lanes } = config;
  const clock = Date.now;
  const bus = connectBus(config);
  const ledgerTable = connectTable(config, 'ledger');
  const ledger = createTableLedger(ledgerTable);
  const sightings = createTableSightings(connectTable(config, 'sightings'));
  const runtime = {
    fetch,
    clock,
    timeoutMs: config.callTimeoutMs,
    callBudgets: connectTable(config, 'callbudgets'),
    sleep: delay,
    random: Math.random,
  };
  const { keepTriggers, silenceWatch } = connectWebhookKeeping(config, runtime);
  const publish = async (event: CloudEvent) => {
    await bus.send(EVENTS_TOPIC, [toEventMessage(event, laneOf(event.subject, lanes))]);
    void silenceWatch?.noteEvent(event.source);
  };
  const receiverOptions = { maxBodyBytes: config.maxBodyBytes, sightings, publish, clock };
  const deliverOptions: DeliverOptions = {
    routes,
    steps: connectDestinations(config, runtime),
    ledger,
    creations: createTableCreations(ledgerTable, ledger),
    bus,
    lanes,
    clock,
    random: Math.random,
    sleep: delay,
    retry: retryPolicy(config),
  };

  return {
    receiveNimbusTask: createWebhookReceiver(nimbusTask, receiverOptions),
    receiveNimbusSchedulerEntry: createWebhookReceiver(nimbusSchedulerEntry, receiverOptions),
    receiveAcdCallback: createAcdCallbackReceiver({ ...receiverOptions, timeZone: config.acdTimeZone }),
    route: (event, acceptedAtMs, log) =>
      routeEvent(event, acceptedAtMs, { routes: routes.all, bus, lanes, clock }, log),
    deliver: (delivery, log) => deliver(delivery, deliverOptions, log),
    keepNimbusWebhooks: async (log) => keepTriggers?.(log),
    watchNimbusSilence: async (log) => silenceWatch?.watch(log),
    health: () =>
      checkHealth({
        bus: () => bus.check(),
        table: () => ledgerTable.get('health', 'check'),
        ...(silenceWatch && { nimbus: silenceWatch.check }),
      }),
    close: () => bus.close(),
  };
}

/** Empty where the settings name no callback. */
function connectWebhookKeeping(
  { nimbus: settings, ...config }: Config,
  runtime: ConnectRuntime,
): { keepTriggers?: TriggerKeeper; silenceWatch?: SilenceWatch } {
  if (settings?.webhooks === undefined) return {};
  const { baseUrl, webhooks } = settings;
  const { clock } = runtime;
  const nimbus = connectNimbus(settings, runtime);
  const table = connectTable(config, 'nimbustriggers');
  return {
    keepTriggers: createTriggerKeeper({ baseUrl, webhooks, nimbus, table, clock }),
    silenceWatch: createSilenceWatch({
      ...webhooks,
      client: nimbus,
      table: connectTable(config, 'nimbussilence'),
      reregister: (log) => registerAnew({ baseUrl, webhooks, nimbus, table, clock, log }),
      clock,
    }),
  };
}

function readRoutes(config: Config, appFolder: string): Routes {
  const path = resolve(appFolder, config.routesFile);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigurationError('Settings are wrong or missing', [`BRIDGE_ROUTES: ${path} can't be read`], { cause });
  }
  return loadRoutes(text, {
    fileName: config.routesFile,
    steps: stepCatalogue,
    configured: new Set(
      Object.entries({ nimbus: config.nimbus, lucs: config.lucs, acd: config.acd, crm: config.crm }).flatMap(
        configuredName,
      ),
    ),
    ...(config.unsetDestinations === 'skip' && { onLeftOut: warnOfLeftOut }),
    settings: config.routeSettings,
  });
}

function warnOfLeftOut({ id, destinations }: LeftOutRoute): void {
  processLog.warn('route left out: a destination has no settings', { route: id, destinations: destinations.join() });
}

function configuredName([name, settings]: [string, unknown]): string[] {
  return settings === undefined ? [] : [name];
}

/** Three tries at once, then copies from `BRIDGE_RETRY_BASE_MS` up to a quarter of an hour apart. */
function retryPolicy({ callTimeoutMs, retryBaseMs, retryMaxAgeMs }: Config): RetryPolicy {
  const quickTries = 3;
  const quick = { baseMs: 200, capMs: 1_000 };
  return {
    quickTries,
    quick,
    later: { baseMs: retryBaseMs, capMs: 15 * 60_000 },
    maxAgeMs: retryMaxAgeMs,
    // Each try may ask whether it was done before, sign in again, and call.
    claimMs: quickTries * (3 * callTimeoutMs + quick.capMs),
  };
}
