import { describe, expect, it } from 'vitest';
import { PermanentError, TransientError } from '../../../shared/errors.ts';
import { createHubMethods, type HubMethods } from '../../../shared/relay/hub-methods.ts';
import { createSubscriptionKeeper, type Gap } from '../../../shared/relay/subscription-keeper.ts';
import { parseSubscriptionRules, type SubscriptionRules } from '../../../shared/relay/subscription-rules.ts';
import { RecordingLog } from '../../helpers/recording-log.ts';
import { eventNames, FakeEnreach, FakeHub, ME, SALES, SUPPORT } from './fake-hub.ts';

const rulesOf = (rules: unknown): SubscriptionRules => parseSubscriptionRules(JSON.stringify(rules), 'rules');
const allQueues = rulesOf([{ queuesOf: 'me', events: '*' }]);

function keeperOf(rules: SubscriptionRules, itemsPerCall = 100) {
  const hub = new FakeHub();
  const enreach = new FakeEnreach();
  const log = new RecordingLog();
  const gaps: Gap[] = [];
  const time = { nowMs: 1_000 };
  const keeper = createSubscriptionKeeper({
    rules,
    enreach,
    eventNames,
    itemsPerCall,
    log,
    clock: () => time.nowMs,
    onGap: (gap) => void gaps.push(gap),
  });
  const connect = (): HubMethods => {
    const connection = hub.connect({
      url: '',
      accessToken: async () => '',
      receiver: { onAlive: () => {}, onMessage: () => {} },
      clock: () => time.nowMs,
      log,
      fetch,
      connectTimeoutMs: 0,
      serverTimeoutMs: 0,
      keepAliveMs: 0,
    });
    return createHubMethods(connection, 1_000);
  };
  const names = () => keeper.active().map(({ entityId, eventName }) => `${entityId}|${eventName}`);
  return { hub, enreach, log, gaps, time, keeper, connect, names };
}

describe('what rules stand for', () => {
  it.each([
    [[{ entity: ME, events: ['UserStatus'] }], [`${ME}|UserStatus`]],
    [
      [{ users: ['me', SALES], events: '*' }],
      [ME, SALES].flatMap((id) => [`${id}|UserStatus`, `${id}|UserCallInComing`]),
    ],
    [[{ queuesOf: 'me', events: ['QueueStatus'] }], [`${SALES}|QueueStatus`, `${SUPPORT}|QueueStatus`]],
    [[{ callLists: [SALES], events: '*' }], [`${SALES}|CallbackChanged`]],
    [
      [
        { entity: ME, events: ['userstatus', 'UserCallIncoming'] },
        { users: ['me'], events: ['UserStatus'] },
      ],
      [`${ME}|UserStatus`, `${ME}|UserCallInComing`],
    ],
  ])('%j', async (rules, expected) => {
    const { keeper, connect, names } = keeperOf(rulesOf(rules));
    await keeper.synchronise(connect());
    expect(names()).toEqual(expected);
    expect(keeper.refused()).toEqual([]);
  });
});

