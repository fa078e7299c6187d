import { describe, expect, it } from 'vitest';
import { PermanentError } from '../../../../../shared/errors.ts';
import { failureOf } from '../../bound-step.ts';
import { acd, fullList, line, missing, noRoute, shortList, statusOnly } from '../acd-under-test.ts';

const contact = { bPhoneNumber1Invalid: null, Name: 'Winterfeld', ID: 215501, UserData: 'CON-6174', dtNextTry: null };

describe('List contacts', () => {
  it('asks for one campaign', async () => {
    const { net, client } = acd(fullList(contact));
    expect(await client.listContacts(538)).toEqual([contact]);
    expect(line(net.only())).toBe('GET /dialler/contacts?diallerCampaignsID=538');
  });

  it('asks for the whole client account', async () => {
    const { net, client } = acd(fullList());
    expect(await client.listContacts()).toEqual([]);
    expect(line(net.only())).toBe('GET /dialler/contacts');
  });

  it('gives none of a campaign that jtel does not know', async () =>
    expect(await acd(missing).client.listContacts(9999)).toEqual([]));
});

describe('Get contact by ID', () => {
  it('reads the only record', async () => {
    const { net, client } = acd(shortList(contact));
    expect(await client.getContact(215501)).toEqual(contact);
    expect(line(net.only())).toBe('GET /dialler/contacts/215501');
  });

  it('has none after a 404', async () => expect(await acd(missing).client.getContact(1)).toBeUndefined());
});

describe('Find contacts by UserData', () => {
  it('gives all that share it', async () => {
    const { net, client } = acd(shortList(contact, { ...contact, ID: 2 }));
    expect(await client.findContacts('CON&6174')).toHaveLength(2);
    expect(line(net.only())).toBe('GET /dialler/contacts/contact?userData=CON%266174');
  });

  it('gives none after a 404', async () => expect(await acd(missing).client.findContacts('x')).toEqual([]));
});

describe('Batch read with history', () => {
  const read = {
    ...contact,
    DiallerCampaignsResultCodes: { ID: 3102, bDone: true },
    DiallerContactsHistory: [{ StatisticsPartA: { ID: 409712, bOutbound: 1 } }, { StatisticsPartA: null }],
  };

  it('reads by a POST that changes nothing', async () => {
    const { net, client } = acd(shortList(read));
    expect(await client.readContacts({ UserDataList: ['CON-6174'], IDList: [215480] }, 2)).toEqual([
      {
        ...read,
        DiallerContactsHistory: [{ StatisticsPartA: { ID: 409712, bOutbound: true } }, { StatisticsPartA: null }],
      },
    ]);
    expect(line(net.only())).toBe('POST /dialler/contacts?languagesID=2');
    expect(net.only().body).toEqual({ UserDataList: ['CON-6174'], IDList: [215480] });
  });

  it('gives none after a 404', async () =>
    expect(await acd(missing).client.readContacts({ IDList: [1] }, 1)).toEqual([]));

  it.each([
    ['nothing', {}],
    ['empty lists', { UserDataList: [], IDList: [] }],
    ['a wrong id', { IDList: [0] }],
  ])('sends nothing for %s', async (_what, wanted) => {
    const { net, client } = acd();
    expect((await failureOf(client.readContacts(wanted, 1))).message).toContain('"read contacts" does not fit');
    expect(net.requests).toEqual([]);
  });
});

