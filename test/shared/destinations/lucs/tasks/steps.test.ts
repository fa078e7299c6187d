import { describe, expect, it } from 'vitest';
import { taskSteps } from '../../../../../shared/destinations/lucs/tasks/steps.ts';
import type { Created } from '../../../../../shared/destinations/step.ts';
import type { PlannedAnswer } from '../../../../helpers/fake-fetch.ts';
import { failureOf, findExisting, prepared, run } from '../../bound-step.ts';
import { agent, lucs, lucsWith, refusal, TASK_ID, waitingTask } from '../lucs-under-test.ts';

const getTask = taskSteps['lucs.getTask'];
const refreshTask = taskSteps['lucs.refreshTask'];
const setTaskEstablished = taskSteps['lucs.setTaskEstablished'];
const terminateTask = taskSteps['lucs.terminateTask'];

const task = 'crm-10021';
const inState = (State: string) => ({ json: { ...waitingTask, State } });
const pathsOf = (net: ReturnType<typeof lucs>['net']) =>
  net.requests.map(({ method, url }) => `${method} ${url.pathname.replace('/control/v1.0', '')}${url.search}`);

const seen = {
  taskId: TASK_ID,
  externalTaskId: 'crm-10021',
  type: 'ExternalNonBlocking',
  state: 'InQueue',
  customerIdentifier: 'Erika Muster',
  created: '2025-03-05T14:07:00.123Z',
  queueStarted: '2025-03-05T14:07:00.123Z',
};

describe('lucs.getTask', () => {
  it('gives the task under names of its own', async () => {
    const { net, client } = lucs({ json: waitingTask });
    expect(await run(getTask, client, { task })).toEqual({
      ...seen,
      contextParameters: { ServiceCulture: 'en-GB', AgentSipUri: 'sip:unknown@unknown' },
    });
    expect(pathsOf(net)).toEqual(['GET /tasks/crm-10021']);
  });

  it('gives the agent once one is reserved', async () => {
    const json = [{ ...waitingTask, ReservedUserObject: { ...agent, SamAccountName: null } }];
    expect(await run(getTask, lucs({ json }).client, { task })).toMatchObject({
      agent: {
        agentId: agent.Id,
        displayName: 'Anna Berg',
        sipUri: 'sip:a.berg@corp.example',
        userPrincipalName: 'a.berg@corp.example',
        organizationUnit: 'Customer Service',
        profile: 'Standard',
      },
    });
  });

  it('gives a time as it came when it can not be read', async () => {
    const json = { Id: TASK_ID, Created: 'yesterday', QueueStarted: '2019-06-14T08:12:51.366Z' };
    expect(await run(getTask, lucs({ json }).client, { task })).toEqual({
      taskId: TASK_ID,
      created: 'yesterday',
      queueStarted: '2019-06-14T08:12:51.366Z',
    });
  });

  it('gives null when there is none', async () => {
    expect(await run(getTask, lucs(refusal('TaskNotFound')).client, { task })).toBeNull();
  });

  it('is tried again at an error code that says something else', async () => {
    expect((await failureOf(run(getTask, lucs(refusal('InternalError')).client, { task }))).name).toBe(
      'TransientError',
    );
  });

  it('fails when there is too much to be handed on', async () => {
    const json = { ...waitingTask, ContextParameters: [{ Name: 'x', Value: 'SECRET'.repeat(5_000) }] };
    expect(await failureOf(run(getTask, lucs({ json }).client, { task }))).toMatchObject({
      name: 'PermanentError',
      message: 'what LUCS says of this task is too long to be handed on',
    });
  });
});

