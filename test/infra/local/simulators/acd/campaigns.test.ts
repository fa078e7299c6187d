import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AcdUnderTest, fullEnvelope, recordsOf, startAcdUnderTest } from './acd-under-test.ts';

let test: AcdUnderTest;
beforeEach(async () => {
  test = await startAcdUnderTest();
});
afterEach(() => test.acd.close());

const order = { source: 'Renewals Q1', destination: 'Renewals Q3', userData: 'SFDC-701A0' };
const clone = (body: unknown = order) => test.post('/dialler/campaigns/clone', body);
const namesOf = async (path: string) => recordsOf(await test.get(path)).map(({ Name }) => Name);
const campaignNotFound = { status: 404, body: { status: 404, error: 'Dialler campaign not found' } };

describe('reading campaigns', () => {
  it('lists all in the full envelope, by name', async () => {
    await clone({ ...order, destination: 'A first one' });
    const answer = await test.get('/dialler/campaigns');
    expect(answer).toMatchObject({ status: 200, body: { ...fullEnvelope, count: 3, orderBy: 'Name' } });
    expect(recordsOf(answer).map(({ Name }) => Name)).toEqual(['A first one', 'Renewals Q1', 'Renewals Q2']);
  });

  it('gives one by id in the short envelope', async () => {
    expect((await test.get('/dialler/campaigns/538')).body).toEqual({
      records: [
        {
          ID: 538,
          Name: 'Renewals Q1',
          ClientsID: 7,
          LanguagesID: 2,
          ContactPreviewTime: 5,
          nMaxParallelLines: null,
          bCallerIDActive: false,
          bCloseContactsOnIncomingCallsMatchCallerID: true,
          AbortOnNoTelNumberResultCodesID: 3101,
          IncomingCallResultCodesID: 3103,
          UserData: null,
          dtTo: null,
        },
      ],
      count: 1,
      status: 200,
    });
    expect(await test.get('/dialler/campaigns/9999')).toMatchObject(campaignNotFound);
  });

  it('finds them by a part of the name, in any case, percent-encoded', async () => {
    await clone({ ...order, destination: 'Verträge & mehr' });
    expect(await namesOf('/dialler/campaigns/campaign?name=renewals')).toEqual(['Renewals Q1', 'Renewals Q2']);
    expect(await namesOf(`/dialler/campaigns/campaign?name=${encodeURIComponent('äge & m')}`)).toEqual([
      'Verträge & mehr',
    ]);
    expect((await test.get('/dialler/campaigns/campaign?name=Nope')).body).toEqual({
      records: [],
      count: 0,
      status: 200,
    });
  });

  it.each(['/dialler/campaigns/campaign?name=Nope', '/acd/groups/group?name=Nope'])(
    'can answer 404 where nothing matches: %s',
    async (path) => {
      test.acd.behave({ emptyByName: 'notFound' });
      expect(await test.get(path)).toMatchObject({ status: 404, body: { status: 404 } });
    },
  );

  it.each([
    ['/dialler/campaigns/campaign', 'Missing parameter: name'],
    ['/dialler/campaigns/campaign?name=', 'Missing parameter: name'],
    ['/dialler/campaigns/campaign?Name=Renewals', 'Missing parameter: name'],
    ['/dialler/campaigns/campaign/538/resultCodes', 'Missing parameter: languagesID'],
    ['/dialler/campaigns/campaign/538/resultCodes?LanguagesID=1', 'Missing parameter: languagesID'],
    ['/dialler/campaigns/campaign/538/resultCodes?languagesID=3', 'Invalid parameter: languagesID'],
    ['/dialler/campaigns/campaign/538/resultCodes?languagesID=de', 'Invalid parameter: languagesID'],
  ])('refuses %s', async (path, error) => {
    expect(await test.get(path)).toMatchObject({ status: 400, body: { status: 400, error } });
  });

  it.each(['/dialler/campaigns/clone', '/dialler/campaigns/campaign/538', '/dialler/campaign/538'])(
    'has no route GET %s',
    async (path) => expect(await test.get(path)).toMatchObject({ status: 404, text: '' }),
  );
});

