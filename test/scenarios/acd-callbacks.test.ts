import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acdCallbackBody } from '../helpers/acd-callback-body.ts';
import { eventually, startTestStack, type TestStack } from '../helpers/stack.ts';

const routes = `
routes:
  - id: callback-crm-phonecall
    when: { event: com.jtel.acd.callbackcreated, source: /acd/41 }
    do:
      - step: crm.createActivity
        with:
          kind: phonecall
          subject: =data.Subject
          phoneNumber: ="+" & data.CallbackNumber
          due: =event.time
  - id: voice-mail-crm-task
    when: { event: com.jtel.acd.voicemailcreated }
    do:
      - step: crm.createActivity
        with:
          kind: task
          subject: ="Voice mail " & event.subject & " for " & data.AcdGroupsForeignSystemID
`;

let test: TestStack;

beforeAll(async () => {
  const settings = { ACD_TIME_ZONE: 'America/St_Johns', BRIDGE_MAX_BODY_BYTES: '4096' };
  test = await startTestStack({ routes, settings, registers: false });
});

afterAll(() => test?.stop());

const activities = (path: RegExp) =>
  test.simulators.crm
    .requests()
    .filter(({ method, path: asked }) => method === 'PATCH' && path.test(asked))
    .map(({ body }) => body);

describe('what jtel ACD posts for its groups', () => {
  it('reaches the CRM: a callback request, posted three times, as one phone call', async () => {
    const first = await test.post('acd/callbacks', acdCallbackBody);
    const again = await test.post('acd/callbacks', { ACDEVENTSID: 90_244, ...acdCallbackBody });
    const edited = await test.post('acd/callbacks', { ...acdCallbackBody, Subject: 'Callback: delivery' });

    expect([first.status, again.status, edited.status]).toEqual([200, 200, 200]);
    const told = await first.json();
    expect(await Promise.all([again.json(), edited.json()])).toEqual([told, told]);
    const call = await eventually(() => activities(/phonecalls/)[0], 'a phone call in the CRM');
    expect(call).toMatchObject({
      subject: 'Callback: delivery date',
      phonenumber: '+4917139200041',
      scheduledend: '2026-02-11T13:14:12.000Z',
    });
  });

  it('reaches the CRM: voice mails, told by the URL or by what they carry', async () => {
    const told = await test.post('acd/callbacks?kind=voicemail', { ...acdCallbackBody, AcdEventsID: 90_245 });
    const shown = await test.post('acd/callbacks', {
      ...acdCallbackBody,
      AcdEventsID: '90246',
      VoiceMailFile: 'UklGRg==',
    });

    expect([told.status, shown.status]).toEqual([200, 200]);
    const tasks = await eventually(() => {
      const found = activities(/tasks/);
      return found.length === 2 ? found : undefined;
    }, 'two tasks in the CRM');
    expect(tasks).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ subject: 'Voice mail 90245 for SERVICE_B2B' }),
        expect.objectContaining({ subject: 'Voice mail 90246 for SERVICE_B2B' }),
      ]),
    );
    expect(activities(/phonecalls/)).toHaveLength(1);
  });

  it.each([
    ['without its id', 'acd/callbacks', { ...acdCallbackBody, AcdEventsID: null }, 422],
    ['of an unknown kind', 'acd/callbacks?kind=fax', acdCallbackBody, 400],
    ['with a long recording', 'acd/callbacks', { ...acdCallbackBody, VoiceMailFile: 'UklG'.repeat(1_024) }, 413],
  ])('is refused %s', async (_what, path, body, status) => {
    const response = await test.post(path, body);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  it('is refused without a key', async () => {
    expect((await test.post('acd/callbacks', acdCallbackBody, { 'x-functions-key': 'guess' })).status).toBe(401);
  });

  it('leaves no number in a log', () => {
    expect(test.lines.join('\n')).toMatch(/accepted .*subject=90244/);
    for (const number of [acdCallbackBody.Caller, acdCallbackBody.CallbackNumber]) {
      expect(test.lines.filter((line) => line.includes(number))).toEqual([]);
    }
  });
});
