import { describe, expect, it } from 'vitest';
import { addressBookSteps } from '../../../../../shared/destinations/nimbus/address-books/steps.ts';
import type { PlannedAnswer } from '../../../../helpers/fake-fetch.ts';
import { failureOf, findExisting, prepared, problemsOf, run } from '../../bound-step.ts';
import { nimbus, nimbusWith } from '../nimbus-under-test.ts';

const {
  'nimbus.addContact': addContact,
  'nimbus.updateContact': updateContact,
  'nimbus.removeContacts': removeContacts,
  'nimbus.clearAddressBook': clearAddressBook,
  'nimbus.getContacts': getContacts,
} = addressBookSteps;

const BOOK = 'https://api.luware.example/v2/AddressBooks/book%2F1/contacts';
const addressBook = 'book/1';
const smallest = { addressBook, externalId: 'crm-1' };
const everything = {
  ...smallest,
  firstName: 'Nora',
  lastName: 'Blake',
  displayName: 'Nora Blake',
  initials: 'NB',
  company: 'Northwind Bikes',
  department: 'Purchasing',
  jobTitle: 'Buyer',
  userPrincipalName: 'nora@northwind.example',
  imAddresses: ['nora@northwind.example'],
  emailAddresses: ['nora@northwind.example'],
  businessPhones: ['+441632960123'],
  mobilePhones: ['+447700900123', '+447700900124'],
  homePhones: ['+441632960124'],
  addresses: [{ street: '4 Mill Lane', city: 'Leeds', country: 'GB', state: 'Yorkshire', postalCode: 'LS1 4AP' }],
  customFields: { Tier: 'Gold' },
};

const contact = (externalId: string) => ({ externalId, displayName: `Contact ${externalId}` });

describe.each([
  ['nimbus.addContact', addContact, 'POST', false],
  ['nimbus.updateContact', updateContact, 'PUT', true],
] as const)('%s', (_name, step, method, repeatable) => {
  it('sends every argument under its name on the wire, to the book', async () => {
    const { net, client } = nimbus({ json: contact('crm-1') });
    expect(await run(step, client, everything)).toEqual({ externalId: 'crm-1' });
    const { addressBook: _, ...onTheWire } = everything;
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual([method, BOOK]);
    expect(sent.body).toEqual({ ...onTheWire, customFields: [{ name: 'Tier', value: 'Gold' }] });
  });

  it('leaves out what came out empty, and takes an only item for a list', async () => {
    const { net, client } = nimbus({ json: contact('crm-1') });
    await run(step, client, {
      ...smallest,
      firstName: null,
      lastName: '',
      customFields: { Tier: null },
      homePhones: [],
      mobilePhones: '+447700900123',
      addresses: { city: 'Leeds', state: null },
    });
    expect(net.only().body).toEqual({
      externalId: 'crm-1',
      mobilePhones: ['+447700900123'],
      addresses: [{ city: 'Leeds' }],
    });
  });

  it(`${repeatable ? 'may' : 'may not'} be repeated blindly`, () => {
    expect(prepared(step, nimbus().client, smallest).repeatable).toBe(repeatable);
  });

  const list = (count: number, item: unknown) => Array.from({ length: count }, () => item);

  it.each<[string, unknown, unknown, string]>([
    ['externalId', 'x'.repeat(128), 'x'.repeat(129), 'externalId: Too big'],
    ['firstName', 'x'.repeat(64), 'x'.repeat(65), 'firstName: Too big'],
    ['lastName', 'x'.repeat(64), 'x'.repeat(65), 'lastName: Too big'],
    ['displayName', 'x'.repeat(256), 'x'.repeat(257), 'displayName: Too big'],
    ['initials', 'x'.repeat(16), 'x'.repeat(17), 'initials: Too big'],
    ['company', 'x'.repeat(64), 'x'.repeat(65), 'company: Too big'],
    ['department', 'x'.repeat(64), 'x'.repeat(65), 'department: Too big'],
    ['jobTitle', 'x'.repeat(128), 'x'.repeat(129), 'jobTitle: Too big'],
    ['userPrincipalName', 'x'.repeat(128), 'x'.repeat(129), 'userPrincipalName: Too big'],
    ['imAddresses', ['x'.repeat(128)], ['a', 'x'.repeat(129)], 'imAddresses.1: Too big'],
    ['emailAddresses', ['x'.repeat(128)], ['x'.repeat(129)], 'emailAddresses.0: Too big'],
    ['businessPhones', ['1'.repeat(32)], ['1'.repeat(33)], 'businessPhones.0: Too big'],
    ['mobilePhones', ['1'.repeat(32)], ['1'.repeat(33)], 'mobilePhones.0: Too big'],
    ['homePhones', list(10, '1'), list(11, '1'), 'homePhones: Too big: expected at most 10 items'],
    ['addresses', list(10, { city: 'a' }), list(11, { city: 'a' }), 'addresses: Too big: expected at most 10 items'],
    ['addresses', [{ street: 'x'.repeat(1024) }], [{ street: 'x'.repeat(1025) }], 'addresses.0.street: Too big'],
    ['addresses', [{ city: 'x'.repeat(128) }], [{ city: 'x'.repeat(129) }], 'addresses.0.city: Too big'],
    ['addresses', [{ country: 'x'.repeat(128) }], [{ country: 'x'.repeat(129) }], 'addresses.0.country: Too big'],
    ['addresses', [{ state: 'x'.repeat(128) }], [{ state: 'x'.repeat(129) }], 'addresses.0.state: Too big'],
    [
      'addresses',
      [{ postalCode: 'x'.repeat(40) }],
      [{ postalCode: 'x'.repeat(41) }],
      'addresses.0.postalCode: Too big',
    ],
    [
      'customFields',
      list(20, { name: 'a', value: 'b' }),
      list(21, { name: 'a', value: 'b' }),
      'customFields: Too big: expected at most 20 items',
    ],
    [
      'customFields',
      { ['x'.repeat(64)]: 'a' },
      { ['x'.repeat(65)]: 'a' },
      'customFields: Too big: expected names of at most 64',
    ],
    [
      'customFields',
      { a: 'x'.repeat(1024) },
      { a: 'x'.repeat(1025) },
      'customFields: Too big: expected values of at most 1024',
    ],
    ['externalId', 'a', '', 'externalId: Too small'],
    ['addressBook', 'a', '', 'addressBook: Too small'],
  ])('keeps %s within its limits', (name, fits, tooBig, problem) => {
    expect(problemsOf(step, nimbus().client, { ...smallest, [name]: fits })).toEqual([]);
    const problems = problemsOf(step, nimbus().client, { ...smallest, [name]: tooBig });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });
});

