import { describe, expect, it } from 'vitest';
import { cachedLookups, valuesOf, type WebhookLookups } from '../../../shared/nimbus-webhooks/lookup-values.ts';

const choices = [
  { name: 'System accepted', value: 'sysAcc' },
  { name: 'Created', value: 'Other' },
  { name: 'Made', value: 'Created' },
];

describe('valuesOf', () => {
  it('takes names and values, whatever their case and blanks, and gives each value once in one order', () => {
    expect(valuesOf('S', ['SYSTEMACCEPTED', ' sysacc', 'made'], choices)).toEqual(['Created', 'sysAcc']);
  });

  it("prefers a value to another entry's name", () => {
    expect(valuesOf('S', ['created'], choices)).toEqual(['Created']);
  });

  it('lists everything that is unknown, and what is known', () => {
    expect(() => valuesOf('S', ['a', 'Made', 'b'], choices)).toThrow(
      'S: Nimbus has no "a", "b"; it knows sysAcc, Other, Created',
    );
    expect(() => valuesOf('S', ['a'], [])).toThrow('it knows nothing');
  });
});

describe('cachedLookups', () => {
  function lookupsUnderTest() {
    const asked: string[] = [];
    const state = { isDown: false, nowMs: 0 };
    const answer =
      <T>(name: string, value: T) =>
      async () => {
        asked.push(name);
        if (state.isDown) throw new Error('down');
        return value;
      };
    const source: WebhookLookups = {
      getServices: answer('services', ['s']),
      getSchedulerEntryServices: answer('entry services', ['s']),
      getTaskEvents: answer('events', choices),
      getSchedulerEntriesEvents: answer('entry events', choices),
      getTaskModalities: answer('modalities', choices),
      getTaskDirections: answer('directions', choices),
    };
    return { asked, state, lookups: cachedLookups(source, () => state.nowMs) };
  }

  it('asks for choices again after five minutes, and for services each time', async () => {
    const { asked, state, lookups } = lookupsUnderTest();
    for (const nowMs of [0, 299_999, 300_000]) {
      state.nowMs = nowMs;
      expect(await lookups.getTaskEvents()).toEqual(choices);
      await lookups.getServices();
    }
    expect(asked).toEqual(['events', 'services', 'services', 'events', 'services']);
  });

  it('remembers no failure', async () => {
    const { state, lookups } = lookupsUnderTest();
    state.isDown = true;
    await expect(lookups.getTaskModalities()).rejects.toThrow('down');
    state.isDown = false;
    expect(await lookups.getTaskModalities()).toEqual(choices);
  });
});
