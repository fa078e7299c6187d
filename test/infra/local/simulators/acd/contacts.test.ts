import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acdToken } from '../../../../../infra/local/simulators/credentials.ts';
import { call } from '../call.ts';
import { type AcdUnderTest, fullEnvelope, recordsOf, startAcdUnderTest } from './acd-under-test.ts';

let test: AcdUnderTest;
beforeEach(async () => {
  test = await startAcdUnderTest();
});
afterEach(() => test.acd.close());

const contact = { DiallerCampaignsID: 538, UserData: 'CON-1', Name: 'Winterfeld', PhoneNumber1: '493023125061' };
const { DiallerCampaignsID: _campaign, ...homeless } = contact;
const contactNotFound = { status: 404, body: { status: 404, error: 'Dialler contact not found' } };
const importContact = (body: unknown = contact, overwrite = true) =>
  test.post(`/dialler/contacts/import?overwriteDuplicates=${overwrite}`, body);
const idsAt = async (path: string) => recordsOf(await test.get(path)).map(({ ID }) => ID);

describe('importing', () => {
  it('answers the contact in the short envelope', async () => {
    const answer = await importContact({ ...contact, Amount: 12.5, Colour: 'red' });
    expect(answer).toMatchObject({ status: 200, body: { count: 1, status: 200 } });
    expect(recordsOf(answer)[0]).toMatchObject({
      ID: 215501,
      DiallerCampaignsID: 538,
      UserData: 'CON-1',
      Name: 'Winterfeld',
      Amount: 12.5,
      Company: null,
      PhoneNumber1: '493023125061',
      PhoneNumber2: null,
      DiallerCampaignsResultCodesID: null,
    });
    expect(recordsOf(answer)[0]).not.toHaveProperty('Colour');
  });

  it('finds the campaign by its name, and takes any of six numbers', async () => {
    const { PhoneNumber1, ...rest } = homeless;
    const answer = await importContact({
      ...rest,
      DiallerCampaignsName: 'Renewals Q2',
      PhoneNumber6: `+${PhoneNumber1}`,
    });
    expect(recordsOf(answer)[0]).toMatchObject({ DiallerCampaignsID: 539 });
  });

  it('overwrites the contact with the same UserData when that is wanted', async () => {
    await importContact();
    const answer = await importContact({ ...contact, Name: 'Winter', Company: 'Example' });
    expect(recordsOf(answer)[0]).toMatchObject({ ID: 215501, Name: 'Winter', Company: 'Example' });
    expect(test.acd.state().contacts).toHaveLength(1);
  });

  it.each<[string, Record<string, unknown>, boolean]>([
    ['overwriting is not wanted', {}, false],
    ['the UserData is another', { UserData: 'CON-2' }, true],
    ['the campaign is another', { DiallerCampaignsID: 539 }, true],
  ])('adds a contact when %s', async (_name, changes, overwrite) => {
    await importContact();
    expect(recordsOf(await importContact({ ...contact, ...changes }, overwrite))[0]).toMatchObject({ ID: 215502 });
  });

  it('adds a contact each time there is no UserData', async () => {
    await importContact({ ...contact, UserData: '' });
    await importContact({ ...contact, UserData: '' });
    expect(test.acd.state().contacts).toHaveLength(2);
  });

  it.each<[string, unknown, number, string]>([
    ['no JSON', '{', 400, 'The body is not a JSON object'],
    ['several contacts', [contact], 400, 'The body is not a JSON object'],
    ['no name', { ...contact, Name: '' }, 400, 'Missing parameter: Name'],
    ['no campaign', homeless, 400, 'Missing parameter: DiallerCampaignsID'],
    ['an unknown campaign', { ...contact, DiallerCampaignsID: 1 }, 404, 'Dialler campaign not found'],
    ['an unknown campaign’s name', { ...homeless, DiallerCampaignsName: 'X' }, 404, 'Dialler campaign not found'],
    [
      'two campaigns',
      { ...contact, DiallerCampaignsName: 'Renewals Q2' },
      400,
      'Invalid parameter: DiallerCampaignsName',
    ],
    ['no number', { ...contact, PhoneNumber1: null }, 400, 'At least one phone number is required'],
    ['a number with blanks', { ...contact, PhoneNumber3: '+49 30 1' }, 400, 'Invalid parameter: PhoneNumber3'],
    ['a UserData of 65 characters', { ...contact, UserData: 'x'.repeat(65) }, 400, 'Invalid parameter: UserData'],
    ['a post code of 11', { ...contact, PostalCode: 'x'.repeat(11) }, 400, 'Invalid parameter: PostalCode'],
    ['an amount as text', { ...contact, Amount: '1' }, 400, 'Invalid parameter: Amount'],
    ['a campaign as text', { ...contact, DiallerCampaignsID: '538' }, 400, 'Invalid parameter: DiallerCampaignsID'],
  ])('refuses %s', async (_name, body, status, error) => {
    expect(await importContact(body)).toMatchObject({ status, body: { status, error } });
    expect(test.acd.state().contacts).toEqual([]);
  });

  it.each([
    ['', 'Missing parameter: overwriteDuplicates'],
    ['?overwriteDuplicates=1', 'Invalid parameter: overwriteDuplicates'],
  ])('refuses the query "%s"', async (query, error) => {
    expect(await test.post(`/dialler/contacts/import${query}`, contact)).toMatchObject({
      status: 400,
      body: { error },
    });
  });

  it('refuses a body that is not declared as JSON', async () => {
    const url = `${test.acd.baseUrl}/dialler/contacts/import?overwriteDuplicates=true`;
    const headers = { 'content-type': 'text/plain' };
    expect((await call('POST', url, { token: acdToken, body: contact, headers })).status).toBe(415);
  });
});