describe('result codes', () => {
  it.each([
    [1, 'Renewed'],
    [2, 'Verlängert'],
  ])('come in language %i', async (language, content) => {
    const answer = await test.get(`/dialler/campaigns/campaign/538/resultCodes?languagesID=${language}`);
    expect(answer).toMatchObject({ status: 200, body: { count: 5, status: 200 } });
    expect(recordsOf(answer)[1]).toEqual({
      ID: 3102,
      Content: content,
      ExportKey: 'RENEWED',
      bDone: true,
      bAborted: false,
      bDelay: false,
      bAppointment: false,
    });
  });

  it('say by exactly one flag what they do', async () => {
    for (const code of recordsOf(await test.get('/dialler/campaigns/campaign/539/resultCodes?languagesID=1'))) {
      expect([code.bDone, code.bAborted, code.bDelay, code.bAppointment].filter(Boolean)).toHaveLength(1);
    }
  });

  it('of an unknown campaign are not found', async () => {
    expect(await test.get('/dialler/campaigns/campaign/1/resultCodes?languagesID=1')).toMatchObject(campaignNotFound);
  });
});

describe('cloning', () => {
  it('copies the campaign with new result codes and without contacts', async () => {
    const contact = { DiallerCampaignsID: 538, Name: 'A', PhoneNumber1: '493023125061' };
    await test.post('/dialler/contacts/import?overwriteDuplicates=false', contact);
    const answer = await clone();
    expect(answer).toMatchObject({ status: 200, body: { count: 1, status: 200 } });
    expect(recordsOf(answer)[0]).toMatchObject({
      ID: 552,
      Name: 'Renewals Q3',
      UserData: 'SFDC-701A0',
      LanguagesID: 2,
      AbortOnNoTelNumberResultCodesID: 3161,
      IncomingCallResultCodesID: 3163,
    });
    expect(recordsOf(await test.get('/dialler/contacts?diallerCampaignsID=552'))).toEqual([]);
  });

  it('is refused where the destination exists', async () => {
    await clone();
    const refused = { status: 409, body: { status: 409, error: 'Dialler campaign already exists' } };
    expect(await clone()).toMatchObject(refused);
    expect(test.acd.state().campaigns).toHaveLength(3);
  });

  it.each<[string, unknown, number, string]>([
    ['an unknown source', { ...order, source: 'Renewals Q9' }, 404, 'Dialler campaign not found'],
    ['a part of a source’s name', { ...order, source: 'Renewals' }, 404, 'Dialler campaign not found'],
    ['no source', { destination: 'x' }, 400, 'Missing parameter: source'],
    ['no destination', { source: 'Renewals Q1', destination: '' }, 400, 'Missing parameter: destination'],
    ['names of records', { Source: 'Renewals Q1', Destination: 'x' }, 400, 'Missing parameter: source'],
    ['a source that is no text', { ...order, source: 538 }, 400, 'Invalid parameter: source'],
    ['no JSON', '{', 400, 'The body is not a JSON object'],
  ])('refuses %s', async (_name, body, status, error) => {
    expect(await clone(body)).toMatchObject({ status, body: { status, error } });
  });
});

describe('deleting', () => {
  it.each([
    '/dialler/campaigns/campaign/538',
    '/dialler/campaigns/538',
    '/dialler/campaigns/campaign?name=Renewals%20Q1',
  ])('%s takes the contacts along, and is not found again', async (path) => {
    for (const DiallerCampaignsID of [538, 539]) {
      const contact = { DiallerCampaignsID, Name: 'A', PhoneNumber1: '493023125061' };
      await test.post('/dialler/contacts/import?overwriteDuplicates=false', contact);
    }
    const answer = await test.remove(path);
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({ status: 200 });
    expect(test.acd.state().contacts).toMatchObject([{ campaignId: 539 }]);
    expect(await test.remove(path)).toMatchObject(campaignNotFound);
  });

  it('by name wants the whole name', async () => {
    expect(await test.remove('/dialler/campaigns/campaign?name=Renewals')).toMatchObject(campaignNotFound);
    expect(await test.remove('/dialler/campaigns/campaign')).toMatchObject({ status: 400 });
    expect(test.acd.state().campaigns).toHaveLength(2);
  });
});