describe('lucs.refreshTask', () => {
  it('puts the task back', async () => {
    const { net, client } = lucs({});
    expect(await run(refreshTask, client, { task })).toEqual({ task, alreadyWaiting: false });
    expect(pathsOf(net)).toEqual(['POST /tasks/crm-10021/refresh?SetAgentOnRona=false']);
  });

  it('sets the agent on RONA where the route asks for it', async () => {
    const { net, client } = lucs({});
    await run(refreshTask, client, { task, setAgentOnRona: true });
    expect(net.only().url.search).toBe('?SetAgentOnRona=true');
  });

  it.each(['InQueue', 'Pending', 'In Queue', 'pending'])('has nothing to do when the task is %s', async (state) => {
    const { net, client } = lucs(refusal('InvalidState'), inState(state));
    expect(await run(refreshTask, client, { task })).toEqual({ task, alreadyWaiting: true });
    expect(pathsOf(net)).toEqual(['POST /tasks/crm-10021/refresh?SetAgentOnRona=false', 'GET /tasks/crm-10021']);
  });

  it.each<[string, PlannedAnswer]>([
    ['established', inState('Established')],
    ['terminated', inState('Terminated')],
    ['in a state that nobody knows', inState('Parked')],
    ['nowhere', refusal('TaskNotFound')],
  ])('is refused for good when the task is %s', async (_what, answer) => {
    expect(await failureOf(run(refreshTask, lucs(refusal('InvalidState'), answer).client, { task }))).toMatchObject({
      name: 'PermanentError',
      message: 'LUCS answered 500 (InvalidState) to "refresh task"',
    });
  });

  it('fails for good at 404, and does not look any further', async () => {
    const { net, client } = lucs({ status: 404 });
    expect((await failureOf(run(refreshTask, client, { task }))).name).toBe('PermanentError');
    expect(net.requests).toHaveLength(1);
  });

  it('is not repeated when the task is back in the queue', async () => {
    const { net, client } = lucs(inState('Pending'));
    expect(prepared(refreshTask, client, { task }).repeatable).toBe(false);
    expect(await findExisting(refreshTask, client, { task })).toEqual({ task, alreadyWaiting: true });
    expect(pathsOf(net)).toEqual(['GET /tasks/crm-10021']);
  });

  it.each<[string, PlannedAnswer]>([
    ['has an agent', inState('Distributed')],
    ['is not known', refusal('TaskNotFound')],
  ])('is tried again when the task %s', async (_what, answer) => {
    expect(await findExisting(refreshTask, lucs(answer).client, { task })).toBeUndefined();
  });

  it('waits with that when a look at the task fails by an error code', async () => {
    const asked = findExisting(refreshTask, lucs(refusal('DatabaseTimeout')).client, { task });
    expect((await failureOf(asked)).name).toBe('TransientError');
  });
});

describe('lucs.setTaskEstablished', () => {
  it('says so to LUCS', async () => {
    const { net, client } = lucs({});
    expect(await run(setTaskEstablished, client, { task })).toEqual({ task, alreadyEstablished: false });
    expect(pathsOf(net)).toEqual(['POST /tasks/crm-10021/setestablished']);
    expect(prepared(setTaskEstablished, client, { task }).repeatable).toBe(true);
  });

  it('has nothing to do when the task is established', async () => {
    const { client } = lucs(refusal('InvalidState'), inState('Established'));
    expect(await run(setTaskEstablished, client, { task })).toEqual({ task, alreadyEstablished: true });
  });

  it.each<[string, PlannedAnswer]>([
    ['waits', inState('InQueue')],
    ['is with an agent', inState('Distributed')],
    ['is terminated', inState('Terminated')],
    ['is nowhere', { status: 404 }],
  ])('is refused for good when the task %s', async (_what, answer) => {
    const { client } = lucs(refusal('InvalidState'), answer);
    expect(await failureOf(run(setTaskEstablished, client, { task }))).toMatchObject({
      name: 'PermanentError',
      message: 'LUCS answered 500 (InvalidState) to "set task established"',
    });
  });

  it('has nothing to do when the task is in a state that the settings call so', async () => {
    const options = { establishedStates: ['Connected', 'In Conversation'] };
    for (const state of ['connected', 'InConversation']) {
      const { client } = lucsWith(options, refusal('InvalidState'), inState(state));
      expect(await run(setTaskEstablished, client, { task })).toEqual({ task, alreadyEstablished: true });
    }
    const { client } = lucsWith(options, refusal('InvalidState'), inState('Established'));
    expect((await failureOf(run(setTaskEstablished, client, { task }))).name).toBe('PermanentError');
  });

  it.each<[string, PlannedAnswer]>([
    ['LUCS is away', { status: 503 }],
    ['a look at the task fails by an error code', refusal('DatabaseTimeout')],
  ])('is tried again when nobody can say: %s', async (_what, answer) => {
    const { client } = lucs(refusal('InvalidState'), answer);
    expect((await failureOf(run(setTaskEstablished, client, { task }))).name).toBe('TransientError');
  });
});