describe('refused subscriptions', () => {
  it('are told with their reason, and the others stay', async () => {
    const { hub, keeper, connect, names, log } = keeperOf(
      rulesOf([{ entity: SALES, events: ['QueueStatus', 'QueueCallInComing', 'QueueStatuss'] }]),
    );
    hub.refusals.set(`${SALES}|queuecallincoming`, 'Unauthorized');
    await keeper.synchronise(connect());
    expect(names()).toEqual([`${SALES}|QueueStatus`]);
    expect(keeper.refused()).toEqual([
      { entityId: SALES, eventName: 'QueueStatuss', reason: 'the hub offers no event of this name' },
      { entityId: SALES, eventName: 'QueueCallInComing', reason: 'Unauthorized' },
    ]);
    expect(log.text).toContain(`warn subscription refused entity=${SALES} event=QueueCallInComing reason=Unauthorized`);
    expect(hub.last.calls.flatMap(({ items }) => items.map((item) => item.EventName))).not.toContain('QueueStatuss');
  });

  it('are asked for again, alone, and are not logged again', async () => {
    const { hub, keeper, connect, log, gaps } = keeperOf(allQueues);
    hub.refusals.set(`${SALES}|queuestatus`, 'Unauthorized');
    const methods = connect();
    await keeper.synchronise(methods);
    const { text } = log;
    await keeper.synchronise(methods);
    expect(log.text).toBe(text);
    hub.refusals.clear();
    await keeper.synchronise(methods);
    expect(hub.last.calls.filter(({ method }) => method === 'Subscribe').map(({ items }) => items.length)).toEqual([
      4, 1, 1,
    ]);
    expect([keeper.active().length, keeper.refused(), gaps]).toEqual([4, [], []]);
  });

  it('are those without an answer, too', async () => {
    const { hub, keeper, connect } = keeperOf(rulesOf([{ entity: ME, events: ['UserStatus'] }]));
    hub.answer = (method) => (method === 'Subscribe' ? Promise.resolve([]) : undefined);
    await keeper.synchronise(connect());
    expect(keeper.refused()[0]?.reason).toBe('the hub gave no answer to this item');
  });

  it('fill no log', async () => {
    const { hub, keeper, connect, log } = keeperOf(
      rulesOf([{ entity: ME, events: Array.from('abcdefghijklmnopqrstuvwxyz') }]),
    );
    hub.available = ['Other'];
    await keeper.synchronise(connect());
    expect([keeper.refused().length, log.entries.length]).toEqual([26, 21]);
  });

  it('are rules that EnreachAPI does not resolve, for as long as it does not', async () => {
    const { enreach, keeper, connect, names } = keeperOf(
      rulesOf([
        { queuesOf: 'me', events: '*' },
        { entity: ME, events: ['UserStatus'] },
      ]),
    );
    enreach.queueFailures.push(new PermanentError('Enreach answered 404 to "list queues"'));
    const methods = connect();
    await keeper.synchronise(methods);
    expect(names()).toEqual([`${ME}|UserStatus`]);
    expect(keeper.refused()).toEqual([
      { entityId: 'me', eventName: '*', reason: 'Enreach answered 404 to "list queues"' },
    ]);
    await keeper.synchronise(methods);
    expect([keeper.active().length, keeper.refused()]).toEqual([5, []]);
  });

  it('are only the users of a rule whose id EnreachAPI does not tell', async () => {
    const { enreach, keeper, connect, names } = keeperOf(rulesOf([{ users: ['me', SALES], events: ['UserStatus'] }]));
    enreach.userFailures.push(new TransientError('away'));
    const methods = connect();
    await keeper.synchronise(methods);
    expect(names()).toEqual([`${SALES}|UserStatus`]);
    expect(keeper.refused()).toEqual([{ entityId: 'me', eventName: 'UserStatus', reason: 'away' }]);
    await keeper.synchronise(methods);
    expect([names(), keeper.refused()]).toEqual([[`${SALES}|UserStatus`, `${ME}|UserStatus`], []]);
    enreach.userFailures.push(new TransientError('away'));
    await keeper.synchronise(methods);
    expect([keeper.active().length, keeper.refused()]).toEqual([2, []]);
  });
});

describe('a hub that does not tell what it offers', () => {
  it.each([
    ['gives nothing', () => Promise.resolve([])],
    ['fails', () => Promise.reject(new Error('no such method'))],
  ])('because it %s is asked for everything', async (_how, answer) => {
    const { hub, keeper, connect } = keeperOf(allQueues);
    hub.answer = (method) => (method === 'AvailableSubscriptions' ? answer() : undefined);
    await keeper.synchronise(connect());
    expect(keeper.active()).toHaveLength(4);
  });
});

