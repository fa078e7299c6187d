import { describe, expect, it } from 'vitest';
import { acdSteps } from '../../../../../shared/destinations/acd/steps.ts';
import { PermanentError, TransientError } from '../../../../../shared/errors.ts';
import { DELIVERY_ID, failureOf, findExisting, prepared, problemsOf, run } from '../../bound-step.ts';
import { acd, line, missing, noRoute, shortList, statusOnly } from '../acd-under-test.ts';

const q1 = { ID: 538, Name: 'Renewals Q1' };
const q3 = { ID: 552, Name: 'Renewals Q3' };
const conflict = { status: 409, json: { status: 409, error: 'SECRET' } };

describe('acd.cloneCampaign', () => {
  const cloneCampaign = acdSteps['acd.cloneCampaign'];
  const args = { source: 'Renewals Q1', destination: 'Renewals Q3' };

  it('copies by names, under a reference to the delivery', async () => {
    const { net, client } = acd(shortList(q3));
    expect(await run(cloneCampaign, client, args)).toEqual({ campaignId: 552, name: 'Renewals Q3' });
    expect(net.only().body).toEqual({ ...args, userData: DELIVERY_ID });
  });

  it('looks up the name of a source that is given by id', async () => {
    const { net, client } = acd(shortList(q1), shortList(q3));
    await run(cloneCampaign, client, { ...args, source: 538, userData: 'SFDC-1' });
    expect(net.requests.map(line)).toEqual(['GET /dialler/campaigns/538', 'POST /dialler/campaigns/clone']);
    expect(net.requests[1]?.body).toEqual({ ...args, userData: 'SFDC-1' });
  });

  it('looks up the copy where the answer does not show it', async () => {
    const { client } = acd(statusOnly, shortList(q3), statusOnly, shortList());
    expect(await run(cloneCampaign, client, args)).toEqual({ campaignId: 552, name: 'Renewals Q3' });
    expect(await run(cloneCampaign, client, args)).toEqual({ campaignId: null, name: 'Renewals Q3' });
  });

  it.each([
    ['the source has no such name', missing, 'jtel ACD has no campaign with the name of the source', 404],
    ['the name is in use', conflict, 'jtel ACD has another campaign with the name of the destination', 409],
  ])('fails for good when %s', async (_what, answer, message, httpStatus) => {
    const failure = await failureOf(run(cloneCampaign, acd(answer).client, args));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure).toMatchObject({ message, httpStatus });
  });

  it('fails for good when the source has no such id', async () => {
    const { net, client } = acd(missing);
    const failure = await failureOf(run(cloneCampaign, client, { ...args, source: 9999 }));
    expect(failure.message).toBe('jtel ACD has no campaign with the id of the source');
    expect(net.requests).toHaveLength(1);
  });

  it('may succeed later after an outage', async () => {
    expect(await failureOf(run(cloneCampaign, acd({ status: 503 }).client, args))).toBeInstanceOf(TransientError);
  });

  it.each([
    ['the copy', [q3], { campaignId: 552, name: 'Renewals Q3' }],
    ['the copy with our reference', [{ ...q3, UserData: DELIVERY_ID }], { campaignId: 552, name: 'Renewals Q3' }],
    ["somebody else's", [{ ...q3, UserData: 'other' }], undefined],
    ['similar names', [{ ID: 1, Name: 'Renewals Q3 (old)' }], undefined],
    ['nothing', [], undefined],
  ])('is settled by the name of the copy: %s', async (_what, campaigns, result) => {
    const { net, client } = acd(shortList(...campaigns));
    expect(await findExisting(cloneCampaign, client, args)).toEqual(result);
    expect(line(net.only())).toBe('GET /dialler/campaigns/campaign?name=Renewals%20Q3');
  });

  it('is settled by the reference that the route chose', async () => {
    const { client } = acd(shortList({ ...q3, UserData: 'SFDC-1' }), shortList({ ...q3, UserData: DELIVERY_ID }));
    const own = { ...args, userData: 'SFDC-1' };
    expect(await findExisting(cloneCampaign, client, own)).toEqual({ campaignId: 552, name: 'Renewals Q3' });
    expect(await findExisting(cloneCampaign, client, own)).toBeUndefined();
  });

  it('is not to be repeated blindly', () => expect(prepared(cloneCampaign, acd().client, args).repeatable).toBe(false));
});

