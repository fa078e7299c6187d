import { afterEach, describe, expect, it } from 'vitest';
import { anna, type LucsUnderTest, lia, refusal, startLucsUnderTest, support, tom } from './lucs-under-test.ts';

let test: LucsUnderTest;
afterEach(() => test.lucs.close());

const agentStatus = (sipUri: string) => test.lucs.state().agents.find(({ SipUri }) => SipUri === sipUri);
const refreshOnRona = (id: string) => test.post(`/v1.0/tasks/${id}/refresh?SetAgentOnRona=true`);

describe('automatic distribution', () => {
  it('offers a task to the first agent of its service, once it has been answered for', async () => {
    test = await startLucsUnderTest({ distribution: 'automatic' });
    const id = await test.createTask();
    expect(await test.task(id)).toEqual(['Distributed', anna]);
  });

  it('leaves alone what the outside system distributes itself', async () => {
    test = await startLucsUnderTest({ distribution: 'automatic' });
    expect(await test.task(await test.createTask({ DistributeToAgent: false }))).toEqual(['InQueue', undefined]);
  });

  it('can be switched on while tasks wait', async () => {
    test = await startLucsUnderTest();
    const id = await test.createTask();
    test.lucs.advance(60_000);
    expect(await test.task(id)).toEqual(['InQueue', undefined]);
    test.lucs.behave({ distribution: 'automatic' });
    expect(await test.task(id)).toEqual(['Distributed', anna]);
  });

  it.each<[string, Record<string, unknown>, unknown[]]>([
    ['the most preferred first', { PreferredAgents: [tom, anna] }, ['Distributed', tom]],
    ['in any case of letters', { PreferredAgents: [tom.toUpperCase().replace('SIP:', 'sip:')] }, ['Distributed', tom]],
    ['the second where the first is unknown', { PreferredAgents: ['sip:no@corp.example', tom] }, ['Distributed', tom]],
    ['the first where none can be selected', { PreferredAgents: [lia] }, ['Distributed', anna]],
    ['none where only that one counts', { PreferredAgents: [lia], ConsiderPreferredAgentsOnly: true }, ['InQueue']],
    [
      'any where only preferred ones count and there are none',
      { ConsiderPreferredAgentsOnly: true },
      ['Distributed', anna],
    ],
  ])('takes %s', async (_name, changes, expected) => {
    test = await startLucsUnderTest({ distribution: 'automatic' });
    expect(await test.task(await test.createTask(changes))).toEqual([...expected, undefined].slice(0, 2));
  });

  it('passes over agents that are not selectable, on RONA, or cannot handle the task', async () => {
    test = await startLucsUnderTest({ distribution: 'automatic' });
    const sales = '5f2a9c41-7b66-4d6f-8a1f-2b3c4d5e6f70';
    test.lucs.changeAgent(anna, { selectable: false });
    test.lucs.changeAgent(tom, { onRona: true });
    test.lucs.changeAgent(lia, { selectable: true });
    expect(await test.task(await test.createTask({ Service: sales, Required: { Video: true } }))).toEqual([
      'InQueue',
      undefined,
    ]);
    expect(await test.task(await test.createTask({ Service: sales, Required: { Im: true } }))).toEqual([
      'Distributed',
      lia,
    ]);
    const waiting = await test.createTask({ Service: support });
    expect(await test.task(waiting)).toEqual(['InQueue', undefined]);
    test.lucs.changeAgent(anna, { selectable: true });
    test.lucs.changeAgent(tom, { onRona: false });
    expect(await test.task(waiting)).toEqual(['Distributed', tom]);
  });

  it('makes an agent one offer at a time, and the next once the first is taken', async () => {
    test = await startLucsUnderTest({ distribution: 'automatic' });
    const ids = [await test.createTask(), await test.createTask(), await test.createTask()];
    expect(await Promise.all(ids.map(test.task))).toEqual([
      ['Distributed', anna],
      ['Distributed', tom],
      ['InQueue', undefined],
    ]);
    test.lucs.confirm(ids[1] ?? '');
    expect(await Promise.all(ids.map(test.task))).toEqual([
      ['Distributed', anna],
      ['Established', tom],
      ['Distributed', tom],
    ]);
  });
});

