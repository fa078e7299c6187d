import { expect, test } from 'vitest';
import type { CloudEvent } from '../../../../shared/events/cloud-event.ts';
import { createIdentifier } from '../../../../shared/relay/identity/create-identifier.ts';
import { RecordingLog } from '../../../helpers/recording-log.ts';
import { aMessage } from './relay-group.ts';

function single() {
  const events: CloudEvent[] = [];
  const identifier = createIdentifier({
    mode: 'single',
    table: () => {
      throw new Error('a relay alone needs no table');
    },
    group: 'not used',
    emit: (event) => void events.push(event),
    unconfirmedSinceMs: () => undefined,
    lastAliveMs: () => undefined,
    onUnheard: () => {},
    onLost: () => {},
    keptMaxBytes: 0,
    log: new RecordingLog(),
    clock: () => 0,
  });
  return { identifier, events };
}

test('sends at once, identical occurrences under two ids', () => {
  const { identifier, events } = single();
  for (const content of ['twin', 'twin', 'other']) identifier.receive(aMessage(content), 1);
  expect(events.map(({ data }) => data.content)).toEqual(['twin', 'twin', 'other']);
  expect(new Set(events.map(({ id }) => id)).size).toBe(3);
});

test('no id comes back after a restart', () => {
  const [before, after] = [single(), single()];
  before.identifier.receive(aMessage('twin'), 1);
  after.identifier.receive(aMessage('twin'), 1);
  expect(after.events[0]?.id).not.toBe(before.events[0]?.id);
});

test('tells whether the hub is there', () => {
  const { identifier } = single();
  expect(identifier.status()).toMatchObject({ mode: 'single', state: 'down', isSending: true, held: 0, peers: 0 });
  identifier.up();
  expect(identifier.status().state).toBe('synced');
  identifier.down();
  expect(identifier.status().state).toBe('down');
});
