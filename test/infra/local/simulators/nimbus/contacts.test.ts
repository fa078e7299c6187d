import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addressBooks } from '../../../../../infra/local/simulators/nimbus/lookups.ts';
import { type NimbusUnderTest, startNimbusUnderTest } from './nimbus-under-test.ts';

let test: NimbusUnderTest;

beforeAll(async () => {
  test = await startNimbusUnderTest();
});
afterEach(() => test.reset());
afterAll(() => test.close());

const [customers, suppliers] = addressBooks.map(({ id }) => `/v2/AddressBooks/${id}/contacts`);
const path = customers ?? '';
const nora = {
  externalId: 'n-1',
  firstName: 'Nora',
  emailAddresses: ['nora@example.org'],
  addresses: [{ city: 'Leeds', postalCode: 'LS1 4AP' }],
  customFields: [{ name: 'Tier', value: 'Gold' }],
};
const add = (contact: unknown) => test.send('POST', path, contact);
const list = async (query = '') => (await test.send('GET', path + query)).body;

describe('contacts', () => {
  it('are added to one address book and answered as they were written', async () => {
    expect(await add(nora)).toMatchObject({ status: 200, body: nora });
    expect(await list()).toEqual([nora]);
    expect((await test.send('GET', suppliers ?? '')).body).toEqual([]);
  });

  it('are replaced by their external id, which is in the body', async () => {
    await add(nora);
    const changed = { externalId: 'n-1', lastName: 'Blake' };
    expect(await test.send('PUT', path, changed)).toMatchObject({ status: 200, body: changed });
    expect(await list()).toEqual([changed]);
    expect((await test.send('PUT', path, { externalId: 'n-2' })).status).toBe(404);
  });

  it('are refused a second time, unless adding also updates', async () => {
    await add(nora);
    expect((await add({ externalId: 'n-1' })).status).toBe(400);
    expect(await list()).toEqual([nora]);
    test.nimbus.behave({ addKnownContact: 'update' });
    expect((await add({ externalId: 'n-1' })).status).toBe(200);
    expect(await list()).toEqual([{ externalId: 'n-1' }]);
  });

  it('are removed by a list of ids, and all at once', async () => {
    for (const externalId of ['a', 'b', 'c']) await add({ externalId });
    expect(await test.send('POST', `${path}/delete`, ['a', 'unknown'])).toMatchObject({ status: 200, text: '' });
    expect(await list()).toEqual([{ externalId: 'b' }, { externalId: 'c' }]);
    expect((await test.send('POST', `${path}/delete`, { externalIds: ['b'] })).status).toBe(400);
    expect(await test.send('POST', `${path}/clear`)).toMatchObject({ status: 200, text: '' });
    expect(await list()).toEqual([]);
  });

  it('are chosen by ids with commas between, and by repeated keys where that is understood', async () => {
    for (const externalId of ['a', 'b', 'c']) await add({ externalId });
    expect(await list('?externalIds=c,a,unknown')).toEqual([{ externalId: 'c' }, { externalId: 'a' }]);
    expect(await list('?externalIds=')).toHaveLength(3);
    const repeated = '?externalIds=a&externalIds=b';
    expect((await test.send('GET', path + repeated)).status).toBe(400);
    test.nimbus.behave({ repeatedExternalIds: 'accept' });
    expect(await list(repeated)).toEqual([{ externalId: 'a' }, { externalId: 'b' }]);
  });

  it('have an address book, which the account can see', async () => {
    expect((await test.send('GET', '/v2/AddressBooks/other/contacts')).status).toBe(404);
    test.nimbus.hide(addressBooks[0]?.id ?? '');
    expect((await add(nora)).status).toBe(403);
    expect((await test.send('GET', '/v2/AddressBooks')).body).toEqual([addressBooks[1]]);
    test.nimbus.show(addressBooks[0]?.id ?? '');
    expect((await add(nora)).status).toBe(200);
  });
});

describe('sizes of a contact', () => {
  const text = (length: number) => 'x'.repeat(length);
  const texts = (count: number, length: number) => Array.from({ length: count }, () => text(length));
  const addresses = (count: number, address: object) => Array.from({ length: count }, () => address);
  const fields = (count: number, name: number, value: number) =>
    Array.from({ length: count }, () => ({ name: text(name), value: text(value) }));

  it.each<[string, object, object]>([
    ['externalId', { externalId: text(128) }, { externalId: text(129) }],
    ['firstName', { firstName: text(64) }, { firstName: text(65) }],
    ['lastName', { lastName: text(64) }, { lastName: text(65) }],
    ['displayName', { displayName: text(256) }, { displayName: text(257) }],
    ['initials', { initials: text(16) }, { initials: text(17) }],
    ['company', { company: text(64) }, { company: text(65) }],
    ['department', { department: text(64) }, { department: text(65) }],
    ['jobTitle', { jobTitle: text(128) }, { jobTitle: text(129) }],
    ['userPrincipalName', { userPrincipalName: text(128) }, { userPrincipalName: text(129) }],
    ['imAddresses', { imAddresses: texts(10, 128) }, { imAddresses: texts(11, 1) }],
    ['emailAddresses.0', { emailAddresses: texts(10, 128) }, { emailAddresses: texts(1, 129) }],
    ['businessPhones', { businessPhones: texts(10, 32) }, { businessPhones: texts(11, 1) }],
    ['mobilePhones.0', { mobilePhones: texts(10, 32) }, { mobilePhones: texts(1, 33) }],
    ['homePhones.0', { homePhones: texts(10, 32) }, { homePhones: texts(1, 33) }],
    ['addresses', { addresses: addresses(10, { street: text(1_024) }) }, { addresses: addresses(11, {}) }],
    ['addresses.0.street', {}, { addresses: [{ street: text(1_025) }] }],
    [
      'addresses.0.city',
      { addresses: [{ city: text(128), country: text(128), state: text(128) }] },
      { addresses: [{ city: text(129) }] },
    ],
    ['addresses.0.postalCode', { addresses: [{ postalCode: text(40) }] }, { addresses: [{ postalCode: text(41) }] }],
    ['customFields', { customFields: fields(20, 64, 1_024) }, { customFields: fields(21, 1, 1) }],
    ['customFields.0.name', {}, { customFields: fields(1, 65, 1) }],
    ['customFields.0.value', {}, { customFields: fields(1, 1, 1_025) }],
  ])('%s', async (field, largest, tooLarge) => {
    expect((await add({ ...nora, ...largest })).status).toBe(200);
    const refused = { status: 400, body: { errors: { [field]: [expect.any(String)] } } };
    expect(await add({ ...nora, ...tooLarge })).toMatchObject(refused);
    expect(await test.send('PUT', path, { ...nora, ...tooLarge })).toMatchObject(refused);
  });

  it.each([[{}], [{ externalId: '' }], [{ externalId: 1 }]])('%j has no external id', async (contact) => {
    expect((await add(contact)).status).toBe(400);
  });
});
