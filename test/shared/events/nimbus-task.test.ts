import { describe, expect, it } from 'vitest';
import { canonicaliseKeys, keyTreeOf } from '../../../shared/events/canonical-keys.ts';
import { nimbusTask } from '../../../shared/events/nimbus-task.ts';
import { nimbusFixture, taskFixtures } from '../../helpers/nimbus-fixtures.ts';

const tree = keyTreeOf(nimbusTask.schema);
const read = (body: unknown) => nimbusTask.schema.parse(canonicaliseKeys(body, tree));

describe('a Nimbus task event', () => {
  it.each([
    ['task-system-accepted', 'systemaccepted', 'servicedesk@litware.example', undefined],
    ['task-terminated-handled', 'taskterminated', 'servicedesk@litware.example', '2026-02-11T07:49:52.000Z'],
    ['task-missed-anonymous', 'taskterminated', 'servicedesk@litware.example', '2026-02-11T16:03:31.000Z'],
    ['task-parameter-updated', 'parameterupdated', 'webchat@litware.example', undefined],
    ['task-outbound-user-accepted', 'useraccepted', 'renewals@litware.example', undefined],
    ['task-email-received', 'created', 'facilities@litware.example', '2026-02-14T06:12:37.482Z'],
    ['task-built-by-a-flow', 'systemaccepted', 'servicedesk@litware.example', undefined],
    ['task-newer-keys', 'useraccepted', 'servicedesk@litware.example', undefined],
  ] satisfies [(typeof taskFixtures)[number], string, string, string | undefined][])(
    'made of %s has its attributes',
    (name, event, service, time) => {
      const task = read(nimbusFixture(name));
      expect({
        type: nimbusTask.type(task),
        subject: nimbusTask.subject(task),
        source: nimbusTask.source(task),
        time: nimbusTask.time(task),
      }).toEqual({
        type: `com.luware.nimbus.task.${event}`,
        subject: task.taskId,
        source: `/nimbus/${service}`,
        time,
      });
    },
  );

  it('of a body that a flow built by hand reads like one from Nimbus', () => {
    expect(read(nimbusFixture('task-built-by-a-flow'))).toEqual({
      taskId: '5e0d3a60-41c7-4f6b-9b1e-7a2c90d40060',
      event: 'System accepted',
      direction: 'Inbound',
      modality: 'Audio',
      created: '2026-02-15 11:05:00+01:00',
      callerTelNumber: '+441632960833',
      isAnonymous: false,
      outboundAttempt: 0,
      serviceUpn: 'ServiceDesk@Litware.example',
      taskInformation: {
        customer: {
          firstName: 'Rui',
          upn: 'rui.santos@example.com',
          telNumbers: [{ name: 'Office', value: '+441632960834' }],
        },
      },
    });
  });

  it('keeps keys that newer connectors send, at every level', () => {
    expect(read(nimbusFixture('task-newer-keys'))).toMatchObject({
      conversationType: 'Voice',
      serviceSessionId: '5e0d3a71-41c7-4f6b-9b1e-7a2c90d40071',
      userSessionId: '5e0d3a72-41c7-4f6b-9b1e-7a2c90d40072',
      taskInformation: { customer: { loyaltyPoints: 1250 }, sentiment: { score: 0.4, labels: ['calm'] } },
    });
  });

  it.each([
    [{ serviceUpn: 'A@x.example', serviceId: 'S1' }, '/nimbus/a@x.example'],
    [{ serviceUPN: '', serviceId: 'S1' }, '/nimbus/s1'],
    [{ serviceUPN: null }, '/nimbus'],
  ])('has the source of %j', (service, source) => {
    expect(nimbusTask.source(read({ taskId: 't', event: 'e', ...service }))).toBe(source);
  });

  const created = '2026-02-11T07:41:18Z';
  const terminated = '2026-02-11T09:49:52+02:00';
  it.each([
    [{ event: 'Created', created }, '2026-02-11T07:41:18.000Z'],
    [{ event: 'CREATED', created: 'soon' }, undefined],
    [{ event: 'Created' }, undefined],
    [{ event: 'SystemAccepted', created }, undefined],
    [{ event: 'TaskTerminated', created, terminated }, '2026-02-11T07:49:52.000Z'],
    [{ event: 'Created', created, terminated }, '2026-02-11T07:49:52.000Z'],
    [{ event: 'TaskTerminated', created, terminated: 'just now' }, undefined],
    [{ event: 'TaskTerminated', created, terminated: '' }, undefined],
  ])('takes the time of %j from the payload only where it is the time of this event', (fields, time) => {
    expect(nimbusTask.time(read({ taskId: 't', ...fields }))).toBe(time);
  });

  it('is tried with every sample', () => {
    for (const name of taskFixtures) expect(read(nimbusFixture(name)).taskId).toMatch(/^5e0d3a/);
  });
});
