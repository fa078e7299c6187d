import { describe, expect, test } from 'vitest';
import { align, type Boundary } from '../../../../shared/relay/identity/boundary.ts';
import { contentKey, OccurrenceCounts } from '../../../../shared/relay/identity/occurrence-counts.ts';
import { aMessage } from './relay-group.ts';

const SPREAD_MS = 100;

function held(...arrivals: [content: string, receivedAtMs: number][]) {
  return arrivals.map(([content, receivedAtMs]) => ({ ...aMessage(content), receivedAtMs }));
}

function key(content: string): string {
  return contentKey(aMessage(content).contentHash);
}

function boundary(parts: Partial<Boundary> = {}): Boundary {
  return { epoch: 'e2', cutMs: 1_000, fromMs: 500, sinceMs: 0, entries: [], ...parts };
}

/** Content and id's beginning and end of what comes out. */
function identify(messages: ReturnType<typeof held>, at: Boundary, former?: OccurrenceCounts) {
  return align(messages, at, SPREAD_MS, former).identified.map(({ message, id }) => {
    const [epoch, , count] = id.split('.');
    return [message.event.data.content, epoch === 'e1' || epoch === 'e2' ? epoch : 'own', Number(count)];
  });
}

describe('a relay that joins', () => {
  test('counts from the beginning what comes after the cut', () => {
    expect(identify(held(['a', 1_000], ['a', 1_100], ['b', 1_200]), boundary())).toEqual([
      ['a', 'e2', 1],
      ['a', 'e2', 2],
      ['b', 'e2', 1],
    ]);
  });

  test('goes on where the leader was at the cut of a carried content, and leaves what was before to it', () => {
    const entries = [{ key: key('a'), cutMs: 900, epoch: 'e1', count: 5 }];
    expect(identify(held(['a', 899], ['a', 900]), boundary({ entries }))).toEqual([['a', 'e1', 6]]);
  });

  test('leaves to the leader what came before it took notes', () => {
    expect(identify(held(['a', 100], ['b', 599]), boundary())).toEqual([]);
  });

  test('sends what the leader would have noted', () => {
    expect(identify(held(['a', 600]), boundary())).toEqual([['a', 'own', 1]]);
  });

  test('sends what came before the leader began', () => {
    const entries = [{ key: key('b'), cutMs: 900, epoch: 'e1', count: 5 }];
    expect(identify(held(['a', 49], ['b', 49], ['a', 51], ['b', 51]), boundary({ entries, sinceMs: 50 }))).toEqual([
      ['a', 'own', 1],
      ['b', 'own', 1],
    ]);
  });

  test('compares all with a leader that has noted all since it began', () => {
    const entries = [{ key: key('a'), cutMs: 900, epoch: 'e1', count: 1 }];
    const whole = boundary({ entries, fromMs: 500, sinceMs: 500 });
    expect(identify(held(['b', 510], ['a', 520], ['a', 700]), whole)).toEqual([
      ['b', 'own', 1],
      ['a', 'own', 1],
    ]);
  });
});

test('a follower counts on in the former epoch up to the cut', () => {
  const former = new OccurrenceCounts('e1');
  for (let count = 0; count < 5; count += 1) former.next(aMessage('a').contentHash);
  const entries = [{ key: key('a'), cutMs: 900, epoch: 'e1', count: 6 }];
  const messages = held(['b', 600], ['a', 800], ['a', 950], ['b', 1_000]);
  expect(identify(messages, boundary({ entries }), former)).toEqual([
    ['b', 'e1', 1],
    ['a', 'e1', 6],
    ['a', 'e1', 7],
    ['b', 'e2', 1],
  ]);
});

test('the counts go on from there', () => {
  const { counts } = align(held(['a', 1_000]), boundary(), SPREAD_MS, undefined);
  expect(counts.chainOf(aMessage('a').contentHash)).toEqual({ epoch: 'e2', count: 1 });
});
