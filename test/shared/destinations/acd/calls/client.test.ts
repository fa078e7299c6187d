import { describe, expect, it } from 'vitest';
import type { AcdClient } from '../../../../../shared/destinations/acd/client.ts';
import { PermanentError, TransientError } from '../../../../../shared/errors.ts';
import { failureOf } from '../../bound-step.ts';
import { acd, line, missing, statusOnly } from '../acd-under-test.ts';

describe('List live calls', () => {
  it('reads calls, whose flags are numbers', async () => {
    const records = [
      { UFN: 'abc-1', bOutbound: 0, dtCallStart: '2022-01-04T13:31:37.477546Z' },
      { UFN: 17, bOutbound: 1 },
    ];
    const { net, client } = acd({ json: { records, count: 2, orderBy: 'UFN', status: 200 } });
    expect(await client.listCalls()).toEqual([
      { ...records[0], bOutbound: false },
      { UFN: '17', bOutbound: true },
    ]);
    expect(line(net.only())).toBe('GET /calls');
  });

  it('may succeed later', async () =>
    expect(await failureOf(acd({ status: 503 }).client.listCalls())).toBeInstanceOf(TransientError));
});

const acting: [string, (client: AcdClient, ufn: string) => Promise<void>, string, string][] = [
  ['Answer a call', (client, ufn) => client.answerCall(ufn), 'answer', 'answer call'],
  ['Hang up a call', (client, ufn) => client.hangUpCall(ufn), 'hangup', 'hang up call'],
  ['Hold a call', (client, ufn) => client.holdCall(ufn), 'hold', 'hold call'],
];

describe.each(acting)('%s', (_what, act, segment, operation) => {
  it('acts by a GET, whatever the answer holds', async () => {
    const { net, client } = acd(statusOnly, {});
    await act(client, 'abc-1');
    await act(client, 'abc-1');
    expect(net.requests.map(line)).toEqual(Array(2).fill(`GET /calls/abc-1/${segment}`));
  });

  it.each([
    ['a fault', { status: 500, json: { status: 500 } }, 'answered 500'],
    ['a refusal for now', { status: 429, headers: { 'retry-after': '1' } }, 'answered 429'],
    ['a refused token', { status: 401 }, 'answered 401'],
    ['a lost connection', new TypeError('fetch failed'), 'could not be reached'],
  ] as const)('is never to be repeated, not even after %s', async (_why, answer, text) => {
    const { net, client } = acd(answer);
    const failure = await failureOf(act(client, 'abc-1'));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toContain(text);
    expect(failure.message).toMatch(
      new RegExp(`"${operation}".*; it is not repeated, because it acts on a call that is going on$`),
    );
    expect(net.requests).toHaveLength(1);
  });

  it('fails for good when the call is over', async () => {
    const failure = await failureOf(act(acd(missing).client, 'abc-1'));
    expect(failure.message).toBe(`jtel ACD answered 404 (no such object) to "${operation}"`);
  });

  it.each(['..', '.', ''])('sends nothing for the call "%s"', async (ufn) => {
    const { net, client } = acd();
    expect((await failureOf(act(client, ufn))).message).toBe(
      `"${operation}" can't be sent: ufn must be text, and not dots alone`,
    );
    expect(net.requests).toEqual([]);
  });
});