describe('reading', () => {
  it('lists the account’s or a campaign’s contacts by name in the full envelope', async () => {
    await importContact({ ...contact, Name: 'Zeller' });
    await importContact({ ...contact, Name: 'Abel', DiallerCampaignsID: 539 });
    const answer = await test.get('/dialler/contacts');
    expect(answer).toMatchObject({ status: 200, body: { ...fullEnvelope, count: 2, orderBy: 'Name' } });
    expect(recordsOf(answer).map(({ Name }) => Name)).toEqual(['Abel', 'Zeller']);
    expect(await idsAt('/dialler/contacts?diallerCampaignsID=539')).toEqual([215502]);
    expect(await test.get('/dialler/contacts?diallerCampaignsID=1')).toMatchObject({ status: 404 });
    expect(await test.get('/dialler/contacts?diallerCampaignsID=x')).toMatchObject({ status: 400 });
  });

  it('gives one by id', async () => {
    await importContact();
    expect((await test.get('/dialler/contacts/215501')).body).toMatchObject({ count: 1, records: [{ ID: 215501 }] });
    expect(await test.get('/dialler/contacts/1')).toMatchObject(contactNotFound);
  });

  it('finds those with a UserData, exactly', async () => {
    await importContact(contact, false);
    await importContact(contact, false);
    expect(await idsAt('/dialler/contacts/contact?userData=CON-1')).toEqual([215501, 215502]);
    expect((await test.get('/dialler/contacts/contact?userData=CON')).body).toEqual({
      records: [],
      count: 0,
      status: 200,
    });
    expect(await test.get('/dialler/contacts/contact')).toMatchObject({
      body: { error: 'Missing parameter: userData' },
    });
  });
});

describe('reading a batch', () => {
  const batch = (body: unknown, query = '?languagesID=1') => test.post(`/dialler/contacts${query}`, body);

  it('gives each contact once, with its result and calls', async () => {
    await importContact();
    await importContact({ ...contact, UserData: 'CON-2' });
    test.acd.finishContact(215501, 'DELAY_120');
    test.acd.advance(60_000);
    test.acd.finishContact(215501, 'RENEWED');
    const answer = await batch({ UserDataList: ['CON-1', 'CON-0'], IDList: [215502, 215501] });
    expect(answer).toMatchObject({ status: 200, body: { count: 2, status: 200 } });
    const [first, second] = recordsOf(answer);
    expect(first).toMatchObject({
      ID: 215501,
      DiallerCampaignsResultCodesID: 3102,
      DiallerCampaignsResultCodes: { ID: 3102, Content: 'Renewed', bDone: true },
      DiallerContactsHistory: [
        { StatisticsPartA: { ID: 409712, bOutbound: true } },
        { StatisticsPartA: { ID: 409713, bOutbound: true, dtCallStart: '2024-03-11T09:03:11.340' } },
      ],
    });
    expect(second).toMatchObject({ ID: 215502, DiallerCampaignsResultCodes: null, DiallerContactsHistory: [] });
  });

  it('translates, and leaves out what does not exist', async () => {
    await importContact();
    test.acd.finishContact(215501, 'RENEWED');
    expect(recordsOf(await batch({ IDList: [215501] }, '?languagesID=2'))[0]).toMatchObject({
      DiallerCampaignsResultCodes: { Content: 'Verlängert' },
    });
    expect((await batch({ UserDataList: ['CON-0'] })).body).toEqual({ records: [], count: 0, status: 200 });
  });

  it.each<[string, unknown, string, string]>([
    ['neither list', {}, '?languagesID=1', 'Missing parameter: UserDataList'],
    ['a list that is none', { IDList: 1 }, '?languagesID=1', 'Invalid parameter: IDList'],
    ['ids as text', { IDList: ['1'] }, '?languagesID=1', 'Invalid parameter: IDList'],
    ['no language', { IDList: [1] }, '', 'Missing parameter: languagesID'],
  ])('refuses %s', async (_name, body, query, error) => {
    expect(await batch(body, query)).toMatchObject({ status: 400, body: { status: 400, error } });
  });
});

describe('deleting', () => {
  it('by id removes that one', async () => {
    await importContact();
    const answer = await test.remove('/dialler/contacts/contact/215501');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ status: 200 });
    expect(await test.remove('/dialler/contacts/contact/215501')).toMatchObject(contactNotFound);
  });

  it.each([
    [0, [215502, 215503]],
    [0.99, [215501, 215502]],
  ])('by UserData removes one of several by chance (%f)', async (random, left) => {
    await test.acd.close();
    test = await startAcdUnderTest({ random: () => random });
    for (const _ of [1, 2, 3]) await importContact(contact, false);
    expect((await test.remove('/dialler/contacts/contact?userData=CON-1')).body).toEqual({ status: 200 });
    expect(test.acd.state().contacts.map(({ id }) => id)).toEqual(left);
  });

  it('by a UserData that nobody has is not found', async () => {
    expect(await test.remove('/dialler/contacts/contact?userData=CON-1')).toMatchObject(contactNotFound);
    expect(await test.remove('/dialler/contacts/contact')).toMatchObject({ status: 400 });
  });
});
