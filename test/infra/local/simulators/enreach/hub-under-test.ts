import { vi } from 'vitest';
import {
  type EnreachSimulator,
  type EnreachSimulatorOptions,
  startEnreachSimulator,
} from '../../../../../infra/local/simulators/enreach/simulator.ts';
import { createHubClient, fetchToken, type HubClientOptions } from '../../../../interop/hub-client.ts';
import { handshake, invocation, openRawHubClient, type RawHubClient } from '../../../../interop/raw-hub-client.ts';

/** A simulator with everything that is to end with it. */
export interface HubUnderTest {
  readonly enreach: EnreachSimulator;
  /** Ids of the account, of a queue and of a call list. */
  readonly me: string;
  readonly queue: string;
  readonly callList: string;
  token(): Promise<string>;
  /** A WebSocket without a SignalR client; after the handshake, and subscribed to these. */
  rawClient(...items: readonly (readonly [entityId: string, eventName: string])[]): Promise<RawHubClient>;
  /** Microsoft's client, started. */
  client(options?: Partial<HubClientOptions>): ReturnType<typeof createHubClient>;
  /** Ends all clients and forgets everything. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export const waiting = { timeout: 5_000, interval: 5 };

export async function startHubUnderTest(options: Partial<EnreachSimulatorOptions> = {}): Promise<HubUnderTest> {
  const enreach = await startEnreachSimulator({ port: 0, ...options });
  const { users, queues, callLists } = enreach.directory;
  const [me] = users;
  const ends: (() => Promise<unknown>)[] = [];
  if (me === undefined) throw new Error('The seeded tenant has a user.');
  const token = () => fetchToken({ ...me, baseUrl: enreach.baseUrl, userId: me.id });

  return {
    enreach,
    me: me.id,
    queue: queues[0]?.id ?? '',
    callList: callLists[0] ?? '',
    token,
    rawClient: async (...items) => {
      const client = await openRawHubClient(enreach.hubUrl, { authorization: `Bearer ${await token()}` });
      ends.push(() => client.close());
      client.send(handshake);
      const wanted = items.map(([entityId, eventName]) => ({ EntityId: entityId, EventName: eventName }));
      client.send(invocation('Subscribe', [wanted], 'setup'));
      await vi.waitUntil(() => client.records.length === 2, waiting);
      client.records.splice(0);
      return client;
    },
    client: (more = {}) => {
      const client = createHubClient({ hubUrl: enreach.hubUrl, accessTokenFactory: token, ...more });
      ends.push(() => client.stop());
      return client;
    },
    reset: async () => {
      await Promise.all(ends.splice(0).map((end) => end()));
      enreach.dropAll('reset');
      enreach.clear();
    },
    close: async () => {
      await Promise.all(ends.splice(0).map((end) => end()));
      await enreach.close();
    },
  };
}

/** The messages of events among the records, without SignalR's wrapping. */
export function messagesOf({ records }: RawHubClient): unknown[] {
  return records.flatMap((record) => {
    const isMessage = typeof record === 'object' && record !== null && 'target' in record;
    return isMessage && record.target === 'MessageReceived' && 'arguments' in record ? [record.arguments] : [];
  });
}