describe('an offer that nobody takes', () => {
  it('goes to the next agent, with the first on RONA', async () => {
    test = await startLucsUnderTest({ distribution: 'automatic' });
    const id = await test.createTask({ DistributeToAgentRONATimeoutInSeconds: 20 });
    test.lucs.advance(19_999);
    expect(await test.task(id)).toEqual(['Distributed', anna]);
    test.lucs.advance(1);
    expect(await test.task(id)).toEqual(['Distributed', tom]);
    expect(agentStatus(anna)).toMatchObject({ onRona: true });
  });

  it('comes back to an agent without Agent Assistant, who cannot be set to RONA', async () => {
    test = await startLucsUnderTest({ distribution: 'automatic' });
    test.lucs.changeAgent(anna, { selectable: false });
    const id = await test.createTask({ DistributeToAgentRONATimeoutInSeconds: 20 });
    await test.task(id);
    test.lucs.advance(60_000);
    expect(await test.task(id)).toEqual(['Distributed', tom]);
    expect(agentStatus(tom)).toMatchObject({ onRona: false });
    expect(test.lucs.state().tasks[0]?.offeredTo).toEqual([tom, tom, tom, tom]);
  });

  it('runs out after the time that is set when the task names none', async () => {
    test = await startLucsUnderTest({ defaultRonaTimeoutInSeconds: 5 });
    const id = await test.createTask();
    test.lucs.distribute(id);
    test.lucs.advance(4_999);
    expect(await test.task(id)).toEqual(['Distributed', anna]);
    test.lucs.advance(1);
    expect(await test.task(id)).toEqual(['Pending', undefined]);
  });

  it.each(['decline', 'timeOut'] as const)('%s takes it back at once', async (how) => {
    test = await startLucsUnderTest();
    const id = await test.createTask();
    expect(() => test.lucs[how](id)).toThrow('A task in state InQueue cannot be taken back');
    test.lucs.distribute(id);
    test.lucs[how](id);
    expect(await test.task(id)).toEqual(['Pending', undefined]);
    expect(agentStatus(anna)).toMatchObject({ onRona: true });
  });
});

describe('RONA on request', () => {
  it('is set where Agent Assistant runs', async () => {
    test = await startLucsUnderTest();
    const id = await test.createTask();
    test.lucs.distribute(id, anna);
    expect((await refreshOnRona(id)).status).toBe(200);
    expect(await test.task(id)).toEqual(['Pending', undefined]);
    expect(agentStatus(anna)).toMatchObject({ onRona: true });
  });

  it('is refused where it does not, and the task stays', async () => {
    test = await startLucsUnderTest();
    const id = await test.createTask();
    test.lucs.distribute(id, tom);
    expect(await refreshOnRona(id)).toMatchObject(refusal('InvalidState'));
    expect(await test.task(id)).toEqual(['Distributed', tom]);
  });

  it.each<['either' | 'query' | 'body', string, boolean]>([
    ['either', 'query', true],
    ['either', 'body', true],
    ['query', 'query', true],
    ['query', 'body', false],
    ['body', 'query', false],
    ['body', 'body', true],
  ])('where it is looked for in %s, %s: %s', async (setAgentOnRonaIn, place, isSet) => {
    test = await startLucsUnderTest({ setAgentOnRonaIn });
    const id = await test.createTask();
    test.lucs.distribute(id, anna);
    if (place === 'query') await refreshOnRona(id);
    else await test.post(`/v1.0/tasks/${id}/refresh`, { SetAgentOnRona: true });
    expect(agentStatus(anna)).toMatchObject({ onRona: isSet });
  });

  it('is not set without the wish', async () => {
    test = await startLucsUnderTest();
    const id = await test.createTask();
    test.lucs.distribute(id, anna);
    await test.post(`/v1.0/tasks/${id}/refresh?SetAgentOnRona=false`, { SetAgentOnRona: false });
    expect(await test.task(id)).toEqual(['Pending', undefined]);
    expect(agentStatus(anna)).toMatchObject({ onRona: false });
  });
});

