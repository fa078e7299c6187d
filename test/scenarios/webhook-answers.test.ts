import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

let test: TestStack;

beforeAll(async () => {
  test = await startTestStack({ settings: { BRIDGE_MAX_BODY_BYTES: '4096' } });
});

afterAll(() => test?.stop());

const task = { taskId: 'answers-1', event: 'Created', serviceUPN: 'helpdesk@contoso.example' };
const entry = { schedulerEntryId: 'answers-2', event: 'Created', serviceUpn: 'sales@contoso.example' };
const MARK = 'Nora Blake +441632960123';

interface Case {
  readonly what: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly status: number;
  readonly errors?: readonly { pointer: string; detail: RegExp }[];
  readonly detail?: RegExp;
}

const json = (value: unknown) => JSON.stringify(value);
const key = { 'x-functions-key': 'local-function-key' };
const typed = { ...key, 'content-type': 'application/json' };

const refused: readonly Case[] = [
  {
    what: 'a body over the limit',
    body: json({ ...task, initialMessage: 'x'.repeat(5000) }),
    status: 413,
    detail: /at most 4096 bytes/,
  },
  {
    what: 'a body that is not said to be JSON',
    headers: { ...key, 'content-type': 'text/plain' },
    body: json(task),
    status: 415,
  },
  {
    what: 'a form',
    headers: { ...key, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'a=b',
    status: 415,
  },
  { what: 'a compressed body', headers: { ...typed, 'content-encoding': 'gzip' }, body: json(task), status: 415 },
  { what: 'an empty body', body: '', status: 400, detail: /empty/ },
  { what: 'a body that is cut off', body: `{"taskId":"${MARK}`, status: 400 },
  { what: 'a list', body: json([task]), status: 422, errors: [{ pointer: '', detail: /expected object/ }] },
  {
    what: 'a payload without its id and event',
    body: json({ modality: 'Audio' }),
    status: 422,
    errors: [
      { pointer: '/taskId', detail: /expected string/ },
      { pointer: '/event', detail: /expected string/ },
    ],
  },
  {
    what: 'fields of the wrong type, by the names that the sender used',
    body: json({ TASKID: 7, Event: 'Created', IsAnonymous: MARK, taskinformation: { Customer: { UPN: [MARK] } } }),
    status: 422,
    errors: [
      { pointer: '/TASKID', detail: /expected string, received number/ },
      { pointer: '/IsAnonymous', detail: /expected boolean/ },
      { pointer: '/taskinformation/Customer/UPN', detail: /expected string/ },
    ],
  },
  {
    what: 'an event without a letter or digit',
    body: json({ ...task, event: '---' }),
    status: 422,
    errors: [{ pointer: '/event', detail: /at least one letter or digit/ }],
  },
  {
    what: 'nesting without end',
    body: `{"taskId":${'['.repeat(1500)}${']'.repeat(1500)}}`,
    status: 422,
    detail: /64 levels/,
  },
  {
    what: 'a scheduler entry at the address of tasks',
    body: json(entry),
    status: 422,
    errors: [{ pointer: '/taskId', detail: /expected string/ }],
  },
  {
    what: 'a task at the address of scheduler entries',
    path: 'nimbus/scheduler-entries',
    body: json(task),
    status: 422,
    errors: [{ pointer: '/schedulerEntryId', detail: /expected string/ }],
  },
  {
    what: 'a CloudEvent without data',
    headers: { ...key, 'content-type': 'application/cloudevents+json' },
    body: json({ specversion: '1.0', id: 'e1' }),
    status: 422,
    errors: [{ pointer: '/data', detail: /payload/ }],
  },
];

describe('what the bridge refuses', () => {
  it.each(refused)(
    '$what: $status',
    async ({ path = 'nimbus/tasks', headers = typed, body, status, errors, detail }) => {
      const response = await fetch(`${test.stack.bridgeUrl}/api/${path}`, {
        method: 'POST',
        headers,
        body: body ?? null,
      });

      const text = await response.text();
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      const problem = JSON.parse(text);
      expect(problem).toMatchObject({ type: 'about:blank', title: expect.any(String), status });
      if (detail) expect(problem.detail).toMatch(detail);
      expect(problem.errors?.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
        errors?.map(({ pointer }) => pointer),
      );
      for (const [index, expected] of (errors ?? []).entries())
        expect(problem.errors[index].detail).toMatch(expected.detail);
      expect(text).not.toContain(MARK);
    },
  );
});

const decidedByTheHost: readonly Case[] = [
  { what: 'another method', method: 'PUT', headers: typed, body: json(task), status: 404 },
  { what: 'an unknown address', path: 'nimbus/task', headers: typed, body: json(task), status: 404 },
  { what: 'no key', headers: { 'content-type': 'application/json' }, body: json(task), status: 401 },
  { what: 'a wrong key', headers: { ...typed, 'x-functions-key': 'guess' }, body: json(task), status: 401 },
  {
    what: 'a wrong key in the query',
    path: 'nimbus/tasks?code=guess',
    headers: { 'content-type': 'application/json' },
    body: json(task),
    status: 401,
  },
];

describe('what the Functions host refuses, without a body', () => {
  it.each(decidedByTheHost)(
    '$what: $status',
    async ({ path = 'nimbus/tasks', method = 'POST', headers, body, status }) => {
      const response = await fetch(`${test.stack.bridgeUrl}/api/${path}`, {
        method,
        headers: headers ?? {},
        body: body ?? null,
      });

      expect(response.status).toBe(status);
      expect(await response.text()).toBe('');
    },
  );
});

describe('what the bridge takes', () => {
  const taken: readonly Case[] = [
    { what: 'a task', body: json(task), status: 202 },
    { what: 'a scheduler entry', path: 'nimbus/scheduler-entries', body: json(entry), status: 202 },
    {
      what: 'the key in the query',
      path: 'nimbus/tasks?code=local-function-key',
      headers: { 'content-type': 'application/json' },
      body: json(task),
      status: 202,
    },
    {
      what: 'JSON with a charset',
      headers: { ...key, 'content-type': 'application/json; charset=utf-8' },
      body: json(task),
      status: 202,
    },
    {
      what: 'a CloudEvent in structured mode',
      headers: { ...key, 'content-type': 'application/cloudevents+json' },
      body: json({ specversion: '1.0', id: 'e1', source: '/flow', type: 'x', data: task }),
      status: 202,
    },
    { what: 'unknown fields', body: json({ ...task, conversationType: 'x', nested: { deep: [1] } }), status: 202 },
    {
      what: 'every field absent that may be',
      body: json({ TaskID: 'answers-3', EVENT: 'System accepted' }),
      status: 202,
    },
    {
      what: 'empty and missing values',
      body: json({ ...task, terminated: null, callerTelNumber: '', taskInformation: null }),
      status: 202,
    },
  ];

  it.each(taken)('$what', async ({ path = 'nimbus/tasks', headers = typed, body, status }) => {
    const response = await fetch(`${test.stack.bridgeUrl}/api/${path}`, {
      method: 'POST',
      headers,
      body: body ?? null,
    });

    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ id: expect.stringMatching(/^[\w-]{2,22}$/) });
  });

  it("takes the sender's own id, and recognises repeats of a payload without one", async () => {
    const ids = async (headers: Record<string, string>, payload: unknown = task) => {
      const response = await test.post('nimbus/tasks', payload, headers);
      const body = JSON.parse(await response.text());
      return String(body.id);
    };

    expect(await ids({ 'webhook-id': 'msg_1' })).toBe('msg_1');
    expect(await ids({ 'ce-id': 'A234' })).toBe('A234');
    const run = '08586611142904036539';
    expect(await ids({ 'x-ms-workflow-run-id': run })).toMatch(new RegExp(`^${run}\\.[\\w-]{12}$`));
    expect(await ids({ 'x-ms-workflow-run-id': run })).not.toBe(
      await ids({ 'x-ms-workflow-run-id': run }, { ...task, taskId: 'other' }),
    );
    expect(await ids({})).toBe(
      await ids({}, { event: 'Created', TASKID: 'answers-1', serviceUpn: 'helpdesk@contoso.example' }),
    );
  });
});

describe('health', () => {
  it('says which parts answer, to anybody', async () => {
    const response = await fetch(`${test.stack.bridgeUrl}/api/health`);

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ healthy: true, parts: { bus: 'answers', table: 'answers' } });
  });
});