describe('asking Nimbus for an earlier attempt to add a contact', () => {
  it('finds it by its externalId', async () => {
    const { net, client } = nimbus({ json: [contact('crm-2'), contact('crm-1')] });
    expect(await findExisting(addContact, client, smallest)).toEqual({ externalId: 'crm-1' });
    expect(net.only().url.href).toBe(`${BOOK}?externalIds=crm-1`);
  });

  it.each<[string, PlannedAnswer]>([
    ['nothing', { json: [] }],
    ['others, because it does not heed the query', { json: [contact('crm-2')] }],
    ['404', { status: 404 }],
  ])('finds none where Nimbus answers %s', async (_what, answer) => {
    expect(await findExisting(addContact, nimbus(answer).client, smallest)).toBeUndefined();
  });

  it('learns nothing from an outage', async () => {
    const failure = await failureOf(findExisting(addContact, nimbus({ status: 500 }).client, smallest));
    expect(failure).toMatchObject({ name: 'TransientError' });
  });
});

describe('nimbus.updateContact', () => {
  it('gives up a contact that Nimbus does not know', async () => {
    expect(await failureOf(run(updateContact, nimbus({ status: 404 }).client, smallest))).toMatchObject({
      name: 'PermanentError',
      message: 'Nimbus answered 404 to "update contact": the address book or the contact is unknown',
    });
  });
});

