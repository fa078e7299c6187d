import { describe, expect, it } from 'vitest';
import type { LucsOptions } from '../../../../shared/destinations/lucs/client.ts';
import type { PlannedAnswer } from '../../../helpers/fake-fetch.ts';
import { failureOf } from '../bound-step.ts';
import { callback, lucs, lucsWith, refusal, SERVICE, TASK_ID, waitingTask } from './lucs-under-test.ts';

describe('answers to a change', () => {
  it.each<[string, PlannedAnswer, string, string]>([
    ['a refusal by 500', refusal('InvalidState'), 'PermanentError', 'LUCS answered 500 (InvalidState) to'],
    ['a refusal with a number for a code', refusal(17), 'PermanentError', 'LUCS answered 500 (17) to'],
    ['a refusal with a text for a code', refusal('SECRET is off!'), 'PermanentError', 'LUCS answered 500 (unnamed) to'],
    ['a start that is not over', refusal('NotInitialized'), 'TransientError', 'LUCS answered 500 (NotInitialized) to'],
    ['a bare 500', { status: 500 }, 'TransientError', 'LUCS answered 500 to'],
    ['a 500 with another body', { status: 500, json: { error: 'SECRET' } }, 'TransientError', 'LUCS answered 500 to'],
    ['an outage', { status: 503 }, 'TransientError', 'LUCS answered 503 to'],
    ['a refusal by 400', { status: 400 }, 'PermanentError', 'LUCS answered 400 to'],
    ['a missing path', { status: 404 }, 'PermanentError', 'LUCS answered 404 to'],
    ['a lost connection', new TypeError('fetch failed'), 'TransientError', 'LUCS could not be reached for'],
    ['a redirect', { status: 302, headers: { location: 'https://evil.example' } }, 'PermanentError', 'answered 302 to'],
  ])('%s', async (_what, answer, name, message) => {
    const { net, client } = lucs(answer);
    const failure = await failureOf(client.setTaskEstablished(TASK_ID));
    expect(failure.name).toBe(name);
    expect(failure.message).toContain(`${message} "set task established"`);
    expect(net.requests).toHaveLength(1);
  });

  it('that do not come in time are not waited for', async () => {
    const { client } = lucsWith({ timeoutMs: 5 }, 'silence');
    expect(await failureOf(client.setTaskEstablished(TASK_ID))).toMatchObject({
      name: 'TransientError',
      message: 'LUCS did not answer within 5 ms for "set task established"',
    });
  });

  it('say to check the key when LUCS does not take it', async () => {
    expect(await failureOf(lucs({ status: 401 }).client.setTaskEstablished(TASK_ID))).toMatchObject({
      name: 'TransientError',
      message: 'LUCS answered 401 to "set task established": check its credentials',
    });
  });
});

describe('answers to a question for one thing', () => {
  it.each<[string, PlannedAnswer]>([
    ['404', { status: 404 }],
    ['500 with an error code that says so', refusal('TaskNotFound')],
    ['500 with such a code in other words', refusal('DOES_NOT_EXIST')],
    ['an empty list', { json: [] }],
  ])('%s: there is none', async (_what, answer) => {
    expect(await lucs(answer).client.getTask(TASK_ID)).toBeUndefined();
  });

  it.each<[string, PlannedAnswer]>([
    ['500 with an error code of unknown meaning', refusal('InternalError')],
    ['500 with a number for a code', refusal(17)],
    ['500 without an envelope', { status: 500, text: '<html>Server Error</html>' }],
    ['LUCS while it starts', refusal('NotInitialized')],
    ['503', { status: 503 }],
    ['a broken connection', new TypeError('fetch failed')],
    ['401', { status: 401 }],
  ])('%s: nobody knows yet', async (_what, answer) => {
    expect((await failureOf(lucs(answer).client.getTask(TASK_ID))).name).toBe('TransientError');
  });

  it.each<[string, PlannedAnswer]>([
    ['something else', { json: { hello: 1 } }],
    ['a page', { text: '<html>SECRET</html>' }],
    ['nothing', {}],
    ['null', { json: null }],
    ['a list of something else', { json: ['SECRET'] }],
  ])('%s: not to be taken for it', async (_what, answer) => {
    expect(await failureOf(lucs(answer).client.getTask(TASK_ID))).toMatchObject({
      name: 'PermanentError',
      message: 'LUCS answered "get task" with something that is not a task',
    });
  });

  it('do not fail for details of another type than documented', async () => {
    const json = {
      ...waitingTask,
      ExternalTaskId: 7,
      State: null,
      Created: 20250305,
      ContextParameters: 'none',
      ReservedUserObject: 'a.berg',
    };
    const task = await lucs({ json }).client.getTask(TASK_ID);
    expect(task).toMatchObject({ Id: TASK_ID, CustomerIdentifier: 'Erika Muster' });
    expect([task?.ExternalTaskId, task?.Created, task?.ReservedUserObject]).toEqual([undefined, undefined, undefined]);
  });
});

describe('answers to a question for a list', () => {
  const byGet = [
    (answer: PlannedAnswer) => lucs(answer).client.getServices(),
    (answer: PlannedAnswer) => lucs(answer).client.getServiceTasks(SERVICE),
    (answer: PlannedAnswer) => lucs(answer).client.getServiceUsers(SERVICE),
  ];
  const search = (answer: PlannedAnswer) => lucs(answer).client.searchCallbacks({});

  it.each<[string, PlannedAnswer]>([
    ['LUCS while it starts', refusal('NotInitialized')],
    ['a bare 500', { status: 500 }],
    ['503', { status: 503 }],
  ])('%s: to be asked again', async (_what, answer) => {
    for (const ask of [...byGet, search]) expect((await failureOf(ask(answer))).name).toBe('TransientError');
  });

  it.each(['InternalError', 'ServiceNotFound'])('500 (%s): to be asked again where a GET asks', async (code) => {
    for (const ask of byGet) {
      expect(await failureOf(ask(refusal(code)))).toMatchObject({
        name: 'TransientError',
        httpStatus: 500,
        message: expect.stringContaining(`LUCS answered 500 (${code}) to "get service`),
      });
    }
  });

  it('500 with another error code: refused where a search by POST asks', async () => {
    expect(await failureOf(search(refusal('InternalError')))).toMatchObject({
      name: 'PermanentError',
      httpStatus: 500,
      message: 'LUCS answered 500 (InternalError) to "search callbacks"',
    });
  });

  it.each<[string, PlannedAnswer]>([
    ['404', { status: 404 }],
    ['something else than a list', { json: callback }],
    ['nothing', {}],
    ['a list with something else in it', { json: [callback, {}] }],
  ])('%s: fails for good', async (_what, answer) => {
    expect((await failureOf(lucs(answer).client.searchCallbacks({}))).name).toBe('PermanentError');
  });
});

describe('the key of LUCS', () => {
  it.each<[Partial<LucsOptions>, Record<string, string>]>([
    [{}, { authorization: 'Bearer key-1' }],
    [{ authHeader: 'X-Api-Key', authPrefix: '' }, { 'x-api-key': 'key-1' }],
    [{ authPrefix: 'ApiKey ' }, { authorization: 'ApiKey key-1' }],
    [{ apiKey: undefined }, {}],
  ])('with %j goes as %j', async (options, expected) => {
    const { net, client } = lucsWith(options, { json: waitingTask });
    await client.getTask(TASK_ID);
    expect(net.only().headers).toEqual({ accept: 'application/json', ...expected });
    expect(net.only().redirect).toBe('manual');
  });
});
