import { describe, expect, it } from 'vitest';
import { askServiceAccess } from '../../../shared/nimbus-webhooks/service-access.ts';
import { nimbus } from '../destinations/nimbus/nimbus-under-test.ts';

const HELPDESK = 'helpdesk@contoso.example';

describe('askServiceAccess', () => {
  it('asks the connection test and both lists of services', async () => {
    const { net, client } = nimbus({ status: 200 }, { json: [HELPDESK] }, { json: [] });
    const access = await askServiceAccess(client);
    expect(net.requests.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual([
      'GET /v1/diagnostics/testconnection',
      'GET /v1/tasks/service-contacts',
      'GET /v1/scheduler-entries/service-contacts',
    ]);
    if (access.kind !== 'open') throw new Error(access.kind);
    expect([access.seesTasksOf('Helpdesk@Contoso.example'), access.seesTasksOf('x')]).toEqual([true, false]);
    expect(access.seesSchedulerEntriesOf(HELPDESK)).toBe(false);
  });

  it.each([
    [401, 'sign-in-refused'],
    [403, 'role-lost'],
  ])('understands a connection test that answers %i as %s, and asks no further', async (status, kind) => {
    const { net, client } = nimbus({ status });
    expect(await askServiceAccess(client)).toEqual({ kind });
    expect(net.requests).toHaveLength(1);
  });

  it('takes a list that is refused alone for an empty one', async () => {
    const { client } = nimbus({ status: 200 }, { json: [HELPDESK] }, { status: 403 });
    const access = await askServiceAccess(client);
    expect(access.kind === 'open' && [access.seesTasksOf(HELPDESK), access.seesSchedulerEntriesOf(HELPDESK)]).toEqual([
      true,
      false,
    ]);
  });

  it.each([404, 429, 500])('does not guess when Nimbus answers %i', async (status) => {
    await expect(askServiceAccess(nimbus({ status }).client)).rejects.toThrow(`${status}`);
  });
});
