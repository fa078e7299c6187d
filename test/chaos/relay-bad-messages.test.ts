/** 10,000 messages that can't be read, or that nobody has documented, between good ones. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CloudEvent } from '../../shared/events/cloud-event.ts';
import { differenceAtLast, loadHub, NO_DIFFERENCE, outOfOrder } from '../helpers/hub-load.ts';
import { type RelayProcess, type RelayStack, startRelayStack, untilInStep } from '../helpers/relay-stack.ts';
import { eventually } from '../helpers/stack.ts';

const ROUNDS = 100;
const MALFORMED = 80;
const NOT_JSON = 10;
const UNKNOWN = 10;

let test: RelayStack;
let relay: RelayProcess;

beforeAll(async () => {
  test = await startRelayStack();
  relay = await test.startRelay();
  await untilInStep([relay]);
});

afterAll(() => test?.stop());

it(`lets all good messages through between ${ROUNDS * (MALFORMED + NOT_JSON + UNKNOWN)} bad ones, and keeps these`, async () => {
  const { hub } = test;
  const queueId = hub.directory.queues[0]?.id ?? '';
  const load = loadHub(hub, 500);
  for (let round = 1; round <= ROUNDS; round += 1) {
    hub.raiseMalformed(MALFORMED);
    for (let number = 1; number <= NOT_JSON; number += 1) hub.sendToAll(`{"type":1, round ${round}.${number}\x1e`);
    for (let number = 1; number <= UNKNOWN; number += 1) {
      hub.raise('QueueDreamtOf', queueId, { number: round * UNKNOWN + number });
    }
    await delay(10);
  }
  await load.stop();

  expect(await differenceAtLast(load.raised, test.arrived, 30_000)).toEqual(NO_DIFFERENCE);
  const countOf = (events: readonly CloudEvent[], name: string) =>
    events.filter(({ type }) => type === `com.enreach.rte.${name}`).length;
  await eventually(async () => {
    const arrived = await test.arrived();
    return arrived.length >= load.raised.length + ROUNDS * (MALFORMED + NOT_JSON + UNKNOWN) ? true : undefined;
  }, 'every bad message arrives').catch(() => undefined);
  const arrived = await test.arrived();
  expect(outOfOrder(load.raised, arrived)).toEqual([]);
  expect(countOf(arrived, 'unparsed')).toBe(ROUNDS * (MALFORMED + NOT_JSON));
  expect(countOf(arrived, 'queuedreamtof')).toBe(ROUNDS * UNKNOWN);
  expect(arrived).toContainEqual(
    expect.objectContaining({
      type: 'com.enreach.rte.unparsed',
      data: expect.objectContaining({ raw: `{"type":1, round ${ROUNDS}.${NOT_JSON}` }),
    }),
  );

  // Nobody had to connect again because of them.
  expect(load.raised.filter(({ deliveredTo }) => deliveredTo !== 1)).toEqual([]);
  expect(await relay.figures()).toMatchObject({
    ready: true,
    reconnects: 0,
    received: arrived.length,
    sent: arrived.length,
    unparsed: ROUNDS * (MALFORMED + NOT_JSON),
    unknownEvents: ROUNDS * UNKNOWN,
  });
}, 90_000);
