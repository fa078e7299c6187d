import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Config, loadConfig, type NimbusSignInConfig } from '../../../../shared/config.ts';
import { connectDestinations } from '../../../../shared/destinations/connect.ts';
import { nimbusSteps } from '../../../../shared/destinations/nimbus/steps.ts';
import { aStepCall } from '../../../helpers/a-step-call.ts';
import { fakeFetch } from '../../../helpers/fake-fetch.ts';
import { MemoryTable } from '../../../helpers/memory-table.ts';
import { failureOf } from '../bound-step.ts';

const signIns: unknown[] = [];

vi.mock('../../../../shared/auth/nimbus-tokens.ts', () => ({
  nimbusTokens: (signIn: NimbusSignInConfig) => {
    signIns.push(signIn);
    return async ({ renew }: { renew: boolean }) => (renew ? 'renewed-token' : 'user-token');
  },
}));

beforeEach(() => {
  signIns.length = 0;
});

const withToken = { NIMBUS_BASE_URL: 'https://api.luware.example/', NIMBUS_TOKEN: 'fixed-token' };
const withSignIn = {
  NIMBUS_BASE_URL: 'https://api.luware.example',
  NIMBUS_TENANT_ID: 'tenant-1',
  NIMBUS_CLIENT_ID: 'client-1',
};

function config(settings: Record<string, string>): Config {
  return loadConfig({ ServiceBus: 'x', AzureWebJobsStorage: 'x', ...settings });
}

function connect(settings: Record<string, string>, net = fakeFetch(), callBudgets = new MemoryTable()) {
  const runtime = { fetch: net.fetch, clock: () => 0, timeoutMs: 1_000, callBudgets, random: () => 0 };
  return connectDestinations(config(settings), { ...runtime, sleep: async () => undefined });
}

type Steps = ReturnType<typeof connect>;

function clear(steps: Steps): Promise<unknown> {
  const prepared = steps.get('nimbus.clearAddressBook')?.prepare({ addressBook: 'book-1' });
  if (!prepared?.ok) throw new Error('the step is not there, or does not take its arguments');
  return prepared.call.run(aStepCall());
}

describe('the steps of Nimbus', () => {
  it('can be used when its address is set', () => {
    expect([...connect(withToken).keys()].sort()).toEqual(Object.keys(nimbusSteps).sort());
    expect([...connect({}).keys()]).toEqual([]);
  });

  it('call its address with a fixed token, which nothing can renew', async () => {
    const net = fakeFetch({}, { status: 401 });
    const steps = connect(withToken, net);
    await clear(steps);
    expect(await failureOf(clear(steps))).toMatchObject({ name: 'TransientError', httpStatus: 401 });
    expect(net.requests.map(({ url, headers }) => [url.href, headers.authorization])).toEqual([
      ['https://api.luware.example/v2/AddressBooks/book-1/contacts/clear', 'Bearer fixed-token'],
      ['https://api.luware.example/v2/AddressBooks/book-1/contacts/clear', 'Bearer fixed-token'],
    ]);
    expect(signIns).toEqual([]);
  });

  it("call it with the signed-in user's token, and with a new one when that is refused", async () => {
    const net = fakeFetch({ status: 401 }, {});
    await clear(connect(withSignIn, net));
    expect(net.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer user-token',
      'Bearer renewed-token',
    ]);
    expect(signIns).toEqual([
      expect.objectContaining({
        kind: 'delegated',
        clientId: 'client-1',
        authority: 'https://login.microsoftonline.com/tenant-1',
      }),
    ]);
  });

  it('make no more calls a minute than are allowed, in all processes together', async () => {
    const table = new MemoryTable();
    const settings = { ...withToken, NIMBUS_CALLS_PER_MINUTE: '3' };
    const net = fakeFetch({}, {}, {}, {});
    const [one, other] = [connect(settings, net, table), connect(settings, net, table)];
    const results = [];
    for (const steps of [one, other, one, other]) results.push(await clear(steps).catch((error: unknown) => error));
    expect(net.requests).toHaveLength(3);
    expect(results[3]).toMatchObject({ name: 'TransientError', retryAfterMs: expect.any(Number) });
  });
});
