import { describe, expect, it } from 'vitest';
import { defaultLucsPaths } from '../../../../../shared/destinations/lucs/paths.ts';
import type { CreateTaskBody } from '../../../../../shared/destinations/lucs/tasks/schemas.ts';
import type { PlannedAnswer } from '../../../../helpers/fake-fetch.ts';
import { failureOf } from '../../bound-step.ts';
import {
  agent,
  BASE_URL,
  headers,
  lucs,
  lucsWith,
  refusal,
  SERVICE,
  TASK_ID,
  waitingTask,
} from '../lucs-under-test.ts';

/** An external id that would be more than a part of a path if it were not encoded. */
const NASTY = 'a/b ü?x=#%2e';
const NASTY_PART = 'a%2Fb%20%C3%BC%3Fx%3D%23%252e';

const task: CreateTaskBody = {
  Service: SERVICE,
  Required: { Im: false, Audio: true, Video: false, DesktopSharing: false, ConversationContext: false },
  DistributeToAgent: true,
  ExternalTaskId: 'crm-10021',
};

describe('T1 POST /v1.0/tasks', () => {
  it('sends the task as it is given', async () => {
    const { net, client } = lucs({ json: TASK_ID });
    const full: CreateTaskBody = {
      ...task,
      DistributeToAgentRONATimeoutInSeconds: 45,
      Caller: 'Erika Muster',
      PreferredAgents: ['sip:a.berg@corp.example'],
      ConsiderPreferredAgentsOnly: false,
    };
    expect(await client.createTask(full)).toBe(TASK_ID);
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual(['POST', `${BASE_URL}/v1.0/tasks`]);
    expect(sent.headers).toEqual(headers.withBody);
    expect(sent.body).toEqual(full);
  });

  it.each<[string, PlannedAnswer]>([
    ['quoted', { text: `"${TASK_ID}"` }],
    ['naked', { text: TASK_ID }],
    ['naked with a line end', { text: `${TASK_ID}\r\n` }],
    ['quoted with blanks', { text: `" ${TASK_ID} "` }],
    ['all of digits', { text: '12345678-1234-1234-1234-123456789012' }],
  ])('takes an id that is %s', async (_what, answer) => {
    expect(await lucs(answer).client.createTask(task)).toMatch(/^[\da-f-]{36}$/);
  });

  it.each<[string, PlannedAnswer]>([
    ['nothing', {}],
    ['an object', { json: { Id: TASK_ID } }],
    ['a page', { text: '<html>SECRET</html>' }],
  ])('fails for good when LUCS took the task and answers %s', async (_what, answer) => {
    expect(await failureOf(lucs(answer).client.createTask(task))).toMatchObject({
      name: 'PermanentError',
      message: 'LUCS took "create task", but its answer is not a task id',
    });
  });

  it.each<[Record<string, unknown>, string]>([
    [{ Service: 'support' }, 'Service: Invalid GUID'],
    [{ DistributeToAgentRONATimeoutInSeconds: 0 }, 'DistributeToAgentRONATimeoutInSeconds: Too small'],
    [{ ExternalTaskId: '' }, 'ExternalTaskId: Too small'],
    [{ ExternalTaskId: '..' }, 'ExternalTaskId: Invalid identifier'],
    [{ Caller: 'a\u0000b' }, 'Caller: Invalid text: control characters are not allowed'],
    [{ PreferredAgents: ['a.berg'] }, 'PreferredAgents.0: Invalid address'],
    [{ Servce: SERVICE }, 'Unrecognized key'],
  ])('sends nothing that does not fit: %j', async (wrong, problem) => {
    const { net, client } = lucs();
    // Past the types, as a fault in a step would get there.
    const failure = await failureOf(client.createTask(Object.assign({ ...task }, wrong)));
    expect(failure.name).toBe('PermanentError');
    expect(failure.message).toContain('"create task" does not fit the LUCS API: ');
    expect(failure.message).toContain(problem);
    expect(net.requests).toEqual([]);
  });
});