describe('a LUCS that is not initialised', () => {
  it('refuses everything until its time has passed', async () => {
    test = await startLucsUnderTest();
    test.lucs.notInitialized(30_000);
    for (const path of ['/v1.0/services', '/v1.0/tasks/x', '/v1.0/callbacks/x']) {
      expect(await test.get(path)).toMatchObject(refusal('NotInitialized'));
    }
    test.lucs.advance(29_999);
    expect(await test.post('/v1.0/tasks', {})).toMatchObject(refusal('NotInitialized'));
    test.lucs.advance(1);
    expect((await test.get('/v1.0/services')).status).toBe(200);
  });
});

describe('over HTTP', () => {
  it('agents act, time passes and settings change', async () => {
    test = await startLucsUnderTest();
    const id = await test.createTask();
    const act = async (method: string, path: string, body?: unknown) => (await test.control(method, path, body)).status;
    expect(await act('POST', `/tasks/${id}/distribute`)).toBe(204);
    expect(await act('POST', `/tasks/${id}/decline`)).toBe(204);
    expect(await test.task(id)).toEqual(['Pending', undefined]);
    expect(await act('PATCH', `/agents/${encodeURIComponent(anna)}`, { onRona: false })).toBe(204);
    expect(await act('PATCH', '/behaviour', { distribution: 'automatic' })).toBe(200);
    expect(await test.task(id)).toEqual(['Distributed', anna]);
    expect(await act('POST', '/advance', { ms: 50_000 })).toBe(204);
    expect(await test.task(id)).toEqual(['Distributed', tom]);
    expect(await act('POST', `/tasks/${id}/timeout`)).toBe(204);
    expect(await act('POST', '/not-initialized', { ms: 1_000 })).toBe(204);
    expect(await test.get('/v1.0/services')).toMatchObject(refusal('NotInitialized'));
  });

  it.each<[string, string, unknown, string]>([
    ['POST', '/tasks/nobody/decline', undefined, 'LUCS has no task nobody.'],
    ['POST', '/advance', { ms: -1 }, 'ms'],
    ['POST', '/advance', [], 'expected object'],
    ['PATCH', '/behaviour', { datez: 'iso' }, 'datez'],
    ['PATCH', '/behaviour', { dates: 'roman' }, 'dates'],
    ['PATCH', '/agents/sip:x@y', { onRona: true }, 'LUCS has no such agent: sip:x@y.'],
    ['PATCH', `/agents/${anna}`, { tired: true }, 'tired'],
  ])('%s %s %j is refused with the reason', async (method, path, body, reason) => {
    test = await startLucsUnderTest();
    const answer = await test.control(method, path, body);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(reason);
  });
});

it('is back at its beginning when it is cleared', async () => {
  test = await startLucsUnderTest();
  await test.createTask();
  await test.createCallback();
  test.lucs.changeAgent(anna, { onRona: true });
  test.lucs.behave({ dates: 'iso' });
  test.lucs.notInitialized(1_000);
  test.lucs.clear();
  expect(test.lucs.state()).toMatchObject({ tasks: [], callbacks: [], behaviour: { dates: 'dotted' } });
  expect(agentStatus(anna)).toMatchObject({ onRona: false });
  expect((await test.get('/v1.0/services')).status).toBe(200);
});

describe('a planned answer', () => {
  it.each([
    ['reset', { reset: true, afterEffect: true }],
    ['hanging', { hang: true, afterEffect: true }],
    ['late', { delayMs: 60_000, afterEffect: true }],
  ])('can be lost after the work was done: %s', async (_name, planned) => {
    test = await startLucsUnderTest();
    test.lucs.answerNext(planned);
    const lost = test.createTask().catch((error: unknown) => error);
    await expect.poll(() => test.lucs.state().tasks.length).toBe(1);
    await test.lucs.close();
    expect(await lost).toBeInstanceOf(Error);
  });
});