describe('Import one contact', () => {
  const body = { DiallerCampaignsID: 538, UserData: 'CON-6174', Name: 'Winterfeld', PhoneNumber1: '493023125061' };

  it.each([true, false])('says whether to write over duplicates: %s', async (overwriteDuplicates) => {
    const { net, client } = acd(shortList(contact));
    expect(await client.importContact(body, overwriteDuplicates)).toEqual(contact);
    expect(line(net.only())).toBe(`POST /dialler/contacts/import?overwriteDuplicates=${overwriteDuplicates}`);
    expect(net.only().body).toEqual(body);
  });

  it('takes the campaign by name as well', async () => {
    const { net, client } = acd(shortList(contact));
    const { DiallerCampaignsID: _, ...rest } = body;
    await client.importContact({ ...rest, DiallerCampaignsName: 'Renewals Q1' }, true);
    expect(net.only().body).toEqual({ ...rest, DiallerCampaignsName: 'Renewals Q1' });
  });

  it.each([statusOnly, {}, { json: { records: [], status: 200 } }])(
    'knows nothing of the contact when the answer shows none: %j',
    async (answer) => expect(await acd(answer).client.importContact(body, true)).toBeUndefined(),
  );

  it.each([400, 404, 409])('fails for good after %i', async (status) => {
    const failure = await failureOf(
      acd({ status, json: { status, error: 'SECRET' } }).client.importContact(body, true),
    );
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.httpStatus).toBe(status);
    expect(failure.message).not.toContain('SECRET');
  });

  it.each([
    ['without a number', { ...body, PhoneNumber1: undefined }, 'expected at least one phone number'],
    ['with an empty number only', { ...body, PhoneNumber1: '' }, 'expected at least one phone number'],
    ['with two campaigns', { ...body, DiallerCampaignsName: 'x' }, 'expected either DiallerCampaignsID or'],
    ['without a campaign', { ...body, DiallerCampaignsID: undefined }, 'expected either DiallerCampaignsID or'],
    ['with a long name', { ...body, Name: 'x'.repeat(65) }, 'Name: Too big'],
    ['with a long reference', { ...body, UserData: 'x'.repeat(65) }, 'UserData: Too big'],
  ])('sends nothing %s', async (_what, wrong, problem) => {
    const { net, client } = acd();
    expect((await failureOf(client.importContact(wrong, true))).message).toContain(problem);
    expect(net.requests).toEqual([]);
  });
});

describe('the texts of a contact', () => {
  const body = { DiallerCampaignsID: 538, Name: 'Winterfeld', PhoneNumber1: '493023125061' };

  it.each(
    Object.entries({
      ...{ UserData: 64, Client: 64, Service: 64, ReferenceNumber: 64, Name: 64, FirstName: 64, Company: 64 },
      ...{ Address: 64, City: 64, Country: 64, Salutation: 16, Title: 16, PostalCode: 10, AccountOwner: 64 },
      ...{ AccountBank: 32, AccountNationalBankCode: 10, AccountBIC: 11, AccountNumber: 20, AccountIBAN: 34 },
      ...{ PhoneNumber1: 32, PhoneNumber6: 32, FaxNumber: 32, Email: 256, Region: 256 },
    }),
  )('%s have at most %i characters', async (key, maxLength) => {
    const { net, client } = acd(statusOnly);
    await client.importContact({ ...body, [key]: 'x'.repeat(maxLength) }, true);
    const failure = await failureOf(client.importContact({ ...body, [key]: 'x'.repeat(maxLength + 1) }, true));
    expect(failure.message).toContain(`${key}: Too big`);
    expect(net.requests).toHaveLength(1);
  });
});

describe('Delete contact by ID', () => {
  it('tells a contact that was there from one that was not', async () => {
    const { net, client } = acd(statusOnly, missing);
    expect([await client.deleteContact(215501), await client.deleteContact(215501)]).toEqual([true, false]);
    expect(net.requests.map(line)).toEqual(Array(2).fill('DELETE /dialler/contacts/contact/215501'));
  });

  it('does not take a path that jtel does not know for done', async () =>
    expect(await failureOf(acd(noRoute).client.deleteContact(1))).toBeInstanceOf(PermanentError));
});

describe('Delete contact by UserData', () => {
  it('tells a contact that was there from one that was not', async () => {
    const { net, client } = acd(statusOnly, missing);
    expect([await client.deleteContactByUserData('A/B'), await client.deleteContactByUserData('A/B')]).toEqual([
      true,
      false,
    ]);
    expect(net.requests.map(line)).toEqual(Array(2).fill('DELETE /dialler/contacts/contact?userData=A%2FB'));
  });
});
