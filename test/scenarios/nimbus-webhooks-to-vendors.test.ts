import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeStories } from '../../infra/local/demo/stories.ts';
import { eventually, startTestStack, type TestStack } from '../helpers/stack.ts';

let test: TestStack;

beforeAll(async () => {
  test = await startTestStack();
});

afterAll(() => test?.stop());

beforeEach(() => {
  // The webhooks stay registered: only what vendors received is forgotten.
  for (const simulator of [test.simulators.lucs, test.simulators.acd, test.simulators.crm]) simulator.clear();
});

const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const DELIVERY_ID = /^[\w-]{43}$/;

const missedCall = {
  taskId: 'a9e3d0b8-0f6c-4d55-8f77-1c2b3a4d5e6f',
  event: 'TaskTerminated',
  direction: 'Inbound',
  modality: 'Audio',
  created: '2025-03-04T17:58:40Z',
  terminated: '2025-03-04T18:00:05Z',
  callerTelNumber: '+441632960155',
  isAnonymous: false,
  serviceDisplayName: 'IT Helpdesk',
  serviceUPN: 'helpdesk@contoso.example',
  serviceTelNumber: '+442079460100',
  taskInformation: { customer: { displayName: 'Jo Park' }, customContextParameters: [], preferredUsers: [] },
};

describe('a missed call', () => {
  it('reaches LUCS, jtel ACD and the CRM, field by field', async () => {
    const { lucs, acd, crm } = test.simulators;

    const callbacks = await test.simulators.nimbus.raise({ webhook: 'task', payload: missedCall });

    expect(callbacks).toMatchObject([{ status: 202, body: expect.stringMatching(/^\{"id":"[\w-]{22}"\}$/) }]);
    const [task] = await eventually(() => nonEmpty(lucs.requests()), 'a call to LUCS');
    expect(task).toMatchObject({
      method: 'POST',
      path: '/v1.0/tasks',
      headers: { authorization: 'Bearer local-lucs-key', 'content-type': 'application/json' },
      answer: { status: 200 },
    });
    expect(task?.body).toEqual({
      Service: '3d0b8b57-6a55-4c5e-9f0e-1a2b3c4d5e6f',
      Required: { Im: false, Audio: true, Video: false, DesktopSharing: false, ConversationContext: true },
      DistributeToAgent: true,
      ExternalTaskId: expect.stringMatching(DELIVERY_ID),
      Caller: 'Jo Park',
    });

    const created = await eventually(
      () => acd.requests().find(({ method }) => method === 'POST'),
      'a new event at jtel ACD',
    );
    expect(created).toMatchObject({
      path: '/rest/v1.0/7/acd/events/create',
      headers: { authorization: 'Bearer local-acd-token', 'content-type': 'application/json' },
      answer: { status: 200 },
    });
    expect(created.body).toEqual({
      AcdEventTypesID: 3,
      AcdGroupsID: 45,
      Sender: '441632960155',
      Receiver: '442079460100',
      Subject: 'Missed call at IT Helpdesk',
      UserData: expect.stringMatching(DELIVERY_ID),
      nPriority: 50,
    });

    const [find, create] = await eventually(() => atLeast(2, crm.requests()), 'both calls to the CRM');
    expect(find).toMatchObject({
      method: 'GET',
      path: '/api/data/v9.2/contacts',
      headers: { authorization: 'Bearer local-crm-token', accept: 'application/json' },
      query: {
        $filter:
          "telephone1 eq '+441632960155' or mobilephone eq '+441632960155' or telephone1 eq '441632960155' or mobilephone eq '441632960155'",
        $top: '2',
      },
      answer: { status: 200 },
    });
    expect(create).toMatchObject({ method: 'PATCH', headers: { 'if-none-match': '*' }, answer: { status: 204 } });
    expect(create?.path.slice('/api/data/v9.2/tasks('.length, -1)).toMatch(GUID);
    expect(create?.body).toEqual({
      subject: 'Call back Jo Park',
      description: 'Missed by IT Helpdesk at 2025-03-04T17:58:40Z',
      scheduledend: '2025-03-04T18:00:05.000Z',
      'regardingobjectid_contact_task@odata.bind': '/contacts(c0a80101-0000-4000-8000-000000000003)',
    });
  });

  it('of an anonymous caller still becomes a task, but no callback', async () => {
    const { callerTelNumber: _, serviceTelNumber: __, taskInformation: ___, ...anonymous } = missedCall;
    const { lucs, acd, crm } = test.simulators;

    await test.simulators.nimbus.raise({
      webhook: 'task',
      payload: { ...anonymous, taskId: 'anon-1', isAnonymous: true },
    });

    const task = await eventually(() => crm.requests().find(({ method }) => method === 'PATCH'), 'a task in the CRM');
    expect(task.body).toMatchObject({ subject: 'Call back anonymous caller' });
    await eventually(() => nonEmpty(lucs.requests()), 'a call to LUCS');
    expect(crm.requests().filter(({ method }) => method === 'GET')).toEqual([]);
    expect(acd.requests()).toEqual([]);
  });
});

