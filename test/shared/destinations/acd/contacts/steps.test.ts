import { describe, expect, it } from 'vitest';
import { acdSteps } from '../../../../../shared/destinations/acd/steps.ts';
import { PermanentError } from '../../../../../shared/errors.ts';
import { DELIVERY_ID, failureOf, findExisting, prepared, problemsOf, run } from '../../bound-step.ts';
import { acd, acdWith, fullList, line, missing, shortList, statusOnly } from '../acd-under-test.ts';

const q1 = { ID: 538, Name: 'Renewals Q1' };

describe('acd.importContact', () => {
  const importContact = acdSteps['acd.importContact'];
  const smallest = { campaign: 538, name: 'Winterfeld', phoneNumbers: '+49 30 23125-061' };

  it('sends the smallest contact with its defaults', async () => {
    const { net, client } = acd(shortList({ ID: 215501 }));
    expect(await run(importContact, client, smallest)).toEqual({ contactId: 215501, userData: DELIVERY_ID });
    expect(line(net.only())).toBe('POST /dialler/contacts/import?overwriteDuplicates=true');
    expect(net.only().body).toEqual({
      DiallerCampaignsID: 538,
      UserData: DELIVERY_ID,
      Name: 'Winterfeld',
      PhoneNumber1: '493023125061',
    });
  });

  it('sends every argument under its name on the wire, and leaves out what is empty', async () => {
    const { net, client } = acd(shortList({ ID: 1, Name: 'Renewals Q10' }, q1), shortList({ ID: 215501 }));
    await run(importContact, client, {
      campaign: 'Renewals Q1',
      name: 'Winterfeld',
      phoneNumbers: [
        '+493023125061',
        '4917139200041',
        '+44 20 7946 0001',
        '+1 202 5550111',
        '+331234567',
        '+4312345678',
      ],
      userData: 'CON-6174',
      overwriteDuplicates: false,
      firstName: 'Jona',
      company: 'Example Logistics GmbH',
      salutation: 'Frau',
      title: 'Dr.',
      address: 'Hauptstr. 1',
      postalCode: '10115',
      city: 'Berlin',
      country: 'DE',
      region: 'BE',
      client: 'C',
      service: 'S',
      referenceNumber: 'R-1',
      accountOwner: 'J. Winterfeld',
      accountBank: 'Bank',
      accountNationalBankCode: '10000000',
      accountBic: 'MARKDEF1100',
      accountNumber: '123',
      accountIban: 'DE02100000000123456789',
      amount: 12.5,
      faxNumber: '493023125062',
      email: 'jona@example.com',
      website: '',
      comment: 'Line one\nLine two',
    });
    expect(net.requests.map(line)).toEqual([
      'GET /dialler/campaigns/campaign?name=Renewals%20Q1',
      'POST /dialler/contacts/import?overwriteDuplicates=false',
    ]);
    expect(net.requests[1]?.body).toEqual({
      DiallerCampaignsID: 538,
      UserData: 'CON-6174',
      Name: 'Winterfeld',
      FirstName: 'Jona',
      Company: 'Example Logistics GmbH',
      Salutation: 'Frau',
      Title: 'Dr.',
      Address: 'Hauptstr. 1',
      PostalCode: '10115',
      City: 'Berlin',
      Country: 'DE',
      Region: 'BE',
      Client: 'C',
      Service: 'S',
      ReferenceNumber: 'R-1',
      AccountOwner: 'J. Winterfeld',
      AccountBank: 'Bank',
      AccountNationalBankCode: '10000000',
      AccountBIC: 'MARKDEF1100',
      AccountNumber: '123',
      AccountIBAN: 'DE02100000000123456789',
      Amount: 12.5,
      PhoneNumber1: '493023125061',
      PhoneNumber2: '4917139200041',
      PhoneNumber3: '442079460001',
      PhoneNumber4: '12025550111',
      PhoneNumber5: '331234567',
      PhoneNumber6: '4312345678',
      FaxNumber: '493023125062',
      Email: 'jona@example.com',
      Comment: 'Line one\nLine two',
    });
  });

  it('writes numbers with a plus where the installation wants it', async () => {
    const { net, client } = acdWith({ phoneFormat: 'plus' }, shortList({ ID: 1 }));
    await run(importContact, client, { ...smallest, phoneNumbers: ['493023125061', '+493023125062'] });
    expect(net.only().body).toMatchObject({ PhoneNumber1: '+493023125061', PhoneNumber2: '+493023125062' });
  });

  it('has no id where the answer shows none', async () => {
    expect(await run(importContact, acd(statusOnly).client, smallest)).toEqual({
      contactId: null,
      userData: DELIVERY_ID,
    });
  });

  it('sends nothing when no campaign has exactly the name', async () => {
    const { net, client } = acd(shortList({ ID: 1, Name: 'Renewals Q10' }));
    const failure = await failureOf(run(importContact, client, { ...smallest, campaign: 'Renewals Q1' }));
    expect(failure.message).toBe('jtel ACD has no campaign of exactly this name; similar are "Renewals Q10"');
    expect(net.only().method).toBe('GET');
  });

  it('is settled by its reference where each import adds a contact', async () => {
    const args = { ...smallest, overwriteDuplicates: false };
    const { net, client } = acd(
      shortList({ ID: 1, UserData: DELIVERY_ID, Name: 'Other' }, { ID: 2, UserData: DELIVERY_ID, Name: 'Winterfeld' }),
      shortList({ ID: 1, UserData: 'other', Name: 'Winterfeld' }),
      missing,
    );
    expect(await findExisting(importContact, client, args)).toEqual({ contactId: 2, userData: DELIVERY_ID });
    expect(await findExisting(importContact, client, args)).toBeUndefined();
    expect(await findExisting(importContact, client, args)).toBeUndefined();
    expect(net.requests[0]?.body).toEqual({ UserDataList: [DELIVERY_ID] });
    expect(prepared(importContact, client, args).repeatable).toBe(false);
  });

  describe('with a reference chosen by the route', () => {
    const args = { ...smallest, userData: 'C-1', overwriteDuplicates: false };
    /** The first attempt was an hour ago: at 14:30:20 in Berlin. */
    const ageMs = 3_600_000;
    const own = {
      ID: 2,
      UserData: 'C-1',
      Name: 'Winterfeld',
      DiallerCampaignsID: 538,
      dtCreated: '2024-01-15T14:30:21.118',
    };
    const found = { contactId: 2, userData: 'C-1' };

    it.each([
      ['it shows all of it', {}],
      ['it shows no campaign', { DiallerCampaignsID: null }],
      ['clocks differ by a minute', { dtCreated: '2024-01-15T14:29:20.000' }],
    ])('is settled when %s', async (_what, parts) => {
      const { client } = acd(shortList({ ...own, ID: 1, DiallerCampaignsID: 111 }, { ...own, ...parts }));
      expect(await findExisting(importContact, client, args, { ageMs })).toEqual(found);
    });

    it.each([
      ['of another campaign', { DiallerCampaignsID: 111 }],
      ['of another name', { Name: 'Sommer' }],
      ['of another reference', { UserData: 'C-2' }],
      ['from before the first attempt', { dtCreated: '2024-01-15T14:29:19.999' }],
      ['that does not say when it was made', { dtCreated: undefined }],
    ])('is not settled by a contact %s', async (_what, parts) => {
      const { client } = acd(shortList({ ...own, ...parts }));
      expect(await findExisting(importContact, client, args, { ageMs })).toBeUndefined();
    });

    it('compares the id of a campaign that is given by name', async () => {
      const named = { ...args, campaign: 'Renewals Q1' };
      expect(await findExisting(importContact, acd(shortList(own), shortList(q1)).client, named, { ageMs })).toEqual(
        found,
      );
      const { client } = acd(shortList(own), shortList({ ...q1, ID: 111 }));
      expect(await findExisting(importContact, client, named, { ageMs })).toBeUndefined();
    });
  });

  it('is carried out again, unasked, where a repetition writes the same', async () => {
    const { net, client } = acd();
    expect(await findExisting(importContact, client, smallest)).toBeUndefined();
    expect(net.requests).toEqual([]);
  });

  it.each([
    ['no number', { phoneNumbers: [] }, 'phoneNumbers: Too small'],
    ['seven numbers', { phoneNumbers: Array(7).fill('493023125061') }, 'phoneNumbers: Too big'],
    ['a number without its country', { phoneNumbers: ['030 23125061'] }, 'Invalid phone number: expected country code'],
    [
      'a number that depends on the country',
      { phoneNumbers: '+44 (0)20 7946 0001' },
      'Invalid phone number: expected country code',
    ],
    ['a long reference', { userData: 'x'.repeat(65) }, 'userData: Too big'],
    ['a long name', { name: 'x'.repeat(65) }, 'name: Too big'],
    ['a long post code', { postalCode: '12345678901' }, 'postalCode: Too big'],
  ])('refuses %s', (_what, more, problem) => {
    const problems = problemsOf(importContact, acd().client, { ...smallest, ...more });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });
});

