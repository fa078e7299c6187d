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
let post: (body: unknown, kind?: string) => ReturnType<ReturnType<typeof createAcdCallbackReceiver>>;

beforeEach(() => {
  published = [];
  log = new RecordingLog();
  nowMs = Date.parse('2026-02-11T08:45:00Z');
  busTakes = true;
  const receive = createAcdCallbackReceiver({
    timeZone: 'Europe/Berlin',
    maxBodyBytes: 4_096,
    sightings: createTableSightings(new MemoryTable()),
    clock: () => nowMs,
    publish: async (event) => {
      if (!busTakes) throw new TransientError('the bus did not confirm a send');
      published.push(event);
    },
  });
  const headers = { 'content-type': 'application/json' };
  post = (body, kind) => receive({ headers, body: Buffer.from(JSON.stringify(body)) }, kind ?? null, log);
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

  it('takes a repeat within 30 seconds for the same event, and another kind or call for another', async () => {
    const ids = [];
    for (const [waitMs, body, kind] of [
      [0, acdCallbackBody, undefined],
      [29_999, acdCallbackBody, undefined],
      [0, acdCallbackBody, 'voicemail'],
      [0, { ...acdCallbackBody, AcdEventsID: 90_245 }, undefined],
    ] as const) {
      nowMs += waitMs;
      ids.push(JSON.parse((await post(body, kind)).body).id);
    }
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
  });

  it('names what is wrong by the keys that came', async () => {
    const { errors } = problemOf(await post({ Caller: '493023125014', ACDGROUPSID: 'Sales' }));
    expect(errors?.map(({ pointer }) => pointer)).toEqual(['/AcdEventsID', '/ACDGROUPSID']);
  });

  it('refuses a recording over the limit', async () => {
    const answer = await post({ ...acdCallbackBody, VoiceMailFile: 'UklG'.repeat(1_024) });
    expect(problemOf(answer)).toMatchObject({ status: 413, detail: expect.stringContaining('4096 bytes') });
  });

  it('answers 503 as long as the bus does not take the event', async () => {
    busTakes = false;
    expect(problemOf(await post(acdCallbackBody)).status).toBe(503);
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