describe('an event that no route wants', () => {
  it('is taken, and reaches nobody', async () => {
    const [callback] = await test.simulators.nimbus.raise({
      webhook: 'task',
      payload: { ...missedCall, taskId: 'quiet-1', event: 'Queue entered' },
    });

    const id: string = JSON.parse(callback?.body ?? '{}').id;
    const line = await eventually(
      () => test.lines.find((text) => text.includes('routed') && text.includes(id)),
      'routing',
    );
    expect(line).toContain('to=none');
    expect(test.simulators.lucs.requests()).toEqual([]);
    expect(test.simulators.crm.requests()).toEqual([]);
  });
});

describe('the stories of the demo', () => {
  it.each(makeStories(new Date()).map((story) => [story.title, story] as const))('%s', async (_, story) => {
    for (const { webhook, payload } of story.events) {
      const [callback] = await test.simulators.nimbus.raise({ webhook, payload });
      expect(callback?.status).toBe(202);
    }
    for (const { vendor, method, path, body } of story.expected) {
      const matching = () =>
        test.simulators[vendor].requests().filter((request) => {
          const isThis = request.method === method && request.path.startsWith(path);
          return (
            isThis && typeof request.body === 'object' && Reflect.get(request.body ?? {}, 'subject') === body.subject
          );
        });
      const [request] = await eventually(() => nonEmpty(matching()), `${vendor} ${path}`);
      expect(request?.body).toMatchObject(body);
    }
  });
});

describe('the log', () => {
  it('shows the way of an event, and no personal data', async () => {
    const [callback] = await test.simulators.nimbus.raise({
      webhook: 'task',
      payload: { ...missedCall, taskId: 'log-1' },
    });
    const id: string = JSON.parse(callback?.body ?? '{}').id;

    const lines = await eventually(() => {
      const about = test.lines.filter((line) => line.includes(id));
      return about.filter((line) => line.includes('delivery')).length === 4 ? about : undefined;
    }, 'four deliveries in the log');

    expect(lines.find((line) => line.includes('accepted'))).toContain('type=com.luware.nimbus.task.taskterminated');
    const routed = lines.find((line) => line.includes('routed'));
    expect(routed).toContain('to=missed-call-crm-task,missed-call-acd-callback,missed-call-lucs-task');
    expect(routed).toMatch(/not=\S*handled-call-crm-activity/);
    for (const step of ['crm.findContact', 'crm.createActivity', 'acd.createEvent', 'lucs.createTask']) {
      expect(lines.find((line) => line.includes(`step=${step}`))).toMatch(/result=done ms=\d+ eventAgeMs=\d{1,5}$/);
    }
    const personal = ['Jo Park', '1632960155', 'helpdesk@contoso.example', 'local-lucs-key', 'local-function-key'];
    for (const secret of personal) expect(test.lines.filter((line) => line.includes(secret))).toEqual([]);
  });
});

function nonEmpty<T>(items: T[]): T[] | undefined {
  return atLeast(1, items);
}

function atLeast<T>(count: number, items: T[]): T[] | undefined {
  return items.length >= count ? items : undefined;
}
