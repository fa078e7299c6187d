import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClientSecretOptions } from '../../../shared/auth/client-secret.ts';
import { type Config, loadConfig } from '../../../shared/config.ts';
import { stepCatalogue } from '../../../shared/destinations/catalogue.ts';
import { connectDestinations } from '../../../shared/destinations/connect.ts';
import { aStepCall } from '../../helpers/a-step-call.ts';
import { fakeFetch, type PlannedAnswer } from '../../helpers/fake-fetch.ts';
import { MemoryTable } from '../../helpers/memory-table.ts';

const signIns: unknown[] = [];

vi.mock('../../../shared/auth/client-secret.ts', () => ({
  clientSecretTokens: (options: ClientSecretOptions) => {
    signIns.push(options);
    return async ({ renew }: { renew: boolean }) => (renew ? 'renewed-by-secret' : 'by-secret');
  },
}));

vi.mock('../../../shared/auth/azure-credential.ts', () => ({
  azureCredential: (clientId: string | undefined) => ({ clientId }),
  credentialTokens: (credential: unknown, scope: string) => {
    signIns.push({ credential, scope });
    return async () => 'by-identity';
  },
}));

beforeEach(() => {
  signIns.length = 0;
});

function config(settings: Record<string, string>): Config {
  return loadConfig({ ServiceBus: 'x', AzureWebJobsStorage: 'x', ...settings });
}

function connect(settings: Record<string, string>, net = fakeFetch()) {
  return connectDestinations(config(settings), {
    fetch: net.fetch,
    clock: () => 0,
    timeoutMs: 1_000,
    callBudgets: new MemoryTable(),
    sleep: async () => undefined,
    random: () => 0,
  });
}

const lucs = { LUCS_BASE_URL: 'https://lucs.example', LUCS_API_KEY: 'key-1' };
const acd = { ACD_BASE_URL: 'https://acd.example/rest/v1.0/7', ACD_TOKEN: 'token-1' };
const crm = { CRM_BASE_URL: 'https://contoso.crm4.dynamics.com/sub', CRM_TOKEN: 'token-2' };

async function runStep(settings: Record<string, string>, step: string, args: unknown, ...answers: PlannedAnswer[]) {
  const net = fakeFetch(...answers);
  const prepared = connect(settings, net).get(step)?.prepare(args);
  if (!prepared?.ok) throw new Error(`can't run ${step}: ${prepared?.problems.join('; ')}`);
  await prepared.call.run(aStepCall());
  return net.requests;
}

describe('connectDestinations', () => {
  it.each<[string, Record<string, string>, string[]]>([
    ['none', {}, []],
    ['LUCS', lucs, ['lucs']],
    ['jtel ACD', acd, ['acd']],
    ['the CRM', crm, ['crm']],
    ['all', { ...lucs, ...acd, ...crm }, ['acd', 'crm', 'lucs']],
  ])('ties the steps of %s, by settings', (_what, settings, destinations) => {
    const expected = [...stepCatalogue.keys()].filter((step) => destinations.includes(step.split('.')[0] ?? ''));
    expect([...connect(settings).keys()].sort()).toEqual(expected.sort());
  });

  it('calls each destination at its address with its key', async () => {
    const service = '3d0b8b57-6a55-4c5e-9f0e-1a2b3c4d5e6f';
    const all = { ...lucs, ...acd, ...crm };
    const [toLucs] = await runStep(all, 'lucs.createTask', { service }, { json: service });
    expect([toLucs?.url.href, toLucs?.headers.authorization]).toEqual([
      'https://lucs.example/v1.0/tasks',
      'Bearer key-1',
    ]);

    const event = { type: 3, groupId: 1, sender: '+493023125014', subject: 'b' };
    const [toAcd] = await runStep(all, 'acd.createEvent', event, { json: { records: [{ ID: 1 }] } });
    expect([toAcd?.url.href, toAcd?.headers.authorization]).toEqual([
      'https://acd.example/rest/v1.0/7/acd/events/create',
      'Bearer token-1',
    ]);

    const [toCrm] = await runStep(all, 'crm.findContact', { phone: '1' }, { json: { value: [] } });
    expect(toCrm?.url.href).toMatch(/^https:\/\/contoso\.crm4\.dynamics\.com\/sub\/api\/data\/v9\.2\/contacts\?/);
    expect(toCrm?.headers.authorization).toBe('Bearer token-2');
    expect(signIns).toEqual([]);
  });

  it('signs in to the CRM with a secret, for its origin, and renews', async () => {
    const settings = {
      CRM_BASE_URL: crm.CRM_BASE_URL,
      CRM_TENANT_ID: 'tenant-1',
      CRM_CLIENT_ID: 'client-1',
      CRM_CLIENT_SECRET: 'secret-1',
    };
    const requests = await runStep(
      settings,
      'crm.findContact',
      { phone: '1' },
      { status: 401 },
      { json: { value: [] } },
    );
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer by-secret',
      'Bearer renewed-by-secret',
    ]);
    expect(signIns).toEqual([
      {
        kind: 'secret',
        tenantId: 'tenant-1',
        clientId: 'client-1',
        clientSecret: 'secret-1',
        scope: 'https://contoso.crm4.dynamics.com/.default',
      },
    ]);
  });

  it.each([
    [{}, undefined],
    [{ CRM_CLIENT_ID: 'client-1' }, 'client-1'],
  ])('signs in to the CRM as the identity it runs under, with %j', async (more, clientId) => {
    const settings = { CRM_BASE_URL: crm.CRM_BASE_URL, ...more };
    const [request] = await runStep(settings, 'crm.findContact', { phone: '1' }, { json: { value: [] } });
    expect(request?.headers.authorization).toBe('Bearer by-identity');
    expect(signIns).toEqual([{ credential: { clientId }, scope: 'https://contoso.crm4.dynamics.com/.default' }]);
  });
});
