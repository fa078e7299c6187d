import { expect, test } from 'vitest';
import { RecentEvents } from '../../../../shared/relay/identity/recent-events.ts';
import { anEvent } from '../../../helpers/an-event.ts';

function flushed(recent: RecentEvents, nowMs: number): string[] {
  const ids: string[] = [];
  recent.flush((event) => void ids.push(event.id), nowMs);
  return ids;
}

test('gives back what is not too old, once, in order', () => {
  const recent = new RecentEvents(100);
  for (const atMs of [0, 50, 100, 150]) recent.add(anEvent({ id: `at-${atMs}` }), undefined, atMs);
  expect(flushed(recent, 160)).toEqual(['at-100', 'at-150']);
  expect(flushed(recent, 160)).toEqual([]);
});

test('keeps order and merge keys over many events', () => {
  const recent = new RecentEvents(1_000);
  for (let atMs = 0; atMs < 10_000; atMs += 1) recent.add(anEvent({ id: String(atMs) }), `key-${atMs}`, atMs);
  const keys: (string | undefined)[] = [];
  recent.flush((_event, mergeKey) => void keys.push(mergeKey), 9_999);
  expect(keys).toEqual(Array.from({ length: 1_001 }, (_, index) => `key-${8_999 + index}`));
});
