import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from '../../shared/zod.ts';
import { eventually, startTestStack, type TestStack } from '../helpers/stack.ts';

const CALL_LIST = 'ca110000-0000-4000-8000-000000000001';
const LUCS_SERVICE = '3d0b8b57-6a55-4c5e-9f0e-1a2b3c4d5e6f';

const ROUTES = `
routes:
  - id: callback-request-to-lucs
    when:
      event: com.enreach.rte.callbackrequestnotification
      if: event.source = '/enreach/callList/${CALL_LIST}'
    do:
      - step: lucs.createTask
        with:
          service: ${LUCS_SERVICE}
          caller: =data.callerNumber
          externalTaskId: =data.callBackId
  - id: gap-to-crm
    when: { event: com.enreach.rte.gap }
    do:
      - step: crm.createActivity
        with: { kind: task, subject: '="Missed " & $count(data.subscriptions) & " subscriptions"' }
`;

let test: TestStack;

beforeAll(async () => {
  test = await startTestStack({
    routes: ROUTES,
    registers: false,
    relays: 1,
    settings: {
      RTE_SUBSCRIPTIONS: JSON.stringify([
        { queuesOf: 'me', events: '*' },
        { callLists: [CALL_LIST], events: ['CallbackRequestNotification', 'CallbackListStatus'] },
      ]),
    },
  });
  await untilSubscribed();
});

afterAll(() => test?.stop());

const untilSubscribed = () =>
  eventually(async () => {
    const answer = await fetch(`http://127.0.0.1:${test.stack.ports.relay}/readyz`);
    return answer.ok ? true : undefined;
  }, 'the relay is ready');

describe('what the RTE hub tells', () => {
  it('reaches LUCS by a route, field by field', async () => {
    const { enreach, lucs } = test.simulators;
    lucs.clear();

    const raised = enreach.playStory('callerGivesUp');

    const told = raised.filter(({ deliveredTo }) => deliveredTo > 0).map(({ eventName }) => eventName);
    expect(told).toContain('QueueCallInArrived');
    expect(told).not.toContain('CallbackRequestReceivedNotification');
    const [task] = await eventually(() => {
      const { tasks } = lucs.state();
      return tasks.length > 0 ? tasks : undefined;
    }, 'a task at LUCS');
    expect(task?.service.Id).toBe(LUCS_SERVICE);
    const body = z.parse(
      z.record(z.string(), z.unknown()),
      lucs.requests().find(({ method }) => method === 'POST')?.body,
    );
    expect(body).toMatchObject({
      Service: LUCS_SERVICE,
      Caller: '+15555550123',
      ExternalTaskId: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
    });
    await eventually(
      () => (test.lines.some((line) => line.includes('callback-request-to-lucs')) ? true : undefined),
      'the log tells of the delivery',
    );
    expect(test.lines.join('\n')).not.toContain('+15555550123');
    expect(lucs.state().tasks).toHaveLength(1);
  });

  it('and what it could not tell reaches the CRM', async () => {
    const { enreach, crm } = test.simulators;
    const { subscriptions } = enreach.state().connections[0] ?? { subscriptions: 0 };
    crm.clear();

    enreach.dropAll('reset');

    const task = await eventually(() => crm.state().tasks?.[0], 'a task in the CRM');
    expect(task?.subject).toBe(`Missed ${subscriptions} subscriptions`);
  });
});