describe('lucs.terminateTask', () => {
  it('ends the task, and gives what LUCS says of it', async () => {
    const json = { ...waitingTask, State: 'Terminated', ReservedUserObject: agent };
    const { net, client } = lucs({ json });
    expect(await run(terminateTask, client, { task })).toEqual({
      task,
      alreadyGone: false,
      ...seen,
      state: 'Terminated',
      agent: expect.objectContaining({ displayName: 'Anna Berg' }),
    });
    expect(pathsOf(net)).toEqual(['POST /tasks/crm-10021/terminate']);
    expect(prepared(terminateTask, client, { task }).repeatable).toBe(true);
  });

  it('ends the task where LUCS says nothing of it', async () => {
    expect(await run(terminateTask, lucs({}).client, { task })).toEqual({ task, alreadyGone: false });
  });

  it.each<[string, PlannedAnswer, PlannedAnswer]>([
    ['gone', { status: 404 }, refusal('TaskNotFound')],
    ['gone, by 404', { status: 404 }, { status: 404 }],
  ])('has nothing to do when the task is %s', async (_what, refused, answer) => {
    const { net, client } = lucs(refused, answer);
    expect(await run(terminateTask, client, { task })).toEqual({ task, alreadyGone: true });
    expect(pathsOf(net)).toEqual(['POST /tasks/crm-10021/terminate', 'GET /tasks/crm-10021']);
  });

  it.each<[string, PlannedAnswer]>([
    ['404', { status: 404 }],
    ['500', refusal('InvalidState')],
  ])('has nothing to do when the task is terminated, whether LUCS says %s', async (_what, refused) => {
    const { client } = lucs(refused, inState('Terminated'));
    expect(await run(terminateTask, client, { task })).toEqual({
      task,
      alreadyGone: true,
      ...seen,
      state: 'Terminated',
    });
  });

  it.each<[string, PlannedAnswer]>([
    ['still there', inState('InQueue')],
    ['not known', refusal('TaskNotFound')],
  ])('is refused for good by 500 when the task is %s', async (_what, answer) => {
    expect(await failureOf(run(terminateTask, lucs(refusal('InvalidState'), answer).client, { task }))).toMatchObject({
      name: 'PermanentError',
      message: 'LUCS answered 500 (InvalidState) to "terminate task"',
    });
  });

  it.each<[string, PlannedAnswer]>([
    ['404', { status: 404 }],
    ['500', refusal('InvalidState')],
  ])('is tried again after %s when a look at the task fails by an error code', async (_what, refused) => {
    const { client } = lucs(refused, refusal('DatabaseTimeout'));
    expect((await failureOf(run(terminateTask, client, { task }))).name).toBe('TransientError');
  });

  it('waits for a task that is still being made: it would come after its end', async () => {
    const findCreated = async (step: string): Promise<Created | undefined> =>
      step === 'lucs.createTask' ? { kind: 'underway' } : undefined;
    const unknown = lucs({ status: 404 }, { status: 404 });
    expect(await failureOf(run(terminateTask, unknown.client, { task }, { findCreated }))).toMatchObject({
      name: 'TransientError',
      message: 'the LUCS task is still being created',
      retryAfterMs: 2_000,
    });
    const ended = lucs({ status: 404 }, inState('Terminated'));
    expect(await run(terminateTask, ended.client, { task }, { findCreated })).toMatchObject({ alreadyGone: true });
  });

  it.each<Created>([{ kind: 'done', result: { taskId: 'x' } }, { kind: 'failed' }])(
    'does not wait for a task whose making is over: $kind',
    async (created) => {
      const { client } = lucs({ status: 404 }, { status: 404 });
      const outcome = run(terminateTask, client, { task }, { findCreated: async () => created });
      expect(await outcome).toEqual({ task, alreadyGone: true });
    },
  );

  it('does not take a wrong path for a task that is gone', async () => {
    const { client } = lucs({ status: 404 }, inState('Established'));
    expect(await failureOf(run(terminateTask, client, { task }))).toMatchObject({
      name: 'PermanentError',
      message: 'LUCS answered 404 to "terminate task", but has the task: check LUCS_PATHS',
      httpStatus: 404,
    });
  });
});

