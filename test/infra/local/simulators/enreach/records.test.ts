import { array, assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordReader, recordEnd } from '../../../../../infra/local/simulators/enreach/hub/records.ts';

const recordText = string({ unit: 'binary' }).map((text) => text.replaceAll(recordEnd, ''));

describe('the record reader', () => {
  it('finds the same records however the text is cut', () => {
    assert(
      property(array(recordText), recordText, array(string().map(({ length }) => length)), (records, rest, cuts) => {
        const reader = new RecordReader();
        let text = [...records, rest].join(recordEnd);
        const found: string[] = [];
        for (const cut of cuts) {
          found.push(...reader.push(text.slice(0, cut)));
          text = text.slice(cut);
        }
        found.push(...reader.push(text));
        expect([found, reader.unfinished]).toEqual([records, rest]);
      }),
    );
  });
});
