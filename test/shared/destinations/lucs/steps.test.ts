import { describe, expect, it } from 'vitest';
import { createLucsClient, type LucsOptions } from '../../../../shared/destinations/lucs/client.ts';
import { lucsSteps } from '../../../../shared/destinations/lucs/steps.ts';
import { PermanentError, TransientError } from '../../../../shared/errors.ts';
import { fakeFetch, type PlannedAnswer } from '../../../helpers/fake-fetch.ts';
import { DELIVERY_ID, failureOf, findExisting, prepared, problemsOf, run } from '../bound-step.ts';

const createTask = lucsSteps['lucs.createTask'];
const service = '3d0b8b57-6a55-4c5e-9f0e-1a2b3c4d5e6f';
const taskId = 'b1f6f0a4-7f0e-4a0c-8a4b-0c6f5a0e9d21';

function lucs(...answers: PlannedAnswer[]) {
  return lucsWith({}, ...answers);
}

function lucsWith(options: Partial<LucsOptions>, ...answers: PlannedAnswer[]) {
  const net = fakeFetch(...answers);
  const client = createLucsClient({
    baseUrl: 'https://lucs.example:8443/control',
    apiKey: 'key-1',
    authHeader: 'Authorization',
    authPrefix: 'Bearer ',
    fetch: net.fetch,
    clock: () => 0,
    timeoutMs: 1_000,
    ...options,
  });
  return { net, client };
}

const refusal = (Code: string) => ({ status: 500, json: { Error: { Code, Message: 'SECRET-4711' } } });

