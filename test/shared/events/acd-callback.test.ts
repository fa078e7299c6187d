import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acdCallback } from '../../../shared/events/acd-callback.ts';
import { canonicaliseKeys, keyTreeOf } from '../../../shared/events/canonical-keys.ts';
import { acdCallbackBody } from '../../helpers/acd-callback-body.ts';
import { anyCasing, recase } from '../../helpers/casing.ts';

const kind = acdCallback('Europe/Berlin');
const read = (body: unknown) => kind.schema.parse(canonicaliseKeys(body, keyTreeOf(kind.schema)));
const typeOf = (more: object) => kind.type(read({ ...acdCallbackBody, ...more }));

describe('what jtel ACD posts', () => {
  it('becomes an event with its attributes', () => {
    const callback = read(acdCallbackBody);
    expect({
      type: kind.type(callback),
      subject: kind.subject(callback),
      source: kind.source(callback),
      time: kind.time(callback),
      key: kind.key?.(callback),
    }).toEqual({
      type: 'com.jtel.acd.callbackcreated',
      subject: '90244',
      source: '/acd/41',
      time: '2026-02-11T08:44:12.000Z',
      key: '90244 2026-02-11T09:41:18',
    });
  });

  it('is read in any casing of its keys, with unknown ones and numbers as they came', () => {
    const body = { ...acdCallbackBody, Caller: '+4930 23125014', nPriority: 50, Extra: { CALLER: 'x' } };
    fc.assert(
      fc.property(anyCasing, (casing) => {
        expect(read(recase(body, casing, (key) => key in acdCallbackBody))).toEqual(body);
      }),
    );
  });

  it('needs nothing but its id, which may be text', () => {
    const callback = read({ ACDEVENTSID: '90244', AcdGroupsID: null, Caller: '', dtCallEnd: null });
    expect(callback).toEqual({ AcdEventsID: 90_244 });
    expect([kind.subject(callback), kind.source(callback), kind.time(callback)]).toEqual(['90244', '/acd', undefined]);
  });

  it.each([
    [{ AcdEventsID: undefined }, 'AcdEventsID'],
    [{ AcdEventsID: 'ACD-7' }, 'AcdEventsID'],
    [{ AcdGroupsID: 'Sales' }, 'AcdGroupsID'],
    [{ CallbackNumber: { number: '49' } }, 'CallbackNumber'],
    [{ dtCallEnd: 1_770_800_000 }, 'dtCallEnd'],
  ])('is refused with %j', (wrong, key) => {
    const { error } = kind.schema.safeParse({ ...acdCallbackBody, ...wrong });
    expect(error?.issues.map(({ path }) => path)).toEqual([[key]]);
  });
});

describe('the time of the event', () => {
  const timeOf = (times: object, timeZone = 'Europe/Berlin') =>
    acdCallback(timeZone).time(read({ AcdEventsID: 1, ...times }));
  const dtCallStart = '2026-07-11T09:41:18';
  const dtCallEnd = '2026-07-11T09:44:12';

  it.each([
    [{ dtCallStart, dtCallEnd }, '2026-07-11T07:44:12.000Z'],
    [{ dtCallStart }, '2026-07-11T07:41:18.000Z'],
    [{ dtCallStart, dtCallEnd: 'soon' }, '2026-07-11T07:41:18.000Z'],
    [{ dtCallStart: 'soon' }, undefined],
    [{ dtCallEnd: '2026-07-11T09:44:12Z' }, '2026-07-11T09:44:12.000Z'],
    [{ dtCallEnd: '2026-07-11T09:44:12+01:00' }, '2026-07-11T08:44:12.000Z'],
  ])('made of %j is the end of the call, else its start', (times, expected) => {
    expect(timeOf(times)).toBe(expected);
  });

  it('depends on the zone of the installation', () => {
    expect(timeOf({ dtCallEnd }, 'America/St_Johns')).toBe('2026-07-11T12:14:12.000Z');
  });
});

describe('a voice mail', () => {
  it.each([
    [{ AcdEventTypesID: 1 }, 'voicemail'],
    [{ AcdEventTypesID: '1' }, 'voicemail'],
    [{ VoiceMailFile: 'UklGRg==' }, 'voicemail'],
    [{ RecordingURL: 'https://acd.example/r/1' }, 'voicemail'],
    [{ Audio: { type: 'audio/wav', content: 'UklGRg==' } }, 'voicemail'],
    [{ attachments: ['UklGRg=='] }, 'voicemail'],
    [{ AcdEventTypesID: 3, RecordingURL: 'https://acd.example/r/1' }, 'callback'],
    [{ VoiceMailFile: '' }, 'callback'],
    [{ VoiceMailFile: null }, 'callback'],
    [{ bRecording: true, nVoiceMails: 2 }, 'callback'],
    [{ CustomerProfile: 'gold' }, 'callback'],
    [{ Subject: 'Voice mail' }, 'callback'],
  ])('is told from a callback request: %j', (more, expected) => {
    expect(typeOf(more)).toBe(`com.jtel.acd.${expected}created`);
  });

  it.each(['callback', 'voicemail'] as const)('is what the URL says: %s', (stated) => {
    const told = acdCallback('UTC', stated);
    for (const more of [{}, { AcdEventTypesID: 1 }, { AcdEventTypesID: 3 }, { VoiceMailFile: 'UklGRg==' }]) {
      expect(told.type(read({ ...acdCallbackBody, ...more }))).toBe(`com.jtel.acd.${stated}created`);
    }
  });
});