describe('T2 GET /v1.0/tasks/{taskIdentifier}', () => {
  it.each<[string, unknown]>([
    ['alone', waitingTask],
    ['in a list of one', [waitingTask]],
    ['with no more than its id', { Id: TASK_ID }],
    ['in a state that nobody knows', { ...waitingTask, State: 'Parked', New: 1 }],
    ['reserved for an agent', { ...waitingTask, ReservedUserObject: agent }],
  ])('reads a task %s', async (_what, json) => {
    const { net, client } = lucs({ json });
    expect(await client.getTask(TASK_ID)).toMatchObject(Array.isArray(json) ? json[0] : json);
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual(['GET', `${BASE_URL}/v1.0/tasks/${TASK_ID}`]);
    expect(sent.headers).toEqual(headers.withoutBody);
    expect(sent.body).toBeUndefined();
  });

  it('asks by an external id, encoded', async () => {
    const { net, client } = lucs({ json: waitingTask });
    await client.getTask(NASTY);
    expect(net.only().url.href).toBe(`${BASE_URL}/v1.0/tasks/${NASTY_PART}`);
  });

  it('knows of none at 500 with an error code that says so', async () => {
    expect(await lucs(refusal('TaskNotFound')).client.getTask(TASK_ID)).toBeUndefined();
  });

  it('does not know at 500 with another error code, its only documented refusal', async () => {
    expect(await failureOf(lucs(refusal('Whatever')).client.getTask(TASK_ID))).toMatchObject({
      name: 'TransientError',
      httpStatus: 500,
      message: 'LUCS answered 500 (Whatever) to "get task"',
    });
  });
});

describe('T3 GET /v1.0/services/{serviceId}/tasks', () => {
  it('lists the tasks of a service', async () => {
    const { net, client } = lucs({ json: [waitingTask, { Id: 'another' }] });
    expect(await client.getServiceTasks(SERVICE)).toMatchObject([waitingTask, { Id: 'another' }]);
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual(['GET', `${BASE_URL}/v1.0/services/${SERVICE}/tasks`]);
    expect(sent.headers).toEqual(headers.withoutBody);
  });

  it('may find none', async () => {
    expect(await lucs({ json: [] }).client.getServiceTasks(SERVICE)).toEqual([]);
  });
});

describe('T4 POST /v1.0/tasks/{taskIdentifier}/refresh', () => {
  it.each([true, false])('says in the query whether the agent goes on RONA: %s', async (setAgentOnRona) => {
    const { net, client } = lucs({});
    await client.refreshTask(NASTY, { setAgentOnRona });
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual([
      'POST',
      `${BASE_URL}/v1.0/tasks/${NASTY_PART}/refresh?SetAgentOnRona=${setAgentOnRona}`,
    ]);
    expect(sent.headers).toEqual(headers.withoutBody);
    expect(sent.body).toBeUndefined();
  });

  it('says it in the body where the settings want that', async () => {
    const { net, client } = lucsWith({ ronaParameter: 'body' }, {});
    await client.refreshTask(TASK_ID, { setAgentOnRona: true });
    expect(net.only().url.href).toBe(`${BASE_URL}/v1.0/tasks/${TASK_ID}/refresh`);
    expect(net.only().body).toEqual({ SetAgentOnRona: true });
    expect(net.only().headers).toEqual(headers.withBody);
  });

  it('is refused by 500', async () => {
    expect(
      await failureOf(lucs(refusal('InvalidState')).client.refreshTask(TASK_ID, { setAgentOnRona: true })),
    ).toMatchObject({
      name: 'PermanentError',
      httpStatus: 500,
      message: 'LUCS answered 500 (InvalidState) to "refresh task"',
    });
  });
});