describe('acd.deleteContact', () => {
  const deleteContact = acdSteps['acd.deleteContact'];

  it('deletes by id, also what is given by reference', async () => {
    const found = shortList({ ID: 2, UserData: 'other' }, { ID: 215501, UserData: 'CON-6174' });
    const { net, client } = acd(statusOnly, found, statusOnly);
    expect(await run(deleteContact, client, { contactId: 215501 })).toEqual({ outcome: 'removed' });
    expect(await run(deleteContact, client, { userData: 'CON-6174' })).toEqual({ outcome: 'removed' });
    expect(net.requests.map(line)).toEqual([
      'DELETE /dialler/contacts/contact/215501',
      'POST /dialler/contacts?languagesID=1',
      'DELETE /dialler/contacts/contact/215501',
    ]);
    expect(net.requests[1]?.body).toEqual({ UserDataList: ['CON-6174'] });
  });

  it('is done when there is none', async () => {
    expect(await run(deleteContact, acd(missing).client, { contactId: 1 })).toEqual({ outcome: 'gone' });
    expect(await run(deleteContact, acd(shortList()).client, { userData: 'x' })).toEqual({ outcome: 'gone' });
    expect(prepared(deleteContact, acd().client, { contactId: 1 }).repeatable).toBe(true);
  });

  it('touches none of several with the same reference', async () => {
    const { net, client } = acd(shortList({ ID: 1, UserData: 'CON-6174' }, { ID: 2, UserData: 'CON-6174' }));
    const failure = await failureOf(run(deleteContact, client, { userData: 'CON-6174' }));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toBe('jtel ACD has 2 contacts with this userData: give contactId');
    expect(net.requests).toHaveLength(1);
  });

  it.each([{}, { contactId: 1, userData: 'x' }])('wants one of both, not %j', (args) => {
    expect(problemsOf(deleteContact, acd().client, args)).toEqual(['contactId: Give either contactId or userData']);
  });
});

