import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AcdUnderTest, fullEnvelope, keysOf, recordsOf, startAcdUnderTest } from './acd-under-test.ts';

let test: AcdUnderTest;
beforeEach(async () => {
  test = await startAcdUnderTest();
});
afterEach(() => test.acd.close());

describe('users, service numbers and cockpit variables', () => {
  it.each([
    ['/users', 2, 'UID', '/users/user/118', '/users/user/1', 'User not found'],
    [
      '/serviceNumbers',
      2,
      'Name2',
      '/serviceNumbers/serviceNumber/31',
      '/serviceNumbers/serviceNumber/1',
      'Service number not found',
    ],
    [
      '/cockpitVariables',
      3,
      'Name',
      '/cockpitVariables/cockpitVariable/12',
      '/cockpitVariables/cockpitVariable/1',
      'Cockpit variable not found',
    ],
  ])('%s: all in order, one by id', async (list, count, orderBy, one, none, error) => {
    const answer = await test.get(list);
    expect(answer).toMatchObject({ status: 200, body: { ...fullEnvelope, count, orderBy } });
    const keys = recordsOf(answer).map((record) => String(record[orderBy]));
    expect(keys).toEqual([...keys].sort());
    expect(keys).toHaveLength(count);
    expect(keysOf(await test.get(one))).toEqual(['count', 'records', 'status']);
    expect(await test.get(none)).toMatchObject({ status: 404, body: { status: 404, error } });
  });

  it('write times as their tables do', async () => {
    expect(recordsOf(await test.get('/serviceNumbers'))[0]?.dtLastModified).toBe('2024-01-15T09:30:00.484+01:00');
    expect(recordsOf(await test.get('/cockpitVariables'))[0]?.dtLastModified).toBe('2022-01-04T13:31:37.477000Z');
  });
});

describe('setting a cockpit variable', () => {
  const set = (id: number, query: string) =>
    test.send('PATCH', `/cockpitVariables/cockpitVariable/${id}/setValue${query}`);

  it.each([
    ['stores', 13, 9, 0],
    ['stores the least', 13, 1, 0],
    ['does not change what is read-only', 12, 1, 1],
    ['does not know an unknown one', 99, 1, 2],
    ['does not change what has the value', 13, 3, 3],
    ['keeps the maximum', 13, 10, 4],
    ['keeps the minimum', 13, 0, 4],
    ['keeps the minimum against negative values', 11, -1, 4],
  ])('%s: %i to %i gives %i, always with HTTP 200', async (_name, id, value, result) => {
    const answer = await set(id, `?value=${value}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ result, error: result === 0 ? '' : expect.stringMatching(/./) });
    const after = test.acd.state().cockpitVariables.find((variable) => variable.id === id);
    if (result === 0) expect(after?.value).toBe(value);
    else if (id !== 99) expect(after?.value).toBe({ 11: 0, 12: 128, 13: 3 }[id]);
  });

  it('notes when', async () => {
    test.acd.advance(1_000);
    await set(11, '?value=1');
    const { body } = await test.get('/cockpitVariables/cockpitVariable/11');
    expect(body).toMatchObject({ records: [{ Value: 1, dtLastModified: '2024-03-11T08:02:12.340000Z' }] });
  });

  it.each([
    ['', 'Missing parameter: value'],
    ['?value=one', 'Invalid parameter: value'],
    ['?value=1.5', 'Invalid parameter: value'],
  ])('refuses the query "%s"', async (query, error) => {
    expect(await set(11, query)).toMatchObject({ status: 400, body: { status: 400, error } });
  });
});

describe('live calls', () => {
  it('are listed in their own envelope', async () => {
    expect((await test.get('/calls')).body).toEqual({ records: [], count: 0, orderBy: 'UFN', status: 200 });
    const { ufn } = test.acd.startCall({ isOutbound: true, caller: '44' });
    expect((await test.get('/calls')).body).toEqual({
      records: [
        {
          UFN: ufn,
          Caller: '44',
          ServiceNumbersNumber: '493023125900',
          bOutbound: 1,
          dtCallStart: '2024-03-11T08:02:11.340000Z',
        },
      ],
      count: 1,
      orderBy: 'UFN',
      status: 200,
    });
  });

  it('are answered, held and hung up by GET', async () => {
    const { ufn } = test.acd.startCall();
    const act = (what: string) => test.get(`/calls/${ufn}/${what}`);
    expect(await act('hold')).toMatchObject({ status: 409, body: { status: 409 } });
    expect((await act('answer')).body).toEqual({ status: 200 });
    expect(await act('answer')).toMatchObject({ status: 409 });
    expect((await act('hold')).body).toEqual({ status: 200 });
    expect(test.acd.state().calls).toMatchObject([{ state: 'held' }]);
    expect((await act('hangup')).body).toEqual({ status: 200 });
    expect(test.acd.state().calls).toEqual([]);
    expect(await act('hangup')).toMatchObject({ status: 404, body: { status: 404, error: 'Call not found' } });
    expect(await test.send('POST', `/calls/${ufn}/answer`)).toMatchObject({ status: 404, text: '' });
  });
});

describe('a new token', () => {
  it('takes the old one’s place at once', async () => {
    const token = test.acd.regenerateToken();
    const unauthorized = { status: 401, body: { status: 401, error: 'Unauthorized' } };
    expect(await test.get('/users')).toMatchObject(unauthorized);
    const withNew = await fetch(`${test.acd.baseUrl}/users`, { headers: { authorization: `Bearer ${token}` } });
    expect(withNew.status).toBe(200);
    const next = await test.control('POST', '/token');
    expect(next.body).toEqual({ token: expect.not.stringMatching(new RegExp(`^${token}$`)) });
    expect((await fetch(`${test.acd.baseUrl}/users`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(
      401,
    );
    test.acd.clear();
    expect((await test.get('/users')).status).toBe(200);
  });
});

describe('the order of keys', () => {
  const orders = async () => {
    const texts: string[] = [];
    for (let turn = 0; turn < 5; turn += 1) texts.push((await test.get('/users/user/118')).text);
    return texts;
  };

  it('differs from answer to answer, and is the same after every start', async () => {
    const first = await orders();
    expect(new Set(first).size).toBeGreaterThan(1);
    await test.acd.close();
    test = await startAcdUnderTest();
    expect(await orders()).toEqual(first);
  });
});