describe('new rules', () => {
  it('subscribe and unsubscribe the difference', async () => {
    const { hub, keeper, connect, names } = keeperOf(allQueues);
    const methods = connect();
    await keeper.synchronise(methods);
    hub.last.calls.length = 0;
    keeper.want(
      rulesOf([
        { queuesOf: 'me', events: ['QueueStatus'] },
        { entity: ME, events: ['UserStatus'] },
      ]),
    );
    await keeper.synchronise(methods);
    expect(names()).toEqual([`${SALES}|QueueStatus`, `${SUPPORT}|QueueStatus`, `${ME}|UserStatus`]);
    expect(hub.last.calls.map(({ method, items }) => [method, items.length])).toEqual([
      ['Unsubscribe', 2],
      ['AvailableSubscriptions', 0],
      ['Subscribe', 1],
    ]);
    expect([...hub.last.subscribed].sort()).toEqual(
      names()
        .map((name) => name.toLowerCase())
        .sort(),
    );
  });

  it('take no queue away before they are resolved', async () => {
    const { enreach, keeper, connect, names } = keeperOf(allQueues);
    const methods = connect();
    await keeper.synchronise(methods);
    keeper.want(rulesOf([{ queuesOf: ME, events: ['QueueStatus'] }]));
    enreach.queues = [{ id: SALES, status: undefined }];
    enreach.queueFailures.push(new TransientError('away'));
    await keeper.synchronise(methods);
    expect(names()).toEqual([`${SALES}|QueueStatus`, `${SUPPORT}|QueueStatus`]);
    await keeper.synchronise(methods);
    expect(names()).toEqual([`${SALES}|QueueStatus`]);
  });

  it('take away what none of them names, also while one can not be resolved', async () => {
    const { enreach, keeper, connect, names } = keeperOf(
      rulesOf([
        { queuesOf: 'me', events: ['QueueStatus'] },
        { users: [ME, SUPPORT], events: ['UserStatus'] },
      ]),
    );
    const methods = connect();
    await keeper.synchronise(methods);
    keeper.want(
      rulesOf([
        { queuesOf: 'me', events: ['QueueStatus'] },
        { queuesOf: SUPPORT, events: ['QueueStatus'] },
        { users: [ME], events: ['UserStatus'] },
      ]),
    );
    enreach.queueFailures.push(new TransientError('away'), new PermanentError('Enreach answered 404'));
    await keeper.synchronise(methods);
    expect(names()).toEqual([`${SALES}|QueueStatus`, `${SUPPORT}|QueueStatus`, `${ME}|UserStatus`]);
    expect(keeper.refused().map(({ entityId }) => entityId)).toEqual(['me', SUPPORT]);
  });

  it.each([
    ['does not answer to', []],
    ['keeps', [{ subscribed: false, message: 'Busy', entityId: SUPPORT, eventName: 'queuestatus' }]],
  ])('leave what the hub %s for the next time', async (_how, answer) => {
    const { hub, keeper, connect } = keeperOf(allQueues);
    const methods = connect();
    await keeper.synchronise(methods);
    keeper.want(rulesOf([{ entity: SALES, events: ['QueueStatus'] }]));
    hub.answer = (method) => (method === 'Unsubscribe' ? Promise.resolve(answer) : undefined);
    await keeper.synchronise(methods);
    expect(keeper.active()).toHaveLength(4);
    hub.answer = undefined;
    await keeper.synchronise(methods);
    expect(keeper.active()).toHaveLength(1);
  });
});

describe('a queue', () => {
  it('that comes is subscribed, and one that EnreachAPI leaves out stays', async () => {
    const { enreach, keeper, connect, names } = keeperOf(rulesOf([{ queuesOf: 'me', events: ['QueueStatus'] }]));
    enreach.queues = [{ id: SALES, status: undefined }];
    const methods = connect();
    await keeper.synchronise(methods);
    enreach.queues = [{ id: SUPPORT, status: undefined }];
    await keeper.synchronise(methods);
    expect(names()).toEqual([`${SALES}|QueueStatus`, `${SUPPORT}|QueueStatus`]);
  });
});