describe('acd.deleteCampaign', () => {
  const deleteCampaign = acdSteps['acd.deleteCampaign'];
  const byName = { campaign: 'Renewals Q1', confirm: true };

  it('deletes by id, also what is given by name', async () => {
    const { net, client } = acd(statusOnly, shortList({ ID: 1, Name: 'Renewals Q10' }, q1), statusOnly);
    expect(await run(deleteCampaign, client, { campaign: 538, confirm: true })).toEqual({ outcome: 'removed' });
    expect(await run(deleteCampaign, client, byName)).toEqual({ outcome: 'removed' });
    expect(net.requests.map(line)).toEqual([
      'DELETE /dialler/campaigns/campaign/538',
      'GET /dialler/campaigns/campaign?name=Renewals%20Q1',
      'DELETE /dialler/campaigns/campaign/538',
    ]);
  });

  it('is done when there is none', async () => {
    expect(await run(deleteCampaign, acd(missing).client, { campaign: 538, confirm: true })).toEqual({
      outcome: 'gone',
    });
    expect(await run(deleteCampaign, acd(missing).client, byName)).toEqual({ outcome: 'gone' });
    expect(await run(deleteCampaign, acd(shortList(q1), missing).client, byName)).toEqual({ outcome: 'gone' });
    expect(prepared(deleteCampaign, acd().client, byName).repeatable).toBe(true);
  });

  it.each(['renewals q1', 'Renewals'])('touches nothing when the name %s is not exactly that of one', async (name) => {
    const { net, client } = acd(shortList(q1));
    const failure = await failureOf(run(deleteCampaign, client, { campaign: name, confirm: true }));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toBe('jtel ACD has no campaign of exactly this name; similar are "Renewals Q1"');
    expect(net.only().method).toBe('GET');
  });

  it('touches nothing when several bear the name', async () => {
    const { net, client } = acd(shortList(q1, { ...q1, ID: 540 }));
    expect(await failureOf(run(deleteCampaign, client, byName))).toBeInstanceOf(PermanentError);
    expect(net.only().method).toBe('GET');
  });

  it.each([{}, { confirm: false }, { confirm: 'true' }, { confirm: 1 }])('wants to be confirmed, not %j', (confirm) => {
    expect(problemsOf(deleteCampaign, acd().client, { campaign: 538, ...confirm })).toEqual([
      'confirm: Invalid input: expected true, because the contacts are lost',
    ]);
  });
});

describe('acd.getResultCodes', () => {
  const getResultCodes = acdSteps['acd.getResultCodes'];
  const codes = [
    { ID: 3101, Content: 'Keine Rufnummer', ExportKey: 'NO_NUMBER', bDone: false, bAborted: true, bDelay: false },
    { ID: 3102, Content: 'Verlängert', ExportKey: 'RENEWED', bDone: 1, bAborted: 0, bDelay: 0, bAppointment: 0 },
    { ID: 3104, bDelay: '1' },
    { ID: 3105, bAppointment: true },
    { ID: 3106 },
  ];

  it('says in one word what becomes of the contact', async () => {
    const { net, client } = acd(shortList(q1), shortList(...codes));
    expect(await run(getResultCodes, client, { campaign: 'Renewals Q1', language: 2 })).toEqual({
      resultCodes: [
        { resultCodeId: 3101, exportKey: 'NO_NUMBER', text: 'Keine Rufnummer', kind: 'aborted' },
        { resultCodeId: 3102, exportKey: 'RENEWED', text: 'Verlängert', kind: 'done' },
        { resultCodeId: 3104, exportKey: null, text: null, kind: 'delay' },
        { resultCodeId: 3105, exportKey: null, text: null, kind: 'appointment' },
        { resultCodeId: 3106, exportKey: null, text: null, kind: null },
      ],
    });
    expect(net.requests.map(line)[1]).toBe('GET /dialler/campaigns/campaign/538/resultCodes?languagesID=2');
  });

  it('asks in English unless told otherwise', async () => {
    const { net, client } = acd(shortList());
    await run(getResultCodes, client, { campaign: 538 });
    expect(net.only().url.searchParams.get('languagesID')).toBe('1');
  });

  it('gives none when there is no such campaign', async () => {
    const none = { resultCodes: [] };
    expect(await run(getResultCodes, acd(missing).client, { campaign: 1 })).toEqual(none);
    expect(await run(getResultCodes, acd(shortList()).client, { campaign: 'Nope' })).toEqual(none);
  });

  it('does not take a name that is only similar for none', async () => {
    const failure = await failureOf(run(getResultCodes, acd(shortList(q1)).client, { campaign: 'renewals q1' }));
    expect(failure.message).toBe('jtel ACD has no campaign of exactly this name; similar are "Renewals Q1"');
  });

  it('says how many codes could not be read', async () => {
    const { client } = acd(shortList({ ID: null }, { ID: 3106 }, 'x'));
    expect(await run(getResultCodes, client, { campaign: 1 })).toEqual({
      resultCodes: [{ resultCodeId: 3106, exportKey: null, text: null, kind: null }],
      warnings: ["records of jtel ACD that can't be read were left out: 2"],
    });
  });

  it('does not take a release without the path for nothing', async () => {
    expect(await failureOf(run(getResultCodes, acd(noRoute).client, { campaign: 1 }))).toBeInstanceOf(PermanentError);
  });

  it('fails rather than give more than a result can hold', async () => {
    const many = Array.from({ length: 600 }, (_, index) => ({ ID: index + 1, Content: 'x'.repeat(40) }));
    const failure = await failureOf(run(getResultCodes, acd(shortList(...many)).client, { campaign: 1 }));
    expect(failure.message).toBe('jtel ACD has too many result codes in this campaign');
  });
});
