import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { publishEvent } from '../helpers/publish-event.ts';
import { eventually, startTestStack, type TestStack } from '../helpers/stack.ts';

const SERVICE = '3d0b8b57-6a55-4c5e-9f0e-1a2b3c4d5e6f';
const ANNA = 'sip:a.berg@corp.example';
const TOM = 'sip:t.reyes@corp.example';

/** A case of another system is an external task of LUCS, from its opening to its end. */
const ROUTES = `
routes:
  - id: opened
    when: { event: com.contoso.case.opened }
    do:
      - step: lucs.createTask
        with:
          service: =data.service
          required: { conversationContext: true }
          ronaTimeoutSeconds: 45
          caller: =data.customer
          preferredAgents: [${ANNA}]
          externalTaskId: =data.key
  - id: handed-back
    when: { event: com.contoso.case.handedback }
    do:
      - step: lucs.refreshTask
        with: { setAgentOnRona: =data.isRona }
  - id: taken
    when: { event: com.contoso.case.taken }
    do:
      - step: lucs.setTaskEstablished
  - id: closed
    when: { event: com.contoso.case.closed }
    do:
      - step: lucs.terminateTask
        as: ended
      - step: crm.createActivity
        with:
          kind: task
          subject: ="Case " & event.subject & ", last with " & (results.ended.agent.displayName ?? "nobody")
`;

let test: TestStack;
let subject: string;

beforeAll(async () => {
  test = await startTestStack({ routes: ROUTES, registers: false });
});

afterAll(() => test?.stop());

beforeEach(() => {
  test.simulators.lucs.clear();
  test.simulators.crm.clear();
  subject = randomUUID();
});

const tell = (what: string, data: Readonly<Record<string, unknown>> = {}) =>
  publishEvent(test, { source: '/cases', type: `com.contoso.case.${what}`, subject, data });
const open = (more: Readonly<Record<string, unknown>> = {}) =>
  tell('opened', { service: SERVICE, customer: 'Erika Muster', ...more });

const task = () => test.simulators.lucs.state().tasks[0];
const taskIs = (state: string) =>
  eventually(() => (task()?.state === state ? task() : undefined), `a task in state ${state}`);
const agentOf = (sipUri: string) => test.simulators.lucs.state().agents.find(({ SipUri }) => SipUri === sipUri);
const result = (eventId: string, route: string, how: string) =>
  eventually(
    () => test.lines.find((line) => [eventId, `route=${route} `, `result=${how}`].every((part) => line.includes(part))),
    `${route} to be ${how}`,
  );

/** What LUCS was told, questions left out. */
const calls = () =>
  test.simulators.lucs
    .requests()
    .filter(({ method }) => method === 'POST')
    .map(({ path, query, body, answer }) => ({ path, query, body, status: answer?.status }));

async function failed(eventId: string) {
  const message = await eventually(
    async () =>
      (await test.peek('failed')).find(({ applicationProperties }) => applicationProperties?.eventId === eventId),
    'a message in the queue "failed"',
  );
  return message.applicationProperties;
}

