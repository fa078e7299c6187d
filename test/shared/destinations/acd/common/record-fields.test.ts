import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flag, integer, recordId, text } from '../../../../../shared/destinations/acd/common/record-fields.ts';
import * as z from '../../../../../shared/zod.ts';

const record = z.looseObject({ ID: recordId, bDone: flag, nPriority: integer, Subject: text });

describe('a record', () => {
  it('is read whatever the order of its keys, and keeps those that nobody knows', () => {
    const wire = { ID: 7, bDone: 1, nPriority: '50', Subject: 'x', QueueMusicID4Sec: -1, Tag: null };
    const read = { ...wire, bDone: true, nPriority: 50 };
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.entries(wire), { minLength: 6 }), (entries) => {
        expect(z.parse(record, Object.fromEntries(entries))).toEqual(read);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    [true, true],
    [false, false],
    [1, true],
    [0, false],
    ['1', true],
    ['0', false],
    ['true', true],
    ['false', false],
    [null, null],
    [undefined, undefined],
  ])('has the flag %j as %j', (wire, read) => expect(z.parse(record, { ID: 1, bDone: wire }).bDone).toBe(read));

  it.each([
    [7, 7],
    ['-1', -1],
    [null, null],
  ])('has the number %j as %j', (wire, read) =>
    expect(z.parse(record, { ID: 1, nPriority: wire }).nPriority).toBe(read),
  );

  it.each([[{}], [{ ID: null }], [{ ID: 'x' }], [{ ID: 1.5 }]])('is not %j', (wire) =>
    expect(z.safeParse(record, wire).success).toBe(false),
  );

  it.each([
    ['bDone', 2],
    ['nPriority', '1e3'],
    ['nPriority', 2.5],
    ['Subject', {}],
    ['Subject', true],
  ])('lacks the detail %s when that is %j', (name, wire) =>
    expect(z.parse(record, { ID: 1, Subject: 'x', nPriority: 50, bDone: true, [name]: wire })).toEqual({
      ID: 1,
      Subject: 'x',
      nPriority: 50,
      bDone: true,
      [name]: undefined,
    }),
  );
});
