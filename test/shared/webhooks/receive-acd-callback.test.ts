import { beforeEach, describe, expect, it } from 'vitest';
import { TransientError } from '../../../shared/errors.ts';
import type { CloudEvent } from '../../../shared/events/cloud-event.ts';
import { createAcdCallbackReceiver } from '../../../shared/webhooks/receive-acd-callback.ts';
import { createTableSightings } from '../../../shared/webhooks/table-sightings.ts';
import { acdCallbackBody } from '../../helpers/acd-callback-body.ts';
import { MemoryTable } from '../../helpers/memory-table.ts';
import { RecordingLog } from '../../helpers/recording-log.ts';
import { problemOf } from './receiver-under-test.ts';

let published: CloudEvent[];
let log: RecordingLog;
let nowMs: number;
let busTakes: boolean;
let table: MemoryTable;
let post: (
  body: unknown,
  kind?: string,
  headers?: Readonly<Record<string, string>>,
) => ReturnType<ReturnType<typeof createAcdCallbackReceiver>>;

beforeEach(() => {
  published = [];
  log = new RecordingLog();
  nowMs = Date.parse('2026-02-11T08:45:00Z');
  busTakes = true;
  table = new MemoryTable();
  const receive = createAcdCallbackReceiver({
    timeZone: 'Europe/Berlin',
    maxBodyBytes: 4_096,
    sightings: createTableSightings(table),
    clock: () => nowMs,
    publish: async (event) => {
      if (!busTakes) throw new TransientError('the bus did not confirm a send');
      published.push(event);
    },
  });
  post = (body, kind, headers = {}) =>
    receive(
      { headers: { 'content-type': 'application/json', ...headers }, body: Buffer.from(JSON.stringify(body)) },
      kind ?? null,
      log,
    );
});

describe('the receiver of callback requests and voice mails', () => {
  it('answers 200 with the id of the event that it published', async () => {
    const { status, body } = await post(acdCallbackBody);

    expect(status).toBe(200);
    expect(published).toEqual([
      {
        specversion: '1.0',
        id: expect.stringMatching(/^[\w-]{22}$/),
        type: 'com.jtel.acd.callbackcreated',
        source: '/acd/41',
        subject: '90244',
        time: '2026-02-11T08:44:12.000Z',
        datacontenttype: 'application/json',
        data: acdCallbackBody,
      },
    ]);
    expect(JSON.parse(body)).toEqual({ id: published[0]?.id });
  });

  it('takes the arrival for the time where the payload has none', async () => {
    await post({ AcdEventsID: 7 });
    expect(published[0]?.time).toBe('2026-02-11T08:45:00.000Z');
  });

  it.each([
    ['voicemail', 'com.jtel.acd.voicemailcreated'],
    ['VoiceMail', 'com.jtel.acd.voicemailcreated'],
    ['callback', 'com.jtel.acd.callbackcreated'],
  ])('believes the URL that says %s', async (kind, type) => {
    expect((await post({ ...acdCallbackBody, AcdEventTypesID: 3 }, kind)).status).toBe(200);
    expect(published.map((event) => event.type)).toEqual([type]);
  });

  it.each(['voice-mail', '', 'callback,voicemail', '__proto__'])('refuses the kind %j', async (kind) => {
    const answer = await post(acdCallbackBody, kind);
    expect(problemOf(answer)).toMatchObject({ status: 400, detail: expect.stringContaining('?kind=voicemail') });
    expect(published).toEqual([]);
  });

  it.each([
    ['at once', 0, {}, {}],
    ['31 seconds later', 31_000, {}, {}],
    ['a day later, with other texts', 86_400_000, { Subject: 'Callback', dtCallEnd: null }, {}],
    ['by two runs of a flow', 0, {}, { 'x-ms-workflow-run-id': '08586611142904036539' }],
    ['under an id of who passes it on', 0, {}, { 'webhook-id': 'msg_1' }],
  ])('takes what is posted again for the same event: %s', async (_how, waitMs, more, headers) => {
    await post(acdCallbackBody);
    nowMs += waitMs;
    await post({ ...acdCallbackBody, ...more }, undefined, headers);
    expect(published.map(({ id }) => id)).toEqual([published[0]?.id, published[0]?.id]);
  });

  it('takes what jtel ACD posts of another group, kind, event or call for another event', async () => {
    await post(acdCallbackBody);
    await post(acdCallbackBody, 'voicemail');
    await post({ ...acdCallbackBody, AcdGroupsID: 42 });
    await post({ ...acdCallbackBody, AcdEventsID: 90_245 });
    await post({ ...acdCallbackBody, dtCallStart: '2026-03-01T08:00:00' });
    expect(new Set(published.map(({ id }) => id)).size).toBe(5);
  });

  it('gives an event that the bus may not have taken its id again', async () => {
    busTakes = false;
    await post(acdCallbackBody);
    busTakes = true;
    nowMs += 3_600_000;
    const { body } = await post(acdCallbackBody);
    expect(log.entries.map(({ fields }) => fields.event)).toEqual([JSON.parse(body).id, JSON.parse(body).id]);
  });

  it('needs no table to tell one event from another', async () => {
    table.goDown();
    expect((await post(acdCallbackBody)).status).toBe(200);
    expect(log.entries.map(({ level }) => level)).toEqual(['info']);
  });

  it('names what is wrong by the keys that came', async () => {
    const { errors } = problemOf(await post({ Caller: '493023125014', ACDGROUPSID: 'Sales' }));
    expect(errors?.map(({ pointer }) => pointer)).toEqual(['/AcdEventsID', '/ACDGROUPSID']);
  });

  it('refuses a recording over the limit', async () => {
    const answer = await post({ ...acdCallbackBody, VoiceMailFile: 'UklG'.repeat(1_024) });
    expect(problemOf(answer)).toMatchObject({ status: 413, detail: expect.stringContaining('4096 bytes') });
  });

  it('answers 500 as long as the bus does not take the event, and says when to come back', async () => {
    busTakes = false;
    const answer = await post(acdCallbackBody);
    expect(problemOf(answer)).toMatchObject({ status: 500, title: 'Not taken' });
    expect(answer.headers['retry-after']).toBe('5');
  });

  it('logs neither numbers nor names nor texts', async () => {
    await post(acdCallbackBody);
    await post({ ...acdCallbackBody, AcdEventsID: undefined });
    await post(acdCallbackBody, acdCallbackBody.Caller);
    busTakes = false;
    await post(acdCallbackBody);
    expect(log.entries.map(({ level }) => level)).toEqual(['info', 'warn', 'warn', 'error']);
    const personal = [acdCallbackBody.Caller, acdCallbackBody.CallbackNumber, 'Service', 'Callback:', 'Asked'];
    expect(personal.filter((value) => log.text.includes(value))).toEqual([]);
  });
});