describe('an external task of LUCS', () => {
  it('is created, distributed, left by its agent, refreshed, established and terminated', async () => {
    const { lucs, crm } = test.simulators;
    await open({ key: 'case 10/021' });
    const { id = '' } = (await taskIs('InQueue')) ?? {};

    lucs.distribute(id);
    expect(task()?.agent?.SipUri).toBe(ANNA);
    // The simulator's clock goes on by itself as well.
    lucs.advance(30_000);
    expect(task()?.state).toBe('Distributed');
    lucs.advance(15_000);
    expect([task()?.state, agentOf(ANNA)?.onRona]).toEqual(['Pending', true]);

    lucs.distribute(id, TOM);
    await tell('handedback', { isRona: false });
    await taskIs('Pending');
    expect(agentOf(TOM)?.onRona).toBe(false);

    await tell('taken');
    await taskIs('Established');
    await tell('closed');
    await taskIs('Terminated');

    const path = `/v1.0/tasks/${id}`;
    expect(calls()).toEqual([
      {
        path: '/v1.0/tasks',
        query: {},
        body: {
          Service: SERVICE,
          Required: { Im: false, Audio: false, Video: false, DesktopSharing: false, ConversationContext: true },
          DistributeToAgent: true,
          DistributeToAgentRONATimeoutInSeconds: 45,
          ExternalTaskId: 'case 10/021',
          Caller: 'Erika Muster',
          PreferredAgents: [ANNA],
        },
        status: 200,
      },
      { path: `${path}/refresh`, query: { SetAgentOnRona: 'false' }, body: null, status: 200 },
      { path: `${path}/setestablished`, query: {}, body: null, status: 200 },
      { path: `${path}/terminate`, query: {}, body: null, status: 200 },
    ]);
    const noted = await eventually(() => crm.requests().find(({ method }) => method === 'PATCH'), 'a note in the CRM');
    expect(noted.body).toMatchObject({ subject: `Case ${subject}, last with nobody` });
  });

  it('that its agent took by himself is not established twice, and tells whose it was', async () => {
    const { lucs, crm } = test.simulators;
    await open();
    const { id = '' } = (await taskIs('InQueue')) ?? {};
    lucs.distribute(id);
    lucs.confirm(id);

    await result(await tell('taken'), 'taken', 'done');
    await tell('closed');

    const noted = await eventually(() => crm.requests().find(({ method }) => method === 'PATCH'), 'a note in the CRM');
    expect(noted.body).toMatchObject({ subject: `Case ${subject}, last with Anna Berg` });
    expect(calls().map(({ status }) => status)).toEqual([200, 500, 200]);
  });

  it.each([
    ['a refresh of what an agent has taken', () => lucsConfirmed(), 'handedback', 'refresh task'],
    ['RONA for an agent without Agent Assistant', () => undefined, 'handedback', 'refresh task'],
    ['a task as established that an agent is being offered', () => undefined, 'taken', 'set task established'],
  ])('%s is refused for good', async (_what, prepare, what, operation) => {
    await open();
    const { id = '' } = (await taskIs('InQueue')) ?? {};
    test.simulators.lucs.distribute(id, TOM);
    prepare();
    const { state } = task() ?? {};

    const eventId = await tell(what, { isRona: true });

    expect(await failed(eventId)).toMatchObject({
      errorMessage: `LUCS answered 500 (InvalidState) to "${operation}"`,
      httpStatus: 500,
      attempts: 1,
    });
    expect(task()?.state).toBe(state);
    expect(calls()).toHaveLength(2);
  });

  it('that is over already, or gone, counts as ended', async () => {
    const { lucs } = test.simulators;
    await open();
    await taskIs('InQueue');

    await result(await tell('closed'), 'closed', 'done');
    await result(await tell('closed'), 'closed', 'done');
    lucs.advance(11 * 60_000);
    expect(task()).toBeUndefined();
    await result(await tell('closed'), 'closed', 'done');

    expect(calls().map(({ status }) => status)).toEqual([200, 200, 404, 404]);
  });
});

describe('the end of a task that LUCS has not got yet', () => {
  it('waits until it was created', async () => {
    const { lucs } = test.simulators;
    lucs.answerNext({ match: { method: 'POST', path: '/v1.0/tasks' }, status: 503, times: 5 });

    await open();
    const closed = await tell('closed');

    await taskIs('Terminated');
    expect(lucs.state().tasks).toHaveLength(1);
    expect(calls().map(({ path, status }) => [path.split('/').at(-1), status])).toEqual([
      ...Array.from({ length: 5 }, () => ['tasks', 503]),
      ['tasks', 200],
      ['terminate', 200],
    ]);
    expect(await result(closed, 'closed', 'retry')).toContain('still being created');
  });

  it('waits while its answer is late', async () => {
    const { lucs } = test.simulators;
    lucs.answerNext({ match: { method: 'POST', path: '/v1.0/tasks' }, delayMs: 400 });

    await open();
    await tell('closed');

    await taskIs('Terminated');
    expect(calls().map(({ path, status }) => [path.split('/').at(-1), status])).toEqual([
      ['tasks', 200],
      ['terminate', 200],
    ]);
  });

  it('fails with the reason when it could not be created, and sends nothing', async () => {
    const opened = await open({ service: '00000000-0000-4000-8000-000000000000' });
    await failed(opened);

    const closed = await tell('closed');

    expect(await failed(closed)).toMatchObject({
      route: 'closed',
      step: 'lucs.terminateTask',
      errorMessage: "the LUCS task of this event's subject could not be created",
    });
    expect(test.simulators.lucs.requests().map(({ path }) => path)).toEqual(['/v1.0/tasks']);
  });
});

function lucsConfirmed(): void {
  test.simulators.lucs.confirm(task()?.id ?? '');
}
