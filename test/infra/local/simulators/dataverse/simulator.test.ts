import { describe, expect, it } from 'vitest';
import { call } from '../call.ts';
import { crmPerTest, firstId, nora, odataError } from './crm-under-test.ts';

const crm = crmPerTest();

describe('every answer', () => {
  it.each([
    ['no token', {}],
    ['another token', { authorization: 'Bearer other' }],
  ])('to %s is 401 with a challenge', async (_name, headers) => {
    const answer = await call('GET', `${crm.root()}/contacts`, { headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(
      /^Bearer authorization_uri=https:\/\/login\.microsoftonline\.com\//,
    );
  });

  it('carries the OData version, refusals included', async () => {
    expect((await crm.request('GET', 'contacts')).headers.get('odata-version')).toBe('4.0');
    const refusal = await crm.request('GET', 'Contacts');
    expect(refusal.headers.get('odata-version')).toBe('4.0');
    expect(refusal.headers.get('content-type')).toMatch(/^application\/json; odata\.metadata="?minimal/);
  });

  it.each([
    [
      'an unknown entity set',
      'GET',
      'Contacts',
      404,
      odataError('0x8006088a', "Resource not found for the segment 'Contacts'."),
    ],
    ['a path without one', 'GET', 'contacts/x', 404, odataError('0x8006088a', "'x'")],
    ['PATCH of a whole set', 'PATCH', 'tasks', 405, odataError('', 'not supported')],
    ['POST to one record', 'POST', `tasks(${firstId})`, 405, odataError('', 'not supported')],
  ])('to %s is an OData error', async (_name, method, path, status, body) => {
    const options = method === 'GET' ? {} : { body: {} };
    expect(await crm.request(method, path, options)).toMatchObject({ status, body });
  });

  it('can be a throttled one on demand', async () => {
    const body = { error: { code: '0x80072322', message: 'Number of requests exceeded the limit of 6000.' } };
    crm.simulator.answerNext({ status: 429, headers: { 'retry-after': '3' }, body });
    const answer = await crm.request('GET', 'contacts');
    expect(answer).toMatchObject({ status: 429, body });
    expect(answer.headers.get('retry-after')).toBe('3');
  });
});

it('returns to the seeded contacts when cleared', async () => {
  await crm.request('POST', 'tasks', { body: { subject: 'x' } });
  await crm.request('PATCH', `contacts(${nora})`, { body: { lastname: 'Changed' } });
  expect(crm.simulator.state().contacts).toContainEqual(expect.objectContaining({ fullname: 'Nora Changed' }));
  crm.simulator.clear();
  expect(crm.simulator.state()).toMatchObject({ tasks: [], phonecalls: [] });
  expect(crm.simulator.state().contacts).toContainEqual(expect.objectContaining({ fullname: 'Nora Blake' }));
});
