import type { CloudEvent } from '../../shared/events/cloud-event.ts';

/** An event as the bridge carries it, with what a test cares about put in its place. */
export function anEvent(parts: Partial<CloudEvent> = {}): CloudEvent {
  return {
    specversion: '1.0',
    id: 'event-1',
    source: '/nimbus/helpdesk@contoso.example',
    type: 'com.luware.nimbus.task.terminated',
    subject: 'task-1',
    time: '2025-03-05T14:07:00.000Z',
    datacontenttype: 'application/json',
    data: {},
    ...parts,
  };
}
