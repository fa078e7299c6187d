import { describe, expect, it } from 'vitest';
import { canonicaliseKeys, keyTreeOf } from '../../../shared/events/canonical-keys.ts';
import { nimbusSchedulerEntry } from '../../../shared/events/nimbus-scheduler-entry.ts';
import { nimbusFixture, type schedulerEntryFixtures } from '../../helpers/nimbus-fixtures.ts';

const tree = keyTreeOf(nimbusSchedulerEntry.schema);
const read = (body: unknown) => nimbusSchedulerEntry.schema.parse(canonicaliseKeys(body, tree));

describe('a Nimbus scheduler-entry event', () => {
  it.each([
    ['scheduler-entry-created', 'created', 'renewals@litware.example', 'WAVE-3-0117'],
    ['scheduler-entry-in-progress', 'inprogress', 'renewals@litware.example', 'WAVE-3-0117'],
    ['scheduler-entry-completed', 'completed', 'renewals@litware.example', 'WAVE-3-0117'],
    ['scheduler-entry-limit-reached', 'completed', 'servicedesk@litware.example', 'BACK-2026-044'],
  ] satisfies [(typeof schedulerEntryFixtures)[number], string, string, string][])(
    'made of %s has its attributes',
    (name, event, service, referenceId) => {
      const entry = read(nimbusFixture(name));
      expect({
        type: nimbusSchedulerEntry.type(entry),
        subject: nimbusSchedulerEntry.subject(entry),
        source: nimbusSchedulerEntry.source(entry),
        time: nimbusSchedulerEntry.time(entry),
        referenceId: entry.referenceId,
      }).toEqual({
        type: `com.luware.nimbus.schedulerentry.${event}`,
        subject: entry.schedulerEntryId,
        source: `/nimbus/${service}`,
        time: undefined,
        referenceId,
      });
    },
  );

  it('without a service has the source of Nimbus itself', () => {
    expect(nimbusSchedulerEntry.source(read({ schedulerEntryId: 'e', event: 'Created' }))).toBe('/nimbus');
  });

  it('takes numbers beyond the published limits, which bind the vendor', () => {
    const numbers = {
      maxAttempts: 99,
      attemptTimeoutInSeconds: '1',
      maxQueueTimeInSeconds: 0,
      ronaTimeoutInSeconds: '-1',
    };
    expect(read({ schedulerEntryId: 'e', event: 'x', ...numbers })).toMatchObject({
      maxAttempts: 99,
      attemptTimeoutInSeconds: 1,
      maxQueueTimeInSeconds: 0,
      ronaTimeoutInSeconds: -1,
    });
  });
});
