import { expect, test } from 'vitest';
import { RecentEvents, type RecentEventsOptions } from '../../../../shared/relay/identity/recent-events.ts';
import { anEvent } from '../../../helpers/an-event.ts';

const options: RecentEventsOptions = { keepMs: 100, maxBytes: 1_000_000, onForgetting: () => {} };

/** Events that are named by the moment at which they are received. */
function receive(recent: RecentEvents, ...timesMs: number[]): void {
  for (const atMs of timesMs) recent.add(anEvent({ id: String(atMs), data: {} }), undefined, atMs, atMs);
}

function flushed(recent: RecentEvents, nowMs: number): number[] {
  const times: number[] = [];
  recent.flush((event) => void times.push(Number(event.id)), nowMs);
  return times;
}

test('gives back what is not too old, once, in order, where the other relay does not say what is confirmed', () => {
  const recent = new RecentEvents(options);
  receive(recent, 0, 50, 100, 150);
  expect(flushed(recent, 160)).toEqual([100, 150]);
  expect(flushed(recent, 160)).toEqual([]);
});

test('keeps what is not confirmed, however old, and what is young in any case', () => {
  const recent = new RecentEvents(options);
  recent.confirm(20, 0);
  receive(recent, 10, 20, 30, 500, 550);
  recent.confirm(30, 560);
  expect(recent.firstMs).toBe(30);
  recent.confirm(550, 560);
  expect(flushed(recent, 560)).toEqual([500, 550]);
});

test('keeps order and merge keys over many events', () => {
  const recent = new RecentEvents({ ...options, keepMs: 1_000, maxBytes: 10_000_000 });
  for (let atMs = 0; atMs < 10_000; atMs += 1) recent.add(anEvent({ id: String(atMs) }), `key-${atMs}`, atMs, atMs);
  const keys: (string | undefined)[] = [];
  recent.flush((_event, mergeKey) => void keys.push(mergeKey), 9_999);
  expect(keys).toEqual(Array.from({ length: 1_001 }, (_, index) => `key-${8_999 + index}`));
});

test('forgets the oldest where it can not keep all, and tells what of it was never confirmed', () => {
  let warnings = 0;
  const recent = new RecentEvents({ ...options, maxBytes: 2_500, onForgetting: () => (warnings += 1) });
  recent.confirm(0, 0);
  receive(recent, 0, 10, 20, 5_000, 5_010);
  expect([recent.forgottenCount, warnings]).toEqual([3, 1]);
  // Too late for some of it.
  recent.confirm(20, 5_010);
  receive(recent, 9_000);
  const sent: string[] = [];
  const lost = recent.flush(({ id }) => void sent.push(id), 9_000);
  expect(lost).toEqual({ fromMs: 0, toMs: 5_000, events: 4 });
  expect(sent).toEqual(['5010', '9000']);
  expect(recent.flush(() => {}, 9_000)).toBeUndefined();
});

test('forgets what is confirmed without a word', () => {
  const recent = new RecentEvents({ ...options, maxBytes: 2_500 });
  recent.confirm(1_000, 0);
  receive(recent, 0, 10, 20, 30);
  expect(recent.forgottenCount).toBe(0);
  recent.confirm(10, 30);
  receive(recent, 40);
  expect(recent.forgottenCount).toBe(1);
  recent.confirm(21, 40);
  expect(recent.flush(() => {}, 40)).toBeUndefined();
});