describe('lucs.createTask', () => {
  it('sends the smallest task with its defaults', async () => {
    const { net, client } = lucs({ json: taskId });
    expect(await run(createTask, client, { service })).toEqual({ taskId, externalTaskId: DELIVERY_ID });
    const sent = net.only();
    expect(sent.method).toBe('POST');
    expect(sent.url.href).toBe('https://lucs.example:8443/control/v1.0/tasks');
    expect(sent.headers).toEqual({
      accept: 'application/json',
      'content-type': 'application/json',
      authorization: 'Bearer key-1',
    });
    expect(sent.body).toEqual({
      Service: service,
      Required: { Im: false, Audio: true, Video: false, DesktopSharing: false, ConversationContext: false },
      DistributeToAgent: true,
      ExternalTaskId: DELIVERY_ID,
    });
  });

  it('sends every argument under its name on the wire', async () => {
    const { net, client } = lucs({ json: taskId });
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
    expect(result).toEqual({ taskId, externalTaskId: 'crm-10021' });
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

  it.each<[string, PlannedAnswer]>([
    ['quoted', { text: `"${taskId}"` }],
    ['naked', { text: taskId }],
    ['naked with a line end', { text: `${taskId}\r\n` }],
    ['quoted with blanks', { text: `" ${taskId} "` }],
    ['all of digits', { text: '12345678-1234-1234-1234-123456789012' }],
  ])('takes an id that is %s', async (_what, answer) => {
    const { client } = lucs(answer);
    expect(await run(createTask, client, { service })).toMatchObject({
      taskId: expect.stringMatching(/^[\da-f-]{36}$/),
    });
  });

  it.each<[string, PlannedAnswer]>([
    ['nothing', {}],
    ['an object', { json: { Id: taskId } }],
    ['a page', { text: '<html>SECRET</html>' }],
  ])('fails for good when LUCS took the task and answers %s', async (_what, answer) => {
    const { client } = lucs(answer);
    const failure = await failureOf(run(createTask, client, { service }));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toBe('LUCS took "create task", but its answer is not a task id');
  });

  it.each<[Record<string, unknown>, string]>([
    [{}, 'service: Invalid input'],
    [{ service: 'support' }, 'service: Invalid GUID'],
    [{ service, caller: 'x'.repeat(257) }, 'caller: Too big'],
    [{ service, ronaTimeoutSeconds: 0 }, 'ronaTimeoutSeconds: Too small'],
    [
      { service, preferredAgents: ['a.berg@corp.example'] },
      'preferredAgents.0: Invalid address: expected sip:user@domain',
    ],
    [{ service, required: { audio: 'yes' } }, 'required.audio: Invalid input'],
    [{ service, externalTaskId: '' }, 'externalTaskId: Too small'],
    [{ service, externalTaskId: 'x'.repeat(129) }, 'externalTaskId: Too big'],
  ])('refuses %j', (args, problem) => {
    const problems = problemsOf(createTask, lucs().client, args);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it('is not to be repeated blindly', () => {
    expect(prepared(createTask, lucs().client, { service }).repeatable).toBe(false);
  });
});

describe('asking LUCS for an earlier attempt', () => {
  const task = {
    Id: taskId,
    ExternalTaskId: DELIVERY_ID,
    Type: 'ExternalNonBlocking',
    State: 'SomethingNew',
    Connected: null,
  };

  it.each<[string, unknown]>([
    ['an object', task],
    ['a list of one', [task]],
    ['an object without the rest', { Id: taskId }],
    ['an object with nothing in it', { Id: taskId, ExternalTaskId: null }],
  ])('finds the task in %s', async (_what, json) => {
    const { net, client } = lucs({ json });
    expect(await findExisting(createTask, client, { service })).toEqual({ taskId, externalTaskId: DELIVERY_ID });
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual([
      'GET',
      `https://lucs.example:8443/control/v1.0/tasks/${DELIVERY_ID}`,
    ]);
    expect(sent.headers).toEqual({ accept: 'application/json', authorization: 'Bearer key-1' });
  });

  it('takes the first of several tasks: any of them shows that there was an effect', async () => {
    const { client } = lucs({ json: [task, { ...task, Id: 'another' }] });
    expect(await findExisting(createTask, client, { service })).toEqual({ taskId, externalTaskId: DELIVERY_ID });
  });

  it('asks by the id that the route chose, encoded', async () => {
    const { net, client } = lucs({ json: { ...task, ExternalTaskId: 'a/b ü?#%' } });
    const found = await findExisting(createTask, client, { service, externalTaskId: 'a/b ü?#%' });
    expect(found).toEqual({ taskId, externalTaskId: 'a/b ü?#%' });
    expect(net.only().url.pathname).toBe('/control/v1.0/tasks/a%2Fb%20%C3%BC%3F%23%25');
    expect(net.only().url.search).toBe('');
  });

  it.each<[string, PlannedAnswer]>([
    ['404', { status: 404 }],
    ['500 with an error code', refusal('TaskNotFound')],
    ['an empty list', { json: [] }],
  ])('finds nothing at %s', async (_what, answer) => {
    const { client } = lucs(answer);
    expect(await findExisting(createTask, client, { service })).toBeUndefined();
  });

  it.each<[string, PlannedAnswer]>([
    ['500 without an envelope', { status: 500, text: '<html>Server Error</html>' }],
    ['LUCS while it starts', refusal('NotInitialized')],
    ['503', { status: 503 }],
    ['a broken connection', new TypeError('fetch failed')],
    ['401', { status: 401 }],
  ])('learns nothing from %s, and asks again later', async (_what, answer) => {
    const { client } = lucs(answer);
    expect(await failureOf(findExisting(createTask, client, { service }))).toBeInstanceOf(TransientError);
  });

  it.each<[string, unknown]>([
    ['something else', { hello: 1 }],
    ['text', 'SECRET'],
  ])('does not take %s for a task', async (_what, json) => {
    const { client } = lucs({ json });
    const failure = await failureOf(findExisting(createTask, client, { service }));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toBe('LUCS answered "get task" with something that is not a task');
  });
});

describe('answers of LUCS', () => {
  it.each<[string, PlannedAnswer, string, string]>([
    [
      'a refusal by 500',
      refusal('InvalidState'),
      'PermanentError',
      'LUCS answered 500 (InvalidState) to "create task"',
    ],
    [
      'a refusal with a text for a code',
      refusal('SECRET is not allowed!'),
      'PermanentError',
      'LUCS answered 500 (unnamed) to "create task"',
    ],
    [
      'a start that is not over',
      refusal('NotInitialized'),
      'TransientError',
      'LUCS answered 500 (NotInitialized) to "create task"',
    ],
    ['a bare 500', { status: 500 }, 'TransientError', 'LUCS answered 500 to "create task"'],
    [
      'a 500 with another body',
      { status: 500, json: { error: 'SECRET' } },
      'TransientError',
      'LUCS answered 500 to "create task"',
    ],
    ['an outage', { status: 503 }, 'TransientError', 'LUCS answered 503 to "create task"'],
    ['a refusal by 400', { status: 400 }, 'PermanentError', 'LUCS answered 400 to "create task"'],
    ['a wrong key', { status: 401 }, 'TransientError', 'LUCS answered 401 to "create task": check its credentials'],
  ])('%s', async (_what, answer, name, message) => {
    const { net, client } = lucs(answer);
    expect(await failureOf(run(createTask, client, { service }))).toMatchObject({ name, message });
    expect(net.requests).toHaveLength(1);
  });
});

describe('the key of LUCS', () => {
  it.each<[Partial<LucsOptions>, Record<string, string>]>([
    [{ authHeader: 'X-Api-Key', authPrefix: '' }, { 'x-api-key': 'key-1' }],
    [{ authPrefix: 'ApiKey ' }, { authorization: 'ApiKey key-1' }],
    [{ apiKey: undefined }, {}],
  ])('with %j goes as %j', async (options, expected) => {
    const { net, client } = lucsWith(options, { json: { Id: taskId } });
    await findExisting(createTask, client, { service });
    expect(net.only().headers).toEqual({ accept: 'application/json', ...expected });
  });
});