describe('acd.getContacts', () => {
  const getContacts = acdSteps['acd.getContacts'];
  const record = {
    ID: 215501,
    UserData: 'CON-6174',
    DiallerCampaignsID: 538,
    Name: 'Winterfeld',
    FirstName: 'Jona',
    Company: 'Example Logistics GmbH',
    Email: 'jona@example.com',
    PhoneNumber1: '493023125061',
    PhoneNumber2: null,
    PhoneNumber3: '',
    PhoneNumber4: 4917139200041,
    dtNextTry: '2024-07-01T09:30:00.000',
    DiallerCampaignsResultCodes: { ID: 3102, Content: 'Renewed', ExportKey: 'RENEWED', bDone: true },
    DiallerContactsHistory: [{ StatisticsPartA: { ID: 409712, bOutbound: true } }, {}],
  };

  it('reads those asked for, with results and calls', async () => {
    const { net, client } = acd(shortList(record));
    expect(await run(getContacts, client, { userData: 'CON-6174', contactIds: [7, 8], language: 2 })).toEqual({
      contacts: [
        {
          contactId: 215501,
          userData: 'CON-6174',
          campaignId: 538,
          name: 'Winterfeld',
          firstName: 'Jona',
          company: 'Example Logistics GmbH',
          email: 'jona@example.com',
          phoneNumbers: ['493023125061', '4917139200041'],
          nextTry: '2024-07-01T07:30:00.000Z',
          resultCode: { resultCodeId: 3102, exportKey: 'RENEWED', text: 'Renewed', kind: 'done' },
          calls: [
            { callId: 409712, outbound: true },
            { callId: null, outbound: null },
          ],
        },
      ],
    });
    expect(line(net.only())).toBe('POST /dialler/contacts?languagesID=2');
    expect(net.only().body).toEqual({ UserDataList: ['CON-6174'], IDList: [7, 8] });
  });

  it('lists those of a campaign, by its id or name', async () => {
    const { net, client } = acd(fullList({ ID: 1, dtNextTry: 'soon' }), shortList(q1), fullList());
    expect(await run(getContacts, client, { campaign: 538 })).toEqual({
      contacts: [
        {
          contactId: 1,
          userData: null,
          campaignId: null,
          name: null,
          firstName: null,
          company: null,
          email: null,
          phoneNumbers: [],
          nextTry: 'soon',
          resultCode: null,
          calls: [],
        },
      ],
    });
    expect(await run(getContacts, client, { campaign: 'Renewals Q1' })).toEqual({ contacts: [] });
    expect(net.requests.map(line)).toEqual([
      'GET /dialler/contacts?diallerCampaignsID=538',
      'GET /dialler/campaigns/campaign?name=Renewals%20Q1',
      'GET /dialler/contacts?diallerCampaignsID=538',
    ]);
  });

  it('gives none when there are none', async () => {
    expect(await run(getContacts, acd(missing).client, { contactIds: 7 })).toEqual({ contacts: [] });
    expect(await run(getContacts, acd(missing).client, { campaign: 'Nope' })).toEqual({ contacts: [] });
    const { net, client } = acd();
    expect(await run(getContacts, client, { contactIds: [] })).toEqual({ contacts: [] });
    expect(net.requests).toEqual([]);
  });

  it('does not take a campaign whose name is only similar for none', async () => {
    const failure = await failureOf(run(getContacts, acd(shortList(q1)).client, { campaign: 'renewals q1' }));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toBe('jtel ACD has no campaign of exactly this name; similar are "Renewals Q1"');
  });

  it('gives what can be read, and says how much can not', async () => {
    const odd = { ...record, PhoneNumber1: {}, DiallerCampaignsResultCodes: 'x', DiallerContactsHistory: 7 };
    const { client } = acd(shortList({ ID: null, UserData: 'SECRET' }, odd));
    expect(await run(getContacts, client, { contactIds: 215501 })).toMatchObject({
      contacts: [{ contactId: 215501, phoneNumbers: ['4917139200041'], resultCode: null, calls: [] }],
      warnings: ["records of jtel ACD that can't be read were left out: 1"],
    });
  });

  it('fails for good when nothing can be read', async () => {
    const failure = await failureOf(run(getContacts, acd(shortList({ ID: null })).client, { contactIds: 7 }));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toBe('jtel ACD answered "read contacts" without usable records');
  });

  it('fails rather than give more than a result can hold', async () => {
    const many = Array.from({ length: 300 }, (_, index) => ({ ID: index + 1, Company: 'x'.repeat(60) }));
    const failure = await failureOf(run(getContacts, acd(fullList(...many)).client, { campaign: 538 }));
    expect(failure.message).toBe('jtel ACD has too many contacts for one result: give contactIds or userData');
  });

  it.each([{}, { campaign: 538, contactIds: [1] }])('wants one kind of question, not %j', (args) => {
    expect(problemsOf(getContacts, acd().client, args)).toEqual([
      'campaign: Give either campaign, or contactIds and userData or one of them',
    ]);
  });
});
