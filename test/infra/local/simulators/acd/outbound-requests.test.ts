import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AcdUnderTest, startAcdUnderTest } from './acd-under-test.ts';

let test: AcdUnderTest;
let receiver: Server;
let url = '';
let answer: number | null = 200;
let received: { path: string | undefined; headers: IncomingHttpHeaders; body: unknown }[] = [];

beforeEach(async () => {
  answer = 200;
  received = [];
  receiver = createServer(async (request, response) => {
    received.push({ path: request.url, headers: request.headers, body: JSON.parse((await text(request)) || 'null') });
    if (answer !== null) response.writeHead(answer, { location: '/elsewhere' }).end('noted');
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = receiver.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/callbacks?code=k`;
  test = await startAcdUnderTest({ callbackUrl: url, callbackHeaders: { 'x-functions-key': 'secret' } });
});
afterEach(async () => {
  await test.acd.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

const raised = { caller: '+493023125014', acdGroupsId: 41 };

describe('a callback request', () => {
  it('is kept as an event and posted with numbers without plus and local times', async () => {
    const request = {
      ...raised,
      callbackNumber: '+4917139200041',
      serviceNumber: '+493023125901',
      subject: 'Call me',
      body: 'After four',
      callSeconds: 95,
    };
    const result = await test.acd.raiseCallback(request);
    const posted = {
      Caller: '493023125014',
      CallbackNumber: '4917139200041',
      ServiceNumbersNumber: '493023125901',
      ServiceNumbersName: 'Customer service',
      AcdGroupsID: 41,
      AcdGroupsName: 'Sales Inbound',
      AcdGroupsForeignSystemID: 'SALES_INBOUND',
      dtCallStart: '2024-03-11T09:00:36',
      dtCallEnd: '2024-03-11T09:02:11',
      AcdEventsID: 90240,
      Subject: 'Call me',
      Body: 'After four',
    };
    expect(result).toEqual({
      kind: 'callback',
      eventId: 90240,
      request: posted,
      status: 200,
      body: 'noted',
      isHandled: true,
    });
    const headers = expect.objectContaining({ 'content-type': 'application/json', 'x-functions-key': 'secret' });
    expect(received).toEqual([{ path: '/callbacks?code=k', headers, body: posted }]);
    expect((await test.get('/acd/events/event/90240')).body).toMatchObject({
      records: [{ AcdEventTypesID: 3, AcdGroupsID: 41, Sender: '493023125014', Subject: 'Call me' }],
    });
    expect(test.acd.state().outbound).toEqual([result]);
  });

  it('fills in what is not said', async () => {
    await test.acd.raiseCallback(raised);
    expect(received[0]?.body).toMatchObject({
      CallbackNumber: '493023125014',
      ServiceNumbersNumber: '493023125900',
      dtCallStart: '2024-03-11T09:01:41',
      Subject: 'Callback request',
      Body: '',
    });
  });

  it.each([500, 204, 302])('is not handled when the receiver answers %i, and not repeated', async (status) => {
    answer = status;
    expect(await test.acd.raiseCallback(raised)).toMatchObject({ status, isHandled: false });
    expect(received).toHaveLength(1);
    expect(test.acd.state().events).toMatchObject([{ statusId: 1 }]);
  });

  it('is not handled when nobody listens', async () => {
    test.acd.behave({ callbackUrl: 'http://127.0.0.1:1/' });
    expect(await test.acd.raiseCallback(raised)).toMatchObject({
      status: null,
      isHandled: false,
      body: expect.stringMatching(/^No answer: /),
    });
  });

  it('is given up when the simulator closes', async () => {
    answer = null;
    const pending = test.acd.raiseCallback(raised);
    await expect.poll(() => received.length).toBe(1);
    await test.acd.close();
    expect(await pending).toMatchObject({ status: null });
  });

  it.each([
    ['an unknown group', { ...raised, acdGroupsId: 9 }, 'The ACD has no group 9.'],
    ['an unknown service number', { ...raised, serviceNumber: '4999' }, 'no such service number'],
  ])('needs a known one: %s', async (_name, request, message) => {
    await expect(test.acd.raiseCallback(request)).rejects.toThrow(message);
    expect(test.acd.state().events).toEqual([]);
  });

  it('needs an address', async () => {
    test.acd.behave({ callbackUrl: null });
    await expect(test.acd.raiseCallback(raised)).rejects.toThrow('Set callbackUrl first.');
    expect(test.acd.state().events).toEqual([]);
  });
});

describe('a voice mail', () => {
  it('is posted the same way, as an event of its own type', async () => {
    expect(await test.acd.raiseVoicemail({ ...raised, body: 'Hello' })).toMatchObject({
      kind: 'voicemail',
      isHandled: true,
    });
    expect(received[0]?.body).toMatchObject({ Subject: 'Voice mail', Body: 'Hello' });
    expect(test.acd.state().events).toMatchObject([{ request: { typeId: 1, body: null } }]);
  });

  it('has an address of its own where one is set', async () => {
    test.acd.behave({ voicemailUrl: `${url}&kind=voicemail` });

    await test.acd.raiseVoicemail(raised);
    await test.acd.raiseCallback(raised);

    expect(received.map(({ path }) => path)).toEqual(['/callbacks?code=k&kind=voicemail', '/callbacks?code=k']);
  });
});

describe('over HTTP', () => {
  it('both are raised, and tell what became of them', async () => {
    expect(await test.control('POST', '/callbacks', raised)).toMatchObject({
      status: 200,
      body: { kind: 'callback', isHandled: true },
    });
    expect(await test.control('POST', '/voicemails', raised)).toMatchObject({ body: { kind: 'voicemail' } });
    expect(received).toHaveLength(2);
  });

  it.each<[string, unknown, string]>([
    ['no number', { caller: 'me', acdGroupsId: 41 }, 'caller'],
    ['no group', { caller: '493023125014' }, 'acdGroupsId'],
    ['another key', { ...raised, group: 41 }, 'group'],
    ['an unknown group', { ...raised, acdGroupsId: 9 }, 'The ACD has no group 9.'],
  ])('%s is refused with the reason', async (_name, body, reason) => {
    const refused = await test.control('POST', '/callbacks', body);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain(reason);
    expect(received).toEqual([]);
  });
});
