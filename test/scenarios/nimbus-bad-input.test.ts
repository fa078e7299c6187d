import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recase } from '../helpers/casing.ts';
import {
  type ObjectShape,
  type Place,
  placesOf,
  publishedObject,
  type Shape,
} from '../helpers/published-definition.ts';
import { eventually, startTestStack, type TestStack } from '../helpers/stack.ts';

let test: TestStack;

beforeAll(async () => {
  test = await startTestStack({
    settings: {
      BRIDGE_ROUTE_SETTINGS: JSON.stringify({
        ticketPerCall: true,
        callBackAfterMinutes: 15,
        followUpService: 'helpdesk@contoso.example',
      }),
    },
  });
});

afterAll(() => test?.stop());

const AT_ONCE = 8;
const LONG = 'x'.repeat(100_000);

interface Webhook {
  readonly path: string;
  readonly idKey: string;
  readonly shape: ObjectShape;
}

const webhooks: readonly Webhook[] = [
  { path: 'nimbus/tasks', idKey: 'taskId', shape: publishedObject('TaskEventData') },
  { path: 'nimbus/scheduler-entries', idKey: 'schedulerEntryId', shape: publishedObject('SchedulerEntryEventData') },
];

/** Fields that become part of the event's own attributes, which have less room than its data. */
const ATTRIBUTES = new Set(['taskid', 'schedulerentryid', 'event', 'serviceid', 'serviceupn']);

interface Variant {
  readonly name: string;
  /** The payload with one field made different. */
  readonly change: (payload: object, place: Place) => object;
  /** Whether the answer is 422, as the README says, or else 202. */
  readonly isRefused: (place: Place, webhook: Webhook) => boolean;
}

const isNeeded = ({ keys }: Place, { idKey }: Webhook) =>
  keys.length === 1 && (keys[0] === idKey || keys[0] === 'event');

const variants: readonly Variant[] = [
  {
    name: 'of the wrong type',
    change: (payload, { keys, shape }) => put(payload, keys, ofWrongType(shape)),
    isRefused: () => true,
  },
  { name: 'missing', change: (payload, { keys }) => put(payload, keys, undefined), isRefused: isNeeded },
  { name: 'null', change: (payload, { keys }) => put(payload, keys, null), isRefused: isNeeded },
  {
    name: 'over-long',
    change: (payload, { keys }) => put(payload, keys, LONG),
    isRefused: ({ keys, shape }) =>
      shape.kind !== 'string' || (keys.length === 1 && ATTRIBUTES.has(keys.join().toLowerCase())),
  },
  {
    name: 'in another casing',
    change: (payload, { keys }) =>
      recase(
        payload,
        (key) => key.toUpperCase(),
        (key) => keys.includes(key),
      ),
    isRefused: () => false,
  },
  {
    name: 'with unknown fields beside it',
    change: (payload, { keys }) =>
      put(payload, [...keys.slice(0, -1), 'someNewerField'], { deep: [1, null, { x: 'y' }] }),
    isRefused: () => false,
  },
];

function ofWrongType({ kind }: Shape): unknown {
  return kind === 'string' ? 7 : kind === 'object' ? ['text'] : { text: true };
}

/** A value that fits a shape. */
function sample(shape: Shape): unknown {
  switch (shape.kind) {
    case 'object':
      return Object.fromEntries(Object.entries(shape.properties).map(([key, below]) => [key, sample(below)]));
    case 'array':
      return [sample(shape.items)];
    case 'integer':
      return 3;
    case 'boolean':
      return false;
    case 'string':
      return 'text';
  }
}

/** A copy of `into` with `value` at `keys`; undefined takes away what is there. */
function put(into: unknown, keys: readonly string[], value: unknown): object {
  const [key = '', ...rest] = keys;
  const entries = Object.entries(into ?? {});
  const below = rest.length === 0 ? value : put(entries.find(([name]) => name === key)?.[1], rest, value);
  const others = entries.filter(([name]) => name !== key);
  if (Array.isArray(into)) return [below];
  return Object.fromEntries(below === undefined ? others : [...others, [key, below]]);
}

interface Case {
  readonly what: string;
  readonly path: string;
  readonly payload: object;
  readonly isRefused: boolean;
  readonly pointer: string;
}

/** Every field of both webhooks in every variant. No route wants these events: how they are taken is what matters here. */
const cases: readonly Case[] = webhooks.flatMap((webhook) =>
  placesOf(webhook.shape).flatMap((place) =>
    variants.map((variant): Case => {
      const what = `${place.keys.join('.')} ${variant.name}`;
      const base = { ...asObject(sample(webhook.shape)), event: 'Queue entered', [webhook.idKey]: `bad-${what}` };
      return {
        what: `${webhook.path}: ${what}`,
        path: webhook.path,
        payload: variant.change(base, place),
        isRefused: variant.isRefused(place, webhook),
        pointer: `/${place.keys.join('/')}`,
      };
    }),
  ),
);

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

