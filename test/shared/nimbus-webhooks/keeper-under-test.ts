import { nimbusBearerToken } from '../../../infra/local/simulators/credentials.ts';
import { startNimbusSimulator } from '../../../infra/local/simulators/nimbus/simulator.ts';
import type { NimbusWebhooksConfig } from '../../../shared/config.ts';
import { createNimbusClient } from '../../../shared/destinations/nimbus/client.ts';
import { keepTriggers, removeTriggers } from '../../../shared/nimbus-webhooks/keep-triggers.ts';
import { MemoryTable } from '../../helpers/memory-table.ts';
import { RecordingLog } from '../../helpers/recording-log.ts';

export const KEY = 'secret/key+1';
export const HELPDESK = 'helpdesk@contoso.example';
export const SALES = 'sales@contoso.example';
/** In the seeded lists it is there for tasks only. */
export const CARE = 'care@contoso.example';

export const webhooks: NimbusWebhooksConfig = {
  callbackUrl: 'http://127.0.0.1:9/api/nimbus',
  callbackKey: KEY,
  services: [HELPDESK, SALES],
  taskEvents: [],
  schedulerEntryEvents: [],
  modalities: [],
  directions: [],
  quietMs: 0,
  businessHours: undefined,
};

/** The real Nimbus simulator, a table in memory, and keepers between them on a clock that stands still. */
export async function startKeeperUnderTest() {
  const nimbus = await startNimbusSimulator({ port: 0 });
  const table = new MemoryTable();
  const log = new RecordingLog();
  const time = { nowMs: Date.parse('2026-03-06T10:00:00Z') };
  const clock = () => time.nowMs;
  const client = createNimbusClient({
    baseUrl: nimbus.baseUrl,
    credentials: { headers: async () => ({ authorization: `Bearer ${nimbusBearerToken}` }) },
    beforeCall: async () => undefined,
    fetch,
    clock,
    timeoutMs: 2_000,
  });
  const common = { table, nimbus: client, clock, log };
  return {
    nimbus,
    client,
    table,
    log,
    time,
    keep: (changes: Partial<NimbusWebhooksConfig> = {}, isByHand = false) =>
      keepTriggers({
        ...common,
        baseUrl: nimbus.baseUrl,
        lookups: client,
        webhooks: { ...webhooks, ...changes },
        isByHand,
      }),
    remove: () => removeTriggers(common),
    /** What is registered at the simulator, tasks first. */
    registered: () => nimbus.state().triggers.toSorted((a, b) => b.webhook.localeCompare(a.webhook)),
    /** Requests that register or delete, in their order. */
    changes: () =>
      nimbus
        .requests()
        .filter(({ method }) => method !== 'GET')
        .map(({ method, path }) => `${method} ${path}`),
  };
}