describe.each(['lucs.getTask', 'lucs.refreshTask', 'lucs.setTaskEstablished', 'lucs.terminateTask'] as const)(
  '%s without a task',
  (name) => {
    const step = taskSteps[name];
    const after = (created: Created | undefined, ageMs = 0) => {
      const { net, client } = lucs({ json: waitingTask });
      const asked: string[] = [];
      const findCreated = async (wanted: string) => {
        asked.push(wanted);
        return created;
      };
      return { net, asked, call: run(step, client, {}, { findCreated, ageMs }) };
    };

    it('takes the one that was made for the same subject', async () => {
      const { net, asked, call } = after({ kind: 'done', result: { taskId: TASK_ID, externalTaskId: 'x' } });
      await call;
      expect(asked).toEqual(['lucs.createTask']);
      expect(net.only().url.pathname).toContain(`/v1.0/tasks/${TASK_ID}`);
    });

    it.each<[string, Created | undefined, number, Record<string, unknown>]>([
      [
        'waits while it is being made',
        { kind: 'underway' },
        9_999_999,
        {
          name: 'TransientError',
          message: "the LUCS task of this event's subject is still being created",
          retryAfterMs: 2_000,
        },
      ],
      [
        'waits while its making may not have begun',
        undefined,
        59_999,
        {
          name: 'TransientError',
          message: "no LUCS task is known yet for this event's subject",
          retryAfterMs: 5_000,
        },
      ],
      [
        'gives up when nobody made one',
        undefined,
        60_000,
        { name: 'PermanentError', message: "no LUCS task is known for this event's subject" },
      ],
      [
        'gives up when it could not be made',
        { kind: 'failed' },
        0,
        { name: 'PermanentError', message: "the LUCS task of this event's subject could not be created" },
      ],
      [
        'gives up when what was made has no id',
        { kind: 'done', result: { taskId: 7 } },
        0,
        { name: 'PermanentError', message: "the result of lucs.createTask for this event's subject has no task id" },
      ],
    ])('%s', async (_what, created, ageMs, expected) => {
      const { net, call } = after(created, ageMs);
      expect(await failureOf(call)).toMatchObject(expected);
      expect(net.requests).toEqual([]);
    });
  },
);

describe.each([
  ['lucs.refreshTask', 'Pending'],
  ['lucs.setTaskEstablished', 'Established'],
  ['lucs.terminateTask', 'Terminated'],
] as const)('%s', (name, state) => {
  it.each<[string, PlannedAnswer, string]>([
    ['an outage', { status: 503 }, 'TransientError'],
    ['a start that is not over', refusal('NotInitialized'), 'TransientError'],
    ['a lost connection', new TypeError('fetch failed'), 'TransientError'],
    ['a refusal by 400', { status: 400 }, 'PermanentError'],
  ])('takes %s for what it is, without asking any further', async (_what, answer, expected) => {
    const { net, client } = lucs(answer, inState(state));
    expect((await failureOf(run(taskSteps[name], client, { task }))).name).toBe(expected);
    expect(net.requests).toHaveLength(1);
  });
});
