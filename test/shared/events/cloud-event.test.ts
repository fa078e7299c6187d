import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloudEventSchema, eventTypeSuffix } from '../../../shared/events/cloud-event.ts';
import { anyCasing } from '../../helpers/casing.ts';

describe('eventTypeSuffix', () => {
  it.each([
    ['System accepted', 'systemaccepted'],
    ['SystemAccepted', 'systemaccepted'],
    ['system_accepted', 'systemaccepted'],
    ['RONA', 'rona'],
    ['Attempt 2 (failed)', 'attempt2failed'],
    ['Übergeben – an Gruppe', 'übergebenangruppe'],
    ['…', ''],
  ])('makes %j into %j', (name, suffix) => {
    expect(eventTypeSuffix(name)).toBe(suffix);
  });

  it('does not depend on casing or on what stands between letters and digits', () => {
    const words = fc.array(fc.stringMatching(/^[a-z0-9]{1,8}$/), { minLength: 1, maxLength: 5 });
    const glue = fc.stringMatching(/^[ _./():–-]{0,3}$/);
    fc.assert(
      fc.property(words, glue, anyCasing, (parts, between, casing) => {
        expect(eventTypeSuffix(between + casing(parts.join(between)) + between)).toBe(parts.join(''));
      }),
    );
  });

  it('gives lower-case letters and digits only, and the same again for its own result', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const suffix = eventTypeSuffix(name);
        expect(suffix).toMatch(/^[\p{L}\p{N}]*$/u);
        expect(eventTypeSuffix(suffix)).toBe(suffix);
      }),
    );
  });
});

describe('cloudEventSchema', () => {
  const event = {
    specversion: '1.0',
    id: 'e1',
    source: '/nimbus',
    type: 'com.luware.nimbus.task.created',
    subject: 't1',
    time: '2026-02-11T07:41:18.000Z',
    data: { taskId: 't1' },
  };

  it('takes an event without media type as JSON', () => {
    expect(cloudEventSchema.parse(event)).toEqual({ ...event, datacontenttype: 'application/json' });
  });

  it.each(['specversion', 'id', 'source', 'type', 'subject', 'time', 'data'])('refuses an event without %s', (name) => {
    const without = Object.fromEntries(Object.entries(event).filter(([key]) => key !== name));
    expect(cloudEventSchema.safeParse(without).error?.issues.map(({ path }) => path)).toEqual([[name]]);
  });

  it.each([
    ['specversion', '0.3'],
    ['id', ''],
    ['source', ''],
    ['type', 7],
    ['subject', null],
    ['data', 'text'],
    ['data', [1]],
    ['traceparent', 1],
  ])('refuses %s of %j', (name, value) => {
    expect(cloudEventSchema.safeParse({ ...event, [name]: value }).error?.issues.map(({ path }) => path)).toEqual([
      [name],
    ]);
  });
});