describe('gaps', () => {
  it('last from the last sign of life until the subscriptions are active again', async () => {
    const { keeper, connect, gaps, time } = keeperOf(allQueues);
    await keeper.synchronise(connect());
    expect(gaps).toEqual([]);
    keeper.lose(1_500);
    expect(keeper.active()).toEqual([]);
    time.nowMs = 4_000;
    const back = await keeper.synchronise(connect());
    expect(gaps).toEqual([{ fromMs: 1_500, toMs: 4_000, subscriptions: back }]);
    expect(back).toHaveLength(4);
  });

  const inSales = (...names: string[]) => names.map((eventName) => ({ entityId: SALES, eventName }));
  const twoOfSales = rulesOf([{ entity: SALES, events: ['QueueStatus', 'QueueCallInComing'] }]);

  it('are told of what is refused afterwards, too, and go on for it', async () => {
    const { hub, keeper, connect, gaps, time } = keeperOf(twoOfSales);
    await keeper.synchronise(connect());
    keeper.lose(1_500);
    hub.refusals.set(`${SALES}|queuestatus`, 'Unauthorized');
    time.nowMs = 2_000;
    const methods = connect();
    expect(await keeper.synchronise(methods)).toEqual(inSales('QueueStatus', 'QueueCallInComing'));
    time.nowMs = 2_200;
    expect(await keeper.synchronise(methods)).toEqual([]);
    keeper.lose(2_500);
    time.nowMs = 3_000;
    const next = connect();
    await keeper.synchronise(next);
    hub.refusals.clear();
    time.nowMs = 4_000;
    expect(await keeper.synchronise(next)).toEqual(inSales('QueueStatus'));
    expect(gaps).toEqual([
      { fromMs: 1_500, toMs: 2_000, subscriptions: inSales('QueueStatus', 'QueueCallInComing') },
      { fromMs: 2_000, toMs: 3_000, subscriptions: inSales('QueueStatus') },
      { fromMs: 2_500, toMs: 3_000, subscriptions: inSales('QueueCallInComing') },
      { fromMs: 3_000, toMs: 4_000, subscriptions: inSales('QueueStatus') },
    ]);
  });

  it('from before the first connection are told of each subscription when it comes', async () => {
    const { hub, enreach, keeper, connect, gaps, time } = keeperOf(
      rulesOf([
        { queuesOf: 'me', events: ['QueueStatus'] },
        { users: ['me'], events: ['UserStatus', 'UserCallInComing'] },
      ]),
    );
    keeper.missedSince(500);
    hub.refusals.set(`${ME}|usercallincoming`, 'Unauthorized');
    enreach.queueFailures.push(new TransientError('away'));
    const methods = connect();
    await keeper.synchronise(methods);
    time.nowMs = 2_000;
    enreach.queues = [{ id: SALES, status: undefined }];
    await keeper.synchronise(methods);
    time.nowMs = 3_000;
    enreach.queues = [{ id: SUPPORT, status: undefined }];
    hub.refusals.clear();
    keeper.want(
      rulesOf([
        { queuesOf: 'me', events: ['QueueStatus'] },
        { users: ['me'], events: ['UserStatus', 'UserCallInComing'] },
        { entity: SALES, events: ['QueueCallInComing'] },
      ]),
    );
    await keeper.synchronise(methods);
    const ofMe = (...names: string[]) => names.map((eventName) => ({ entityId: ME, eventName }));
    expect(gaps).toEqual([
      { fromMs: 500, toMs: 1_000, subscriptions: ofMe('UserStatus', 'UserCallInComing') },
      { fromMs: 500, toMs: 2_000, subscriptions: inSales('QueueStatus') },
      { fromMs: 1_000, toMs: 3_000, subscriptions: ofMe('UserCallInComing') },
    ]);
  });

  it('from before the first connection may become known after it', async () => {
    const { hub, keeper, connect, gaps, time } = keeperOf(twoOfSales);
    hub.refusals.set(`${SALES}|queuestatus`, 'Unauthorized');
    const methods = connect();
    await keeper.synchronise(methods);
    keeper.missedSince(500);
    time.nowMs = 2_000;
    await keeper.synchronise(methods);
    expect(gaps).toEqual([{ fromMs: 500, toMs: 2_000, subscriptions: inSales('QueueStatus', 'QueueCallInComing') }]);
  });

  it('begin before a connection that failed half-way', async () => {
    const { hub, keeper, connect, gaps, time } = keeperOf(allQueues, 3);
    await keeper.synchronise(connect());
    keeper.lose(1_500);
    hub.answer = (method, connection) =>
      method === 'Subscribe' && connection.count('Subscribe') === 2 ? Promise.reject(new Error('down')) : undefined;
    await expect(keeper.synchronise(connect())).rejects.toThrow(TransientError);
    expect(keeper.active()).toHaveLength(3);
    keeper.lose(2_500);
    hub.answer = undefined;
    time.nowMs = 3_000;
    await keeper.synchronise(connect());
    expect(gaps).toEqual([{ fromMs: 1_500, toMs: 3_000, subscriptions: keeper.active() }]);
  });

  it('are none for what is no longer wanted', async () => {
    const { keeper, connect, gaps } = keeperOf(allQueues);
    await keeper.synchronise(connect());
    keeper.lose(1_500);
    keeper.want(rulesOf([{ entity: SALES, events: ['QueueStatus'] }]));
    await keeper.synchronise(connect());
    expect(gaps.map(({ subscriptions }) => subscriptions)).toEqual([[{ entityId: SALES, eventName: 'QueueStatus' }]]);
  });

  it('forget what is not wanted for a while', async () => {
    const { keeper, connect, gaps } = keeperOf(rulesOf([{ entity: SALES, events: ['QueueStatus'] }]));
    await keeper.synchronise(connect());
    keeper.lose(1_500);
    keeper.want(rulesOf([{ entity: ME, events: ['UserStatus'] }]));
    const methods = connect();
    await keeper.synchronise(methods);
    keeper.want(rulesOf([{ entity: SALES, events: ['QueueStatus'] }]));
    await keeper.synchronise(methods);
    expect(gaps).toEqual([]);
  });

  it('are told when nothing will close them', async () => {
    const { keeper, connect, gaps, time } = keeperOf(allQueues);
    await keeper.synchronise(connect());
    keeper.giveUp();
    expect(gaps).toEqual([]);
    keeper.lose(1_500);
    time.nowMs = 9_000;
    keeper.giveUp();
    keeper.giveUp();
    expect(gaps).toMatchObject([{ fromMs: 1_500, toMs: 9_000 }]);
  });
});

