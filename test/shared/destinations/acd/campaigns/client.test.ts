import { describe, expect, it } from 'vitest';
import { PermanentError } from '../../../../../shared/errors.ts';
import { failureOf } from '../../bound-step.ts';
import { acd, fullList, line, missing, noRoute, shortList, statusOnly } from '../acd-under-test.ts';

const q1 = { ID: 538, Name: 'Renewals Q1', ClientsID: 7, LanguagesID: 2, nMaxParallelLines: null, dtTo: null };
const q10 = { ID: 539, Name: 'Renewals Q10', ClientsID: 7, LanguagesID: 1 };

describe('List campaigns', () => {
  it('reads every record', async () => {
    const { net, client } = acd(fullList(q1, q10));
    expect(await client.listCampaigns()).toEqual([q1, q10]);
    expect(line(net.only())).toBe('GET /dialler/campaigns');
  });
});

describe('Get campaign by ID', () => {
  it('reads the only record', async () => {
    const { net, client } = acd(shortList(q1));
    expect(await client.getCampaign(538)).toEqual(q1);
    expect(line(net.only())).toBe('GET /dialler/campaigns/538');
  });

  it('has none after a 404', async () => expect(await acd(missing).client.getCampaign(9999)).toBeUndefined());
});

describe('Find campaigns by name', () => {
  it('gives every candidate', async () => {
    const { net, client } = acd(shortList(q1, q10));
    expect(await client.findCampaigns('Renewals Q1')).toEqual([q1, q10]);
    expect(line(net.only())).toBe('GET /dialler/campaigns/campaign?name=Renewals%20Q1');
  });

  it('gives none after a 404', async () => expect(await acd(missing).client.findCampaigns('Nope')).toEqual([]));

  it('finds the one of exactly this name', async () => {
    expect(await acd(shortList(q10, q1)).client.findCampaign('Renewals Q1')).toEqual(q1);
    expect(await acd(shortList(q10)).client.findCampaign('Renewals Q1')).toBeUndefined();
    expect((await failureOf(acd(shortList(q1, q1)).client.findCampaign('Renewals Q1'))).message).toBe(
      'jtel ACD has 2 campaigns of this name: use the id',
    );
  });
});

describe('Result codes of a campaign', () => {
  const code = { bDelay: 0, Content: 'Renewed', bDone: 1, ID: 3102, ExportKey: 'RENEWED', bAborted: null };

  it.each([1, 2] as const)('asks in language %i, and reads flags of any kind', async (language) => {
    const { net, client } = acd(shortList(code));
    expect(await client.getResultCodes(538, language)).toEqual([{ ...code, bDelay: false, bDone: true }]);
    expect(line(net.only())).toBe(`GET /dialler/campaigns/campaign/538/resultCodes?languagesID=${language}`);
  });

  it('has none after a 404', async () => expect(await acd(missing).client.getResultCodes(1, 1)).toBeUndefined());
});

describe('Clone campaign', () => {
  const body = { source: 'Renewals Q1', destination: 'Renewals Q3', userData: 'SFDC-701A0' };

  it('sends names in lower camel case', async () => {
    const { net, client } = acd(shortList({ ...q1, ID: 552, Name: 'Renewals Q3' }));
    expect(await client.cloneCampaign(body)).toMatchObject({ ID: 552 });
    expect(line(net.only())).toBe('POST /dialler/campaigns/clone');
    expect(net.only().body).toEqual(body);
  });

  it('knows nothing of the copy when the answer shows none', async () => {
    expect(await acd(statusOnly).client.cloneCampaign(body)).toBeUndefined();
    expect(await acd({}).client.cloneCampaign(body)).toBeUndefined();
  });

  it.each([
    ['the source is missing', 404],
    ['the name is in use', 409],
  ])('fails for good when %s', async (_what, status) => {
    const { client } = acd({ status, json: { status, error: 'SECRET' } });
    const failure = await failureOf(client.cloneCampaign(body));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.httpStatus).toBe(status);
  });

  it('sends nothing without a source', async () => {
    const { net, client } = acd();
    expect((await failureOf(client.cloneCampaign({ ...body, source: '' }))).message).toBe(
      '"clone campaign" does not fit the jtel ACD API: source: Too small: expected string to have >=1 characters',
    );
    expect(net.requests).toEqual([]);
  });
});

describe('Delete campaign by ID', () => {
  it('tells a campaign that was there from one that was not', async () => {
    const { net, client } = acd(statusOnly, missing);
    expect([await client.deleteCampaign(552), await client.deleteCampaign(552)]).toEqual([true, false]);
    expect(net.requests.map(line)).toEqual(Array(2).fill('DELETE /dialler/campaigns/campaign/552'));
    expect(net.requests[0]?.body).toBeUndefined();
  });

  it.each([
    ['a path that jtel does not know', noRoute],
    ["a proxy's page", { text: '<html>' }],
    ["a proxy's page, not found", { status: 404, text: '<html>' }],
  ])('does not take %s for done', async (_what, answer) => {
    expect(await failureOf(acd(answer).client.deleteCampaign(552))).toBeInstanceOf(PermanentError);
  });
});

describe('Delete campaign by name', () => {
  it('deletes the only campaign with this text in its name, when that is all of it', async () => {
    const { net, client } = acd(shortList(q1), statusOnly);
    expect(await client.deleteCampaignByName('Renewals Q1')).toBe(true);
    expect(net.requests.map(line)).toEqual([
      'GET /dialler/campaigns/campaign?name=Renewals%20Q1',
      'DELETE /dialler/campaigns/campaign?name=Renewals%20Q1',
    ]);
  });

  it('is done when there is none, or when it goes meanwhile', async () => {
    expect(await acd(shortList()).client.deleteCampaignByName('Renewals Q1')).toBe(false);
    expect(await acd(shortList(q1), missing).client.deleteCampaignByName('Renewals Q1')).toBe(false);
  });

  it.each([
    ['only part of a name', [q10], 'jtel ACD has no campaign of exactly this name; similar are "Renewals Q10"'],
    ['several of the name', [q1, { ...q1, ID: 540 }], 'jtel ACD has 2 campaigns of this name: use the id'],
    [
      'the name, and part of another',
      [q1, q10],
      'jtel ACD has 2 campaigns with this text in their names: delete campaign 538 by its id',
    ],
  ])('deletes nothing for %s', async (_what, candidates, message) => {
    const { net, client } = acd(shortList(...candidates));
    const failure = await failureOf(client.deleteCampaignByName('Renewals Q1'));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toBe(message);
    expect(net.only().method).toBe('GET');
  });
});
