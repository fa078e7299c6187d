import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { startAcdSimulator } from '../../infra/local/simulators/acd/simulator.ts';
import {
  acdToken,
  dataverseBearerToken,
  lucsApiKey,
  nimbusBearerToken,
} from '../../infra/local/simulators/credentials.ts';
import { startDataverseSimulator } from '../../infra/local/simulators/dataverse/simulator.ts';
import { startEnreachSimulator } from '../../infra/local/simulators/enreach/simulator.ts';
import { startLucsSimulator } from '../../infra/local/simulators/lucs/simulator.ts';
import { startNimbusSimulator } from '../../infra/local/simulators/nimbus/simulator.ts';
import { anyPorts } from '../../infra/local/stack/addresses.ts';
import { type Stack, startStack } from '../../infra/local/stack/stack.ts';
import { simulatorSettings } from '../../infra/local/stack/vendor-settings.ts';
import { registerWebhooks, setAcdReceiver } from '../../infra/local/stack/webhooks.ts';
import { appFolder } from '../../infra/tools/build.ts';
import { splitDispositionsByOutcome } from '../../shared/bus/rhea-outcomes.ts';

export type TestStack = Awaited<ReturnType<typeof startTestStack>>;

export interface TestStackOptions {
  /** Settings beside those that lead to the simulators. */
  readonly settings?: Readonly<Record<string, string>>;
  /** A routes file in place of the shipped one. */
  readonly routes?: string;
  /** False leaves it to the bridge (or to nobody) to register its webhooks with Nimbus, and the ACD posts nowhere. */
  readonly registers?: boolean;
  /** How many relays hear the Enreach simulator; none unless told. */
  readonly relays?: 0 | 1 | 2;
  /** Port of the bridge, for settings that name its address. */
  readonly port?: number;
}

/** The bridge as it is deployed, on free ports, with simulators that the test can ask and command. */
export async function startTestStack({
  settings = {},
  routes,
  registers = true,
  relays = 0,
  port = 0,
}: TestStackOptions = {}) {
  splitDispositionsByOutcome();
  const folder = await mkdtemp(join(tmpdir(), 'bridge-test-'));
  const routesFile = routes === undefined ? resolve(appFolder, 'routes.yaml') : join(folder, 'routes.yaml');
  if (routes !== undefined) await writeFile(routesFile, routes);
  const [nimbus, lucs, acd, crm, enreach] = await Promise.all([
    startNimbusSimulator({ port: 0 }),
    startLucsSimulator({ port: 0 }),
    startAcdSimulator({ port: 0 }),
    startDataverseSimulator({ port: 0 }),
    startEnreachSimulator({ port: 0 }),
  ]);
  const simulators = { nimbus, lucs, acd, crm, enreach };
  const lines: string[] = [];
  const closeSimulators = () => Promise.all(Object.values(simulators).map((simulator) => simulator.close()));

  let stack: Stack;
  try {
    stack = await startStack({
      appFolder,
      settingsFile: resolve(appFolder, 'local.settings.sample.json'),
      dataFolder: join(folder, 'data'),
      ports: { ...anyPorts, http: port },
      environment: {
        ...process.env,
        NIMBUS_BASE_URL: nimbus.baseUrl,
        NIMBUS_TOKEN: nimbusBearerToken,
        LUCS_BASE_URL: lucs.baseUrl,
        LUCS_API_KEY: lucsApiKey,
        ACD_BASE_URL: acd.baseUrl,
        ACD_TOKEN: acdToken,
        CRM_BASE_URL: crm.baseUrl,
        CRM_TOKEN: dataverseBearerToken,
        ...simulatorSettings({ enreach: enreach.baseUrl }),
        BRIDGE_ROUTES: routesFile,
        BRIDGE_RETRY_BASE_MS: '100',
        ...settings,
      },
      useFunc: false,
      relays,
      onLine: (part, line) => lines.push(`${part}: ${line}`),
      onGivenUp: (error) => lines.push(`given up: ${String(error)}`),
    });
  } catch (error) {
    await closeSimulators();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  if (registers) {
    await registerWebhooks(nimbus.baseUrl, stack.bridgeUrl, stack.functionKey);
    await setAcdReceiver(acd.baseUrl, stack.bridgeUrl, stack.functionKey);
  }
  const bus = new ServiceBusClient(stack.serviceBusConnectionString, {
    retryOptions: { maxRetries: 20, retryDelayInMs: 200 },
  });

  return {
    stack,
    dataFolder: join(folder, 'data'),
    simulators,
    lines,
    bus,
    /** Posts to the bridge with its function key. */
    post: (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
      fetch(`${stack.bridgeUrl}/api/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-functions-key': stack.functionKey, ...headers },
        body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
      }),
    /** What is in `entity` now, without taking it away. */
    peek: async (entity: string, subQueueType?: 'deadLetter'): Promise<ServiceBusReceivedMessage[]> => {
      // A client goes on peeking where it stopped; a new one begins at the beginning.
      const client = new ServiceBusClient(stack.serviceBusConnectionString);
      const receiver = client.createReceiver(entity, subQueueType === undefined ? {} : { subQueueType });
      const messages = await receiver.peekMessages(50);
      await client.close();
      return messages;
    },
    async stop() {
      await bus.close().catch(() => undefined);
      await stack.stop();
      await closeSimulators();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Asks until `probe` gives something, and gives that. Fails with the last answer's description when time is up. */
export async function eventually<T>(
  probe: () => T | undefined | Promise<T | undefined>,
  what: string,
  timeoutMs = 10_000,
): Promise<T> {
  for (const deadlineMs = Date.now() + timeoutMs; ; await delay(10)) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadlineMs) throw new Error(`did not happen in ${timeoutMs} ms: ${what}`);
  }
}
