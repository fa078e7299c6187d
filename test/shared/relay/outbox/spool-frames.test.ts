import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, nextFrame, type StoredEvent } from '../../../../shared/relay/outbox/spool-frames.ts';

const storedEvent = fc.record({
  mergeKey: fc.option(fc.string({ unit: 'binary', minLength: 1 }), { nil: undefined }),
  body: fc.string({ unit: 'binary' }).map((text) => Buffer.from(JSON.stringify(text))),
});
const storedEvents = fc.array(storedEvent, { maxLength: 6 });

function readAll(bytes: Buffer): StoredEvent[] {
  const events: StoredEvent[] = [];
  for (let frame = nextFrame(bytes, 0); frame !== undefined; frame = nextFrame(bytes, frame.end)) {
    events.push({ mergeKey: frame.mergeKey, body: frame.body });
  }
  return events;
}

describe('frames', () => {
  it('give back what was written, in order', () => {
    fc.assert(
      fc.property(storedEvents, (events) => {
        expect(readAll(Buffer.concat(events.map(encodeFrame)))).toEqual(events);
      }),
    );
  });

  it('that end in the middle of a write lose only what was cut', () => {
    fc.assert(
      fc.property(storedEvents, fc.nat(), (events, seed) => {
        const frames = events.map(encodeFrame);
        const bytes = Buffer.concat(frames);
        const cut = seed % (bytes.length + 1);
        let end = 0;
        const whole = frames.filter(({ length }) => {
          end += length;
          return end <= cut;
        });
        expect(readAll(bytes.subarray(0, cut))).toEqual(events.slice(0, whole.length));
      }),
    );
  });

  it('of which one is damaged lose only that one', () => {
    fc.assert(
      fc.property(fc.array(storedEvent, { minLength: 1, maxLength: 6 }), fc.nat(), fc.nat(), (events, at, bit) => {
        const frames = events.map(encodeFrame);
        const damaged = at % frames.length;
        const frame = frames[damaged] ?? Buffer.alloc(0);
        const byte = bit % frame.length;
        frame.writeUInt8(frame.readUInt8(byte) ^ (1 << (bit % 8)), byte);
        expect(readAll(Buffer.concat(frames))).toEqual(events.filter((_, index) => index !== damaged));
      }),
    );
  });

  it('behind zeros and garbage are found', () => {
    const event = { mergeKey: 'k', body: Buffer.from('{}') };
    const bytes = Buffer.concat([Buffer.alloc(50), encodeFrame(event).subarray(0, 9), encodeFrame(event)]);
    expect(nextFrame(bytes, 0)).toMatchObject({ start: 59, end: bytes.length, ...event });
    expect(nextFrame(Buffer.alloc(50), 0)).toBeUndefined();
  });
});
