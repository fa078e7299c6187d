import { describe, expect, it } from 'vitest';
import { defaultLucsPaths } from '../../../../../shared/destinations/lucs/paths.ts';
import { BASE_URL, headers, lucs, lucsWith, SERVICE } from '../lucs-under-test.ts';

describe('L1 GET /v1.0/services', () => {
  it('lists the services, with whatever else LUCS says of them', async () => {
    const services = [
      { Id: SERVICE, DisplayName: 'Support', SipUri: 'sip:support@corp.example', Unknown: { a: 1 } },
      { Id: 'x', DisplayName: null },
    ];
    const { net, client } = lucs({ json: services });
    expect(await client.getServices()).toEqual(services);
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual(['GET', `${BASE_URL}/v1.0/services`]);
    expect(sent.headers).toEqual(headers.withoutBody);
  });
});

describe('L2 GET /v1.0/services/{serviceId}/users', () => {
  it('lists the agents of a service', async () => {
    const users = [{ Id: 'u1', DisplayName: 'Anna Berg', SipUri: 'sip:a.berg@corp.example' }];
    const { net, client } = lucs({ json: users });
    expect(await client.getServiceUsers(SERVICE)).toEqual(users);
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual(['GET', `${BASE_URL}/v1.0/services/${SERVICE}/users`]);
    expect(sent.headers).toEqual(headers.withoutBody);
  });

  it('is asked for where the settings say, encoded', async () => {
    const paths = { ...defaultLucsPaths, getServiceUsers: '/v1.0/users-of/{serviceId}' };
    const { net, client } = lucsWith({ paths }, { json: [] });
    expect(await client.getServiceUsers('../x?')).toEqual([]);
    expect(net.only().url.href).toBe(`${BASE_URL}/v1.0/users-of/..%2Fx%3F`);
  });
});