describe('nimbus.removeContacts', () => {
  const args = { addressBook, externalIds: ['crm-1', 'crm-2'] };

  it('sends the ids as a bare list', async () => {
    const { net, client } = nimbus({});
    expect(await run(removeContacts, client, args)).toEqual({ outcome: 'removed' });
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual(['POST', `${BOOK}/delete`]);
    expect(sent.body).toEqual(['crm-1', 'crm-2']);
  });

  it('makes no call when there is nobody to remove', async () => {
    const { net, client } = nimbus();
    expect(await run(removeContacts, client, { addressBook, externalIds: [] })).toEqual({ outcome: 'gone' });
    expect(net.requests).toEqual([]);
  });

  it('is done when the book has none of them', async () => {
    const { net, client } = nimbus({ status: 404 }, { json: [contact('crm-3')] });
    expect(await run(removeContacts, client, args)).toEqual({ outcome: 'gone' });
    expect(net.requests.map(({ method, url }) => [method, url.href])).toEqual([
      ['POST', `${BOOK}/delete`],
      ['GET', BOOK],
    ]);
  });

  it('removes those that are left when one was gone', async () => {
    const { net, client } = nimbus({ status: 404 }, { json: [contact('crm-2'), contact('crm-3')] }, {});
    expect(await run(removeContacts, client, args)).toEqual({ outcome: 'removed' });
    expect(net.requests[2]?.body).toEqual(['crm-2']);
  });

  it('gives up when it is the book that Nimbus does not know', async () => {
    const { client } = nimbus({ status: 404 }, { status: 404 });
    expect(await failureOf(run(removeContacts, client, args))).toMatchObject({
      name: 'PermanentError',
      message: 'Nimbus answered 404 to "get contacts": the address book is unknown',
    });
  });

  it.each([
    [400, 'PermanentError'],
    [504, 'TransientError'],
  ])('answered %i is a %s', async (status, name) => {
    expect(await failureOf(run(removeContacts, nimbus({ status }).client, args))).toMatchObject({ name });
  });

  it('may be repeated', () => {
    expect(prepared(removeContacts, nimbus().client, args).repeatable).toBe(true);
  });

  it('refuses what is no list of ids', () => {
    expect(problemsOf(removeContacts, nimbus().client, { addressBook, externalIds: [7] })).toEqual([
      'externalIds: Invalid list: expected texts of at most 128 characters',
    ]);
    expect(problemsOf(removeContacts, nimbus().client, { addressBook })).toHaveLength(1);
  });
});

describe('nimbus.clearAddressBook', () => {
  it('clears the book, without a body', async () => {
    const { net, client } = nimbus({});
    expect(await run(clearAddressBook, client, { addressBook })).toEqual({ outcome: 'removed' });
    const sent = net.only();
    expect([sent.method, sent.url.href, sent.body]).toEqual(['POST', `${BOOK}/clear`, undefined]);
  });

  it('gives up a book that Nimbus does not know', async () => {
    const failure = await failureOf(run(clearAddressBook, nimbus({ status: 404 }).client, { addressBook }));
    expect(failure).toMatchObject({ name: 'PermanentError', httpStatus: 404 });
  });

  it('may be repeated', () => {
    expect(prepared(clearAddressBook, nimbus().client, { addressBook }).repeatable).toBe(true);
  });
});

describe('nimbus.getContacts', () => {
  it('gives all contacts, or those asked for', async () => {
    const json = [contact('crm-1'), { EXTERNALID: 'crm-2', LastName: null }];
    const { net, client } = nimbus({ json }, { json });
    expect(await run(getContacts, client, { addressBook })).toEqual({
      contacts: [contact('crm-1'), { externalId: 'crm-2' }],
    });
    expect(await run(getContacts, client, { addressBook, externalIds: 'crm-2' })).toEqual({
      contacts: [{ externalId: 'crm-2' }],
    });
    expect(net.requests.map(({ url }) => url.search)).toEqual(['', '?externalIds=crm-2']);
  });

  it('does not ask for all when it is asked for none', async () => {
    const { net, client } = nimbus();
    expect(await run(getContacts, client, { addressBook, externalIds: [] })).toEqual({ contacts: [] });
    expect(net.requests).toEqual([]);
  });

  it.each([
    ['csv', ['a', 'b&c'], '?externalIds=a,b%26c', ['a', 'b&c']],
    ['csv', ['a', 'b,c'], '', ['a', 'b,c']],
    ['repeated', ['a', 'b,c'], '?externalIds=a&externalIds=b%2Cc', ['a', 'b,c']],
  ] as const)('asks for several ids as %s: %j', async (externalIdsFormat, externalIds, search, found) => {
    const answer = { json: ['a', 'b', 'c', 'b,c', 'b&c'].map(contact) };
    const { net, client } = nimbusWith({ externalIdsFormat }, answer);
    expect(await run(getContacts, client, { addressBook, externalIds })).toEqual({
      contacts: found.map(contact).sort(byId),
    });
    expect(net.only().url.search).toBe(search);
  });

  it('gives up when there are too many to hand on', async () => {
    const { client } = nimbus({ json: Array.from({ length: 1_000 }, (_, index) => contact(`crm-${index}`)) });
    expect(await failureOf(run(getContacts, client, { addressBook }))).toMatchObject({
      name: 'PermanentError',
      message: 'Nimbus has too many contacts in this address book: give externalIds',
    });
  });
});

function byId(a: { externalId: string }, b: { externalId: string }): number {
  return a.externalId.localeCompare(b.externalId);
}