async function inBatches<Item, Result>(
  items: readonly Item[],
  run: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const pending = items.entries();
  const worker = async () => {
    for (const [index, item] of pending) results[index] = await run(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

describe('a webhook with one field that is not as published', () => {
  it(`is taken or refused as said, in each of ${cases.length} cases, and what is taken is routed`, async () => {
    const answers = await inBatches(cases, async ({ path, payload }) => {
      const response = await test.post(path, payload);
      return { status: response.status, body: JSON.parse(await response.text()) };
    });

    const seen = answers.map(({ status, body }, index) => ({
      what: cases[index]?.what,
      status,
      pointers: body.errors?.map((error: { pointer: string }) => error.pointer),
    }));
    expect(seen).toEqual(
      cases.map(({ what, isRefused, pointer }) => ({
        what,
        status: isRefused ? 422 : 202,
        pointers: isRefused ? [pointer] : undefined,
      })),
    );

    const ids: string[] = answers.flatMap(({ status, body }) => (status === 202 ? [body.id] : []));
    expect(new Set(ids).size).toBe(ids.length);
    const routed = () => new Set(test.lines.flatMap((line) => / routed event=(\S+)/.exec(line)?.[1] ?? []));
    await eventually(() => routed().size >= ids.length || undefined, 'every event routed', 30_000);
    expect(routed()).toEqual(new Set(ids));
  }, 60_000);

  it.each([
    ['two over-long fields', { emailSubject: LONG, initialMessage: LONG }],
    ['a field whose letters take two bytes each', { initialMessage: 'ü'.repeat(100_000) }],
  ])('is refused by its size: %s', async (_what, fields) => {
    const response = await test.post('nimbus/tasks', { taskId: 'too-big', event: 'Queue entered', ...fields });

    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ detail: 'The body may have at most 131072 bytes.' });
  });
});

/** Longer than every destination takes, and short enough to get there. */
const NAME = 'n'.repeat(10_000);

const missed = {
  event: 'Terminated',
  direction: 'Inbound',
  modality: 'Audio',
  callerTelNumber: '+441632960123',
  serviceUPN: 'helpdesk@contoso.example',
};
const handled = { ...missed, lastConnectedUserId: 'mia' };
const ended = { event: 'Completed', completionReason: 'LimitReached', destination: '+441632960123' };
const callAgain = { customContextParameters: [{ name: 'CallAgainAt', value: '2031-03-05T10:00:00+01:00' }] };

interface LongCase {
  readonly what: string;
  readonly webhook?: Webhook | undefined;
  readonly payload: object;
  /** For each route that wants the event: where it ends, and the argument that does not fit if one does not. */
  readonly ends: Readonly<Record<string, readonly [step: string, refused?: string]>>;
}

const longCases: readonly LongCase[] = [
  {
    what: "a customer's name, missed call",
    payload: { ...missed, taskInformation: { customer: { displayName: NAME, firstName: NAME, lastName: NAME } } },
    ends: {
      'missed-call-crm-task': ['crm.createActivity'],
      'missed-call-acd-callback': ['acd.createEvent'],
      'missed-call-lucs-task': ['lucs.createTask', 'caller'],
      'missed-call-call-back': ['nimbus.scheduleCall'],
    },
  },
  {
    what: "a service's name, missed call",
    payload: { ...missed, serviceDisplayName: NAME },
    ends: {
      'missed-call-crm-task': ['crm.createActivity', 'description'],
      'missed-call-acd-callback': ['acd.createEvent', 'subject'],
      'missed-call-lucs-task': ['lucs.createTask'],
      'missed-call-call-back': ['nimbus.scheduleCall'],
    },
  },
  {
    what: "a caller's number, missed call",
    payload: { ...missed, callerTelNumber: NAME },
    ends: {
      'missed-call-crm-task': ['crm.findContact', 'phone'],
      'missed-call-acd-callback': ['acd.createEvent', 'sender'],
      'missed-call-lucs-task': ['lucs.createTask', 'caller'],
      'missed-call-call-back': ['nimbus.scheduleCall', 'destination'],
    },
  },
  {
    what: 'the subject and text of an e-mail',
    payload: { ...missed, modality: 'Email', callerTelNumber: '', emailSubject: NAME, emailBodyUniquePlainText: NAME },
    ends: {
      'missed-call-crm-task': ['crm.createActivity'],
      'missed-call-lucs-task': ['lucs.createTask'],
    },
  },
  {
    what: 'the first message of a chat and who wrote it',
    payload: {
      ...missed,
      modality: 'InstantMessaging',
      callerTelNumber: '',
      initialMessage: NAME,
      customerIdentifier: NAME,
    },
    ends: {
      'missed-call-crm-task': ['crm.createActivity'],
      'missed-call-lucs-task': ['lucs.createTask'],
      'missed-chat-follow-up': ['nimbus.addExternalTask'],
    },
  },
  {
    what: "a service's name, handled call",
    payload: { ...handled, serviceDisplayName: NAME },
    ends: { 'handled-call-crm-activity': ['crm.createActivity', 'subject'] },
  },
  {
    what: 'a parameter, handled call',
    payload: { ...handled, taskInformation: { customContextParameters: [{ name: 'Notes', value: NAME }] } },
    // The route cuts it.
    ends: { 'handled-call-crm-activity': ['crm.createActivity'] },
  },
  {
    what: "a customer's name, call that is to be repeated",
    payload: { ...handled, taskInformation: { customer: { displayName: NAME, firstName: NAME }, ...callAgain } },
    ends: {
      'handled-call-crm-activity': ['crm.createActivity'],
      'call-again-later': ['nimbus.scheduleCall'],
    },
  },
  {
    what: 'a reference that does not fit into the ledger, call that is to be repeated',
    payload: { ...handled, referenceId: 'r'.repeat(40_000), taskInformation: callAgain },
    ends: {
      'handled-call-crm-activity': ['crm.createActivity'],
      'call-again-later': ['nimbus.scheduleCall', 'referenceId'],
    },
  },
  {
    what: "a caller's number, call that comes in",
    payload: { ...missed, event: 'SystemAccepted', callerTelNumber: NAME },
    ends: { 'caller-details': ['crm.findContact', 'phone'] },
  },
  {
    what: 'what the caller entered',
    payload: {
      ...missed,
      event: 'ParameterUpdated',
      updatedParameterName: 'CustomerContact',
      updatedParameterValue: `${NAME}@customer.example`,
    },
    ends: { 'caller-identified': ['crm.findContact', 'email'] },
  },
  {
    what: "a service's name, ticket",
    payload: { ...missed, event: 'UserAccepted', serviceDisplayName: NAME },
    ends: { 'call-ticket': ['crm.createActivity', 'subject'] },
  },
  {
    what: 'the customer of an external task',
    payload: { event: 'Created', modality: 'ExternalTask', customerIdentifier: NAME },
    ends: { 'external-task-to-lucs': ['lucs.createTask', 'caller'] },
  },
  {
    what: 'the reference of a scheduled call',
    webhook: webhooks[1],
    payload: { ...ended, ReferenceId: NAME },
    ends: {
      'scheduled-call-outcome': ['crm.createActivity', 'description'],
      'scheduled-call-limit-reached': ['acd.createEvent', 'subject'],
    },
  },
  {
    what: 'the destination of a scheduled call',
    webhook: webhooks[1],
    payload: { ...ended, destination: NAME },
    ends: {
      'scheduled-call-outcome': ['crm.findContact', 'phone'],
      'scheduled-call-limit-reached': ['acd.createEvent', 'sender'],
    },
  },
];

describe('a field that is longer than a destination takes', () => {
  it.each(longCases)('$what: each route ends at once, with what does not fit kept', async (longCase) => {
    const { path, idKey } = longCase.webhook ?? { path: 'nimbus/tasks', idKey: 'taskId' };
    const response = await test.post(path, { [idKey]: `long-${longCase.what}`, ...longCase.payload });
    expect(response.status).toBe(202);
    const { id } = JSON.parse(await response.text());

    const about = () => test.lines.filter((line) => line.includes(`event=${id} `));
    const ends = Object.entries(longCase.ends);
    await eventually(
      () => ends.every(([route, [step]]) => resultOf(about(), route, step) !== undefined) || undefined,
      'the end of every route',
    );

    const routed = about().find((line) => line.includes(' routed '));
    expect(
      / to=(\S+)/
        .exec(routed ?? '')?.[1]
        ?.split(',')
        .sort(),
    ).toEqual(Object.keys(longCase.ends).sort());
    expect(ends.map(([route, [step]]) => [route, resultOf(about(), route, step)])).toEqual(
      ends.map(([route, [, refused]]) => [route, refused === undefined ? 'done' : 'failed']),
    );
    const failures = (await peekFailed()).filter(({ applicationProperties }) => applicationProperties?.eventId === id);
    expect(
      Object.fromEntries(
        failures.map(({ applicationProperties: { route, errorMessage } = {} }) => [route, errorMessage]),
      ),
    ).toEqual(
      Object.fromEntries(
        ends.flatMap(([route, [, refused]]) =>
          refused === undefined
            ? []
            : [[route, expect.stringMatching(`^the route gives wrong arguments: ${refused}: (Too big|Invalid dest)`)]],
        ),
      ),
    );
    for (const { body } of failures) expect(body.delivery.event).toMatchObject({ id });
  });

  /** All that is in `failed`: a look at it shows a limited number of messages. */
  async function peekFailed() {
    const receiver = test.bus.createReceiver('failed');
    try {
      return await receiver.peekMessages(250);
    } finally {
      await receiver.close();
    }
  }

  function resultOf(lines: readonly string[], route: string, step: string): string | undefined {
    const line = lines.find((text) => text.includes(` route=${route} step=${step} `));
    return line && /result=(\S+)/.exec(line)?.[1];
  }
});

describe('after all of that', () => {
  it('the bridge is healthy, nothing had to be started again or waits, and the log holds nothing of the content', async () => {
    const health = await fetch(`${test.stack.bridgeUrl}/api/health`);

    expect(health.status).toBe(200);
    expect(test.lines.filter((line) => /is started again|given up:|result=retry|dead-letter/i.test(line))).toEqual([]);
    expect(test.lines.filter((line) => line.includes('nnnnnnnn') || line.includes('xxxxxxxx'))).toEqual([]);
  });
});