describe('T5 POST /v1.0/tasks/{taskIdentifier}/setestablished', () => {
  it('sends no body', async () => {
    const { net, client } = lucs({ text: 'anything' });
    await client.setTaskEstablished(NASTY);
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual(['POST', `${BASE_URL}/v1.0/tasks/${NASTY_PART}/setestablished`]);
    expect(sent.headers).toEqual(headers.withoutBody);
    expect(sent.body).toBeUndefined();
  });

  it('is refused by 500', async () => {
    expect(await failureOf(lucs(refusal('InvalidState')).client.setTaskEstablished(TASK_ID))).toMatchObject({
      name: 'PermanentError',
      httpStatus: 500,
    });
  });
});

describe('T6 POST /v1.0/tasks/{taskIdentifier}/terminate', () => {
  const ended = { ...waitingTask, State: 'Terminated', ReservedUserObject: agent };

  it.each<[string, PlannedAnswer, object | undefined]>([
    ['the task', { json: ended }, ended],
    ['the task in a list', { json: [ended] }, ended],
    ['nothing', {}, undefined],
    ['something else', { json: { ok: true } }, undefined],
    ['a word', { text: 'ok' }, undefined],
  ])('takes %s for an answer', async (_what, answer, expected) => {
    const { net, client } = lucs(answer);
    const task = await client.terminateTask(NASTY);
    if (expected === undefined) expect(task).toBeUndefined();
    else expect(task).toMatchObject(expected);
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual(['POST', `${BASE_URL}/v1.0/tasks/${NASTY_PART}/terminate`]);
    expect(sent.headers).toEqual(headers.withoutBody);
    expect(sent.body).toBeUndefined();
  });

  it('is refused by 404 when the task is gone', async () => {
    expect(await failureOf(lucs({ status: 404 }).client.terminateTask(TASK_ID))).toMatchObject({
      name: 'PermanentError',
      httpStatus: 404,
    });
  });
});

describe('paths that the settings give', () => {
  it('are used in place of the assumed ones', async () => {
    const paths = {
      ...defaultLucsPaths,
      createTask: '/v1.0/externaltasks',
      getServiceTasks: '/v1.0/tasks/of/{serviceId}',
      refreshTask: '/v1.0/refresh/{taskIdentifier}',
      setTaskEstablished: '/v1.0/establish/{taskIdentifier}',
      terminateTask: '/v1.0/end/{taskIdentifier}',
    };
    const { net, client } = lucsWith({ paths }, { json: TASK_ID }, { json: [] }, {}, {}, {});
    await client.createTask(task);
    await client.getServiceTasks(SERVICE);
    await client.refreshTask('$&', { setAgentOnRona: false });
    await client.setTaskEstablished('{serviceId}');
    await client.terminateTask(NASTY);
    expect(net.requests.map(({ url }) => url.pathname)).toEqual([
      '/control/v1.0/externaltasks',
      `/control/v1.0/tasks/of/${SERVICE}`,
      '/control/v1.0/refresh/%24%26',
      '/control/v1.0/establish/%7BserviceId%7D',
      `/control/v1.0/end/${NASTY_PART}`,
    ]);
  });
});

describe('an identifier that would lead to another path', () => {
  it.each(['.', '..', '', '\uDC00'])('is refused before anything is sent: %j', async (identifier) => {
    const { net, client } = lucs();
    for (const call of [
      client.getTask(identifier),
      client.getServiceTasks(identifier),
      client.refreshTask(identifier, { setAgentOnRona: false }),
      client.setTaskEstablished(identifier),
      client.terminateTask(identifier),
      client.getServiceUsers(identifier),
      client.getCallback(identifier),
      client.cancelCallback(identifier),
    ]) {
      expect(await failureOf(call)).toMatchObject({
        name: 'PermanentError',
        message: expect.stringContaining("can't be part of a path"),
      });
    }
    expect(net.requests).toEqual([]);
  });
});
