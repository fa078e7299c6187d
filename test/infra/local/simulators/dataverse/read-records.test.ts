import { describe, expect, it } from 'vitest';
import { crmPerTest, firstId, nora, odataError } from './crm-under-test.ts';

const crm = crmPerTest();
const query = (options: Record<string, string>) => new URLSearchParams(options).toString();

describe('reading', () => {
  it('finds contacts by either number, with the chosen columns and the key', async () => {
    const filter = "telephone1 eq '+441632960124' or mobilephone eq '+441632960124'";
    const answer = await crm.request(
      'GET',
      `contacts?${query({ $filter: filter, $select: 'fullname,telephone1', $top: '2' })}`,
    );
    expect(answer.body).toEqual({
      '@odata.context': `${crm.root()}/$metadata#contacts(fullname,telephone1)`,
      value: [
        {
          '@odata.etag': expect.stringMatching(/^W\/"\d+"$/),
          fullname: 'Nora Blake',
          telephone1: '+441632960123',
          contactid: nora,
        },
      ],
    });
  });

  it('takes an unencoded plus for a blank, as any server does', async () => {
    const answer = await crm.request('GET', "contacts?$filter=telephone1%20eq%20'+441632960123'");
    expect(answer).toMatchObject({ status: 200, body: { value: [] } });
  });

  it('limits the number of records', async () => {
    expect((await crm.request('GET', 'contacts?$top=2')).body).toMatchObject({ value: [{}, {}] });
    expect((await crm.request('GET', 'contacts?$top=0')).body).toMatchObject({ value: [] });
  });

  it.each([
    ['$top=x', 400, odataError('0x0', 'Invalid value')],
    ['$select=fullname,Name', 400, odataError('0x0', "Could not find a property named 'Name'")],
    ['$filter=fullname', 400, odataError('0x80060888', 'Syntax error')],
    ['$expand=owner', 501, odataError('', 'does not support the query option $expand')],
    ['$Filter=x', 501, odataError('', '$Filter')],
  ])('refuses %s', async (options, status, body) => {
    expect(await crm.request('GET', `contacts?${options}`)).toMatchObject({ status, body });
  });

  it.each([`contacts(${nora})`, `contacts(contactid=${nora})`, `contacts(${nora.toUpperCase()})`])(
    'gives one record: %s',
    async (path) => {
      expect((await crm.request('GET', `${path}?$select=fullname`)).body).toEqual({
        '@odata.context': `${crm.root()}/$metadata#contacts(fullname)/$entity`,
        '@odata.etag': expect.any(String),
        fullname: 'Nora Blake',
        contactid: nora,
      });
    },
  );

  it.each([
    [`contacts(${firstId})`, 404, odataError('0x80040217', `contact With Id = ${firstId} Does Not Exist`)],
    ["tasks(bridge_deliverykey='none')", 404, odataError('0x80060891', 'does not exist in task entity')],
    [
      "tasks(subject='x')",
      400,
      odataError('0x80060888', "The key in the request URI is not valid for resource 'Microsoft.Dynamics.CRM.task'"),
    ],
    ['contacts(7)', 400, odataError('0x80060888', 'The key in the request URI is not valid')],
    [
      "tasks(bridge_deliverykey='a%3Ab')",
      400,
      odataError('', 'potentially dangerous Request.Path value was detected from the client (:)'),
    ],
  ])('of %s answers %i', async (path, status, body) => {
    expect(await crm.request('GET', path)).toMatchObject({ status, body });
  });
});
