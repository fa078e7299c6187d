import { describe, expect, it } from 'vitest';
import { createTask } from '../../../../../shared/destinations/lucs/tasks/create-task.ts';
import type { PlannedAnswer } from '../../../../helpers/fake-fetch.ts';
import { DELIVERY_ID, failureOf, findExisting, prepared, problemsOf, run } from '../../bound-step.ts';
import { BASE_URL, lucs, refusal, SERVICE, TASK_ID, waitingTask } from '../lucs-under-test.ts';

const service = SERVICE;

describe('lucs.createTask', () => {
  it('sends the smallest task with its defaults', async () => {
    const { net, client } = lucs({ json: TASK_ID });
    expect(await run(createTask, client, { service })).toEqual({ taskId: TASK_ID, externalTaskId: DELIVERY_ID });
    expect(net.only().body).toEqual({
      Service: service,
      Required: { Im: false, Audio: true, Video: false, DesktopSharing: false, ConversationContext: false },
      DistributeToAgent: true,
      ExternalTaskId: DELIVERY_ID,
    });
  });

  it('sends every argument under its name on the wire', async () => {
    const { net, client } = lucs({ json: TASK_ID });
    const result = await run(createTask, client, {
      service,
      required: { im: true, video: true, desktopSharing: true, conversationContext: true },
      distributeToAgent: false,
      ronaTimeoutSeconds: 45,
      caller: 'Erika Muster',
      preferredAgents: ['sip:a.berg@corp.example', 'SIP:b@corp.example'],
      considerPreferredAgentsOnly: false,
      externalTaskId: 'crm-10021',
    });
    expect(result).toEqual({ taskId: TASK_ID, externalTaskId: 'crm-10021' });
    expect(net.only().body).toEqual({
      Service: service,
      Required: { Im: true, Audio: false, Video: true, DesktopSharing: true, ConversationContext: true },
      DistributeToAgent: false,
      DistributeToAgentRONATimeoutInSeconds: 45,
      ExternalTaskId: 'crm-10021',
      Caller: 'Erika Muster',
      PreferredAgents: ['sip:a.berg@corp.example', 'SIP:b@corp.example'],
      ConsiderPreferredAgentsOnly: false,
    });
  });

  it.each<[Record<string, unknown>, string]>([
    [{}, 'service: Invalid input'],
    [{ service: 'support' }, 'service: Invalid GUID'],
    [{ service, caller: 'x'.repeat(257) }, 'caller: Too big'],
    [{ service, ronaTimeoutSeconds: 0 }, 'ronaTimeoutSeconds: Too small'],
    [{ service, ronaTimeoutSeconds: 2 ** 31 }, 'ronaTimeoutSeconds: Too big'],
    [
      { service, preferredAgents: ['a.berg@corp.example'] },
      'preferredAgents.0: Invalid address: expected sip:user@domain',
    ],
    [{ service, preferredAgents: Array(51).fill('sip:a@b') }, 'preferredAgents: Too big: expected at most 50 agents'],
    [{ service, required: { audio: 'yes' } }, 'required.audio: Invalid input'],
    [{ service, externalTaskId: '' }, 'externalTaskId: Too small'],
    [{ service, externalTaskId: 'x'.repeat(129) }, 'externalTaskId: Too big'],
    [{ service, externalTaskId: '..' }, 'externalTaskId: Invalid identifier: "." and ".." are not allowed'],
  ])('refuses %j', (args, problem) => {
    const problems = problemsOf(createTask, lucs().client, args);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it('is not to be repeated blindly, and is remembered for later steps about the same subject', () => {
    const { client } = lucs();
    expect(prepared(createTask, client, { service }).repeatable).toBe(false);
    expect(createTask.bind(client).isRemembered).toBe(true);
  });
});

describe('asking LUCS for an earlier lucs.createTask', () => {
  it.each<[string, unknown]>([
    ['an object', waitingTask],
    ['a list of one', [waitingTask]],
    ['a list of several: any of them shows that there was an effect', [waitingTask, { Id: 'another' }]],
    ['an object with nothing in it', { Id: TASK_ID, ExternalTaskId: null }],
  ])('finds the task in %s', async (_what, json) => {
    const { net, client } = lucs({ json });
    expect(await findExisting(createTask, client, { service })).toEqual({
      taskId: TASK_ID,
      externalTaskId: DELIVERY_ID,
    });
    expect([net.only().method, net.only().url.href]).toEqual(['GET', `${BASE_URL}/v1.0/tasks/${DELIVERY_ID}`]);
  });

  it('asks by the id that the route chose, encoded', async () => {
    const { net, client } = lucs({ json: waitingTask });
    const found = await findExisting(createTask, client, { service, externalTaskId: 'a/b ü?#%' });
    expect(found).toEqual({ taskId: TASK_ID, externalTaskId: 'a/b ü?#%' });
    expect(net.only().url.pathname).toBe('/control/v1.0/tasks/a%2Fb%20%C3%BC%3F%23%25');
  });

  const others = [{ Id: 'x', ExternalTaskId: 'crm-1' }, { Id: 'y' }];

  it.each<[string, PlannedAnswer]>([
    ['500 with an error code that says that there is none', refusal('TaskNotFound')],
    ['500 with another error code', refusal('Whatever')],
    ['404', { status: 404 }],
    ['an empty list', { json: [] }],
  ])('looks through the tasks of the service at %s', async (_what, answer) => {
    const none = lucs(answer, { json: others });
    expect(await findExisting(createTask, none.client, { service })).toBeUndefined();
    expect(none.net.requests.map(({ url }) => url.href)).toEqual([
      `${BASE_URL}/v1.0/tasks/${DELIVERY_ID}`,
      `${BASE_URL}/v1.0/services/${SERVICE}/tasks`,
    ]);
    const one = lucs(answer, { json: [...others, { Id: TASK_ID, ExternalTaskId: DELIVERY_ID }] });
    expect(await findExisting(createTask, one.client, { service })).toMatchObject({ taskId: TASK_ID });
  });

  it('takes one word for it where the list has another path', async () => {
    const { client } = lucs(refusal('TaskNotFound'), { status: 404 });
    expect(await findExisting(createTask, client, { service })).toBeUndefined();
  });

  it.each<[string, PlannedAnswer[]]>([
    ['a bare 500', [{ status: 500 }]],
    ['LUCS while it starts', [refusal('NotInitialized')]],
    ['a broken connection', [new TypeError('fetch failed')]],
    ['a fault that only looks like an unknown task', [refusal('InternalError'), refusal('InternalError')]],
    ['a fault, where the list has another path', [refusal('InternalError'), { status: 404 }]],
    ['a list that can not be had', [refusal('TaskNotFound'), { status: 503 }]],
  ])('learns nothing from %s, and asks again later', async (_what, answers) => {
    const failure = await failureOf(findExisting(createTask, lucs(...answers).client, { service }));
    expect(failure.name).toBe('TransientError');
  });

  it.each<[string, PlannedAnswer]>([
    ['after a bare 500', { status: 500 }],
    ['while LUCS starts', refusal('NotInitialized')],
    ['after an outage', { status: 503 }],
  ])('does not take the word of the list %s', async (_what, answer) => {
    const { net, client } = lucs(answer, { json: [] });
    expect((await failureOf(findExisting(createTask, client, { service }))).name).toBe('TransientError');
    expect(net.requests).toHaveLength(1);
  });
});
