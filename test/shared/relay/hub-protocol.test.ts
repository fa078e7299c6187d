import { type HubMessage, MessageType, NullLogger } from '@microsoft/signalr';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LosslessHubProtocol } from '../../../shared/relay/hub-protocol.ts';

const RS = '\x1e';

function protocol() {
  const messages: unknown[] = [];
  const alive: number[] = [];
  let nowMs = 100;
  const receiver = {
    onAlive: (atMs: number) => void alive.push(atMs),
    onMessage: (message: unknown, receivedAtMs: number) => void messages.push([message, receivedAtMs]),
  };
  const subject = new LosslessHubProtocol(receiver, () => nowMs++);
  const take = (text: string): HubMessage[] => subject.parseMessages(text, NullLogger.instance);
  return { subject, messages, alive, take };
}

const received = (argument: unknown, target = 'MessageReceived') =>
  JSON.stringify({ type: 1, target, arguments: [argument] }) + RS;

describe('the protocol of the hub', () => {
  it('hands messages to the receiver in order, with the time of their frame', () => {
    const { messages, take } = protocol();
    expect(take(received({ a: 1 }) + received({ a: 2 }, 'messagereceived'))).toEqual([]);
    expect(take(received({ a: 3 }))).toEqual([]);
    expect(messages).toEqual([
      [{ a: 1 }, 100],
      [{ a: 2 }, 100],
      [{ a: 3 }, 101],
    ]);
  });

  it('leaves everything else to SignalR', () => {
    const { messages, take } = protocol();
    const others = [
      { type: 3, invocationId: '0', result: [] },
      { type: 1, target: 'SubscribeDetails', arguments: [[]] },
      { type: 1, target: 'MessageReceived', arguments: [{}], invocationId: '7' },
      { type: 7, allowReconnect: true },
    ];
    expect(take(others.map((record) => JSON.stringify(record) + RS).join(''))).toEqual(others);
    expect(messages).toEqual([]);
  });

  it('takes any record as a sign of life', () => {
    const { alive, take } = protocol();
    expect(take(`{"type":6}${RS}`)).toEqual([]);
    take(received(1));
    expect(alive).toEqual([100, 101]);
  });

  it.each([
    ['no JSON', '{"type":1,"target":"MessageReceived","arguments":[{"a":]}'],
    ['no object', '"text"'],
    ['without a type', '{"target":"MessageReceived"}'],
    ['without a target', '{"type":1,"arguments":[]}'],
    ['with an unusable completion', '{"type":3}'],
  ])('hands over a record that is %s as its text, and goes on', (_what, record) => {
    const { messages, take } = protocol();
    expect(take(received('before') + record + RS + received('after'))).toEqual([]);
    expect(messages.map((entry) => (Array.isArray(entry) ? entry[0] : entry))).toEqual(['before', record, 'after']);
  });

  it('keeps all arguments where there is not just one', () => {
    const { messages, take } = protocol();
    take(`{"type":1,"target":"MessageReceived","arguments":[1,2]}${RS}{"type":1,"target":"MessageReceived"}${RS}`);
    expect(messages).toEqual([
      [[1, 2], 100],
      [undefined, 100],
    ]);
  });

  it('reads records however they are cut into frames', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { maxLength: 5 }),
        fc.array(fc.nat(200), { maxLength: 8 }),
        (values, cuts) => {
          const { messages, take } = protocol();
          const text = values.map((value) => received(value)).join('');
          const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
          for (const [index, start] of places.slice(0, -1).entries()) take(text.slice(start, places[index + 1]));
          expect(messages.map((entry) => (Array.isArray(entry) ? entry[0] : entry))).toEqual(
            values.map((value): unknown => JSON.parse(JSON.stringify(value))),
          );
        },
      ),
    );
  });

  it('writes as SignalR does', () => {
    expect(protocol().subject.writeMessage({ type: MessageType.Ping })).toBe(`{"type":6}${RS}`);
  });
});