it('what is asked for at once is asked for one after the other', async () => {
  const { hub, keeper, connect } = keeperOf(allQueues);
  const methods = connect();
  await Promise.all([keeper.synchronise(methods), keeper.synchronise(methods)]);
  expect(hub.last.count('Subscribe')).toBe(1);
});

describe('a connection that ends', () => {
  it('while it is asked takes none of its answers to the next one', async () => {
    const { hub, keeper, connect } = keeperOf(allQueues);
    hub.answer = (method, connection) => {
      if (method === 'Subscribe' && connection === hub.connections[0]) keeper.lose(1_500);
      return undefined;
    };
    await expect(keeper.synchronise(connect())).rejects.toThrow('ended meanwhile');
    expect(keeper.active()).toEqual([]);
    await keeper.synchronise(connect());
    expect(keeper.active()).toHaveLength(4);
  });
});

it('10,000 subscriptions go in calls of the size that was set', async () => {
  const { hub, enreach, keeper, connect } = keeperOf(allQueues, 250);
  enreach.queues = Array.from({ length: 5_000 }, (_, n) => ({
    id: `c0000000-0000-0000-0000-${String(n).padStart(12, '0')}`,
    status: undefined,
  }));
  await keeper.synchronise(connect());
  const sizes = hub.last.calls.filter(({ method }) => method === 'Subscribe').map(({ items }) => items.length);
  expect([keeper.active().length, sizes.length, new Set(sizes)]).toEqual([10_000, 40, new Set([250])]);
  expect(JSON.stringify(hub.last.calls.at(-1)?.items).length).toBeLessThan(30_000);
});
