import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startBroker } from '../../infra/local/broker/broker.ts';
import { startAcdSimulator } from '../../infra/local/simulators/acd/simulator.ts';
import {
  acdToken,
  dataverseBearerToken,
  lucsApiKey,
  nimbusBearerToken,
} from '../../infra/local/simulators/credentials.ts';
import { startDataverseSimulator } from '../../infra/local/simulators/dataverse/simulator.ts';
import { startLucsSimulator } from '../../infra/local/simulators/lucs/simulator.ts';
import { startNimbusSimulator } from '../../infra/local/simulators/nimbus/simulator.ts';
import { serviceBusConnectionString } from '../../infra/local/stack/addresses.ts';
import { startChild } from '../../infra/local/stack/child.ts';
import { hostPart } from '../../infra/local/stack/parts.ts';
import { appFolder } from '../../infra/tools/build.ts';
import { busEntities } from '../../shared/bus/entities.ts';
import { startAzurite } from './azurite.ts';
import { countAmqp } from './count-amqp.ts';
import { countHttp } from './count-http.ts';

export type CountedStack = Awaited<ReturnType<typeof startCountedStack>>;

const FUNCTION_KEY = 'local-function-key';
const MASTER_KEY = 'local-master-key';

/** The bridge as it is deployed, with everything that it sends to Service Bus and to tables and blobs counted on the way. */
export async function startCountedStack(routes: string, settings: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'counted-stack-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const close of closing.reverse().splice(0)) await close();
  };
  try {
    const routesFile = join(folder, 'routes.yaml');
    await writeFile(routesFile, routes);
    const simulators = await Promise.all([
      startNimbusSimulator({ port: 0 }),
      startLucsSimulator({ port: 0 }),
      startAcdSimulator({ port: 0 }),
      startDataverseSimulator({ port: 0 }),
    ]);
    for (const simulator of simulators) closing.push(() => simulator.close());
    const [nimbus, lucs, acd, crm] = simulators;

    const broker = await startBroker({ port: 0, entities: busEntities });
    closing.push(() => broker.close());
    const bus = await countAmqp(broker.port);
    closing.push(() => bus.close());

    const azurite = await startAzurite();
    closing.push(() => azurite.stop());
    const tables = await countHttp(portIn(azurite.connectionString, 'TableEndpoint'));
    closing.push(() => tables.close());
    const blobs = await countHttp(portIn(azurite.connectionString, 'BlobEndpoint'));
    closing.push(() => blobs.close());
    const storage = azurite.connectionString
      .replace(/(TableEndpoint=http:\/\/127\.0\.0\.1:)\d+/, `$1${tables.port}`)
      .replace(/(BlobEndpoint=http:\/\/127\.0\.0\.1:)\d+/, `$1${blobs.port}`);

    const lines: string[] = [];
    const { spec, report } = hostPart(
      {
        port: 0,
        appFolder,
        settingsFile: resolve(appFolder, 'local.settings.sample.json'),
        env: {
          ...process.env,
          ServiceBus: serviceBusConnectionString(bus.port),
          AzureWebJobsStorage: storage,
          NIMBUS_BASE_URL: nimbus.baseUrl,
          NIMBUS_TOKEN: nimbusBearerToken,
          LUCS_BASE_URL: lucs.baseUrl,
          LUCS_API_KEY: lucsApiKey,
          ACD_BASE_URL: acd.baseUrl,
          ACD_TOKEN: acdToken,
          CRM_BASE_URL: crm.baseUrl,
          CRM_TOKEN: dataverseBearerToken,
          BRIDGE_ROUTES: routesFile,
          ...settings,
        },
      },
      (line) => lines.push(line),
    );
    const host = await startChild(spec);
    closing.push(async () => {
      host.kill('SIGTERM');
      await host.ended;
    });
    const url = `http://127.0.0.1:${report(host.ready).port}`;

    return {
      bus,
      tables,
      blobs,
      /** What the host has printed. */
      lines,
      hostPid: host.pid,
      post: (path: string, body: unknown) =>
        fetch(`${url}/api/${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-functions-key': FUNCTION_KEY },
          body: JSON.stringify(body),
        }),
      /** Starts a timer function now. */
      runTimer: (name: string) =>
        fetch(`${url}/admin/functions/${name}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-functions-key': MASTER_KEY },
          body: '{}',
        }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function portIn(connectionString: string, endpoint: string): number {
  return Number(new RegExp(`${endpoint}=http://127\\.0\\.0\\.1:(\\d+)`).exec(connectionString)?.[1]);
}
