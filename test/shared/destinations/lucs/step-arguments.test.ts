import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lucsSteps } from '../../../../shared/destinations/lucs/steps.ts';
import type { PlannedAnswer, RecordedRequest } from '../../../helpers/fake-fetch.ts';
import { problemsOf, run } from '../bound-step.ts';
import { CALLBACK_ID, callback, lucs, SERVICE, TASK_ID, waitingTask } from './lucs-under-test.ts';

type StepName = keyof typeof lucsSteps;
type Args = Readonly<Record<string, unknown>>;

/** Every argument of every step with a value that fits, but those that rule each other out. */
const fitting: Readonly<Record<StepName, Args>> = {
  'lucs.createTask': {
    service: SERVICE,
    required: { audio: true },
    distributeToAgent: true,
    ronaTimeoutSeconds: 45,
    caller: 'Erika Muster',
    preferredAgents: ['sip:a.berg@corp.example'],
    considerPreferredAgentsOnly: true,
    externalTaskId: 'crm-1',
  },
  'lucs.getTask': { task: 'crm-1' },
  'lucs.refreshTask': { task: 'crm-1', setAgentOnRona: true },
  'lucs.setTaskEstablished': { task: 'crm-1' },
  'lucs.terminateTask': { task: 'crm-1' },
  'lucs.createCallback': {
    target: 'sip:e.muster@customer.example',
    alternativeTarget: 'sip:e.muster@customer.example',
    serviceId: SERVICE,
    secondsBetweenRetries: 300,
    maxRetries: 3,
    priority: 'High',
    dueDate: '2025-03-05T15:00:00Z',
    description: 'Order 4711',
    externalTaskId: 'crm-1',
    contextUrl: 'https://crm.example/1',
    callerId: 'bridge',
  },
  'lucs.cancelCallback': { externalTaskId: 'crm-1' },
  'lucs.findCallbacks': {
    externalTaskId: 'crm-1',
    target: 'sip:e.muster@customer.example',
    serviceSip: 'sip:support@corp.example',
    state: 'Pending',
    startDate: '2025-03-05T15:00:00Z',
    endDate: '2025-03-06T15:00:00Z',
    callerId: 'bridge',
    limit: 10,
    offset: 0,
    orderBy: 'DueDate',
    sortOrder: 'Ascending',
  },
};

/** Those in place of their counterparts. */
const instead: readonly [StepName, Args, string][] = [
  ['lucs.createCallback', { serviceSip: 'sip:support@corp.example' }, 'serviceId'],
  ['lucs.cancelCallback', { callbackId: CALLBACK_ID }, 'externalTaskId'],
  ['lucs.findCallbacks', { serviceId: SERVICE }, 'serviceSip'],
];

const answers: Readonly<Record<StepName, PlannedAnswer>> = {
  'lucs.createTask': { json: TASK_ID },
  'lucs.getTask': { json: waitingTask },
  'lucs.refreshTask': {},
  'lucs.setTaskEstablished': {},
  'lucs.terminateTask': {},
  'lucs.createCallback': { json: callback },
  'lucs.cancelCallback': { json: [] },
  'lucs.findCallbacks': { json: [] },
};

const names = Object.keys(lucsSteps).filter((name): name is StepName => name in lucsSteps);

const everyArgument = [
  ...names.map((name) => ({ name, args: fitting[name] })),
  ...instead.map(([name, other, replaced]) => ({
    name,
    args: { ...Object.fromEntries(Object.entries(fitting[name]).filter(([key]) => key !== replaced)), ...other },
  })),
].flatMap(({ name, args }) => Object.entries(args).map(([argument, value]) => ({ name, args, argument, value })));

/** Values of every type but the one that fits. */
function wrongFor(value: unknown): fc.Arbitrary<unknown> {
  const kind = Array.isArray(value) ? 'array' : typeof value;
  const ofType = {
    string: fc.string(),
    number: fc.oneof(
      fc.double({ noInteger: true }),
      fc.integer({ min: 2 ** 31, max: 2 ** 40 }),
      fc.integer({ min: -9, max: -1 }),
    ),
    boolean: fc.boolean(),
    object: fc.constantFrom({ x: 1 }, { __proto__: null, audio: 'yes' }, { audio: null }),
    array: fc.constantFrom([1], [['x']], [{}]),
    null: fc.constant(null),
  };
  const wrong = Object.entries(ofType).flatMap(([type, values]) =>
    type === kind && type !== 'number' && type !== 'object' && type !== 'array' ? [] : [values],
  );
  return fc.oneof(...wrong);
}

describe.each(everyArgument)('$name, argument $argument', ({ name, args, argument, value }) => {
  const problems = (wrong: unknown) => problemsOf(lucsSteps[name], lucs().client, { ...args, [argument]: wrong });

  it('fits', () => {
    expect(problems(value)).toEqual([]);
  });

  it('is refused by its name when it has another type or is out of range', () => {
    fc.assert(
      fc.property(wrongFor(value), (wrong) => {
        expect(problems(wrong)).toEqual([expect.stringMatching(`^${argument}[.:]`)]);
      }),
      { numRuns: 40 },
    );
  });

  it('is refused by its name when it is text without end', () => {
    if (typeof value === 'string') {
      for (const more of ['x', '0', ' ']) {
        expect(problems(value + more.repeat(100_000))).toContainEqual(expect.stringMatching(`^${argument}: `));
      }
    }
  });
});

/** Text that would do harm where it is taken for more than text. */
const injection = fc.constantFrom(
  '../',
  '..\\',
  '/../../x',
  '?x=',
  '&Limit=1',
  '#',
  '%2e%2e',
  '%2F',
  '%00',
  '\r\n',
  '\r\nX-Injected: 1',
  '\u0000',
  '\u001b[2J',
  '"',
  "'",
  '`',
  '{id}',
  '{taskIdentifier}',
  '$&',
  '<script>',
  ';',
  '\uD800',
  '\u2028',
);
const injected = (around: string) =>
  fc
    .tuple(fc.array(fc.oneof(injection, fc.string({ unit: 'grapheme' })), { maxLength: 2 }), injection, fc.boolean())
    .map(([parts, one, isBefore]) =>
      isBefore ? `${parts.join('')}${one}${around}` : `${around}${one}${parts.join('')}`,
    );

/** Arguments of free text, and where on the wire they arrive. */
const freeText: readonly [StepName, string, { readonly body: string } | { readonly pathPart: number }][] = [
  ['lucs.createTask', 'caller', { body: 'Caller' }],
  ['lucs.createTask', 'externalTaskId', { body: 'ExternalTaskId' }],
  ['lucs.getTask', 'task', { pathPart: 4 }],
  ['lucs.refreshTask', 'task', { pathPart: 4 }],
  ['lucs.setTaskEstablished', 'task', { pathPart: 4 }],
  ['lucs.terminateTask', 'task', { pathPart: 4 }],
  ['lucs.createCallback', 'description', { body: 'Description' }],
  ['lucs.createCallback', 'externalTaskId', { body: 'ExternalTaskId' }],
  ['lucs.createCallback', 'callerId', { body: 'CallerId' }],
  ['lucs.cancelCallback', 'externalTaskId', { body: 'ExternalTaskId' }],
  ['lucs.findCallbacks', 'externalTaskId', { body: 'ExternalTaskId' }],
  ['lucs.findCallbacks', 'callerId', { body: 'CallerId' }],
];

async function sent(name: StepName, args: Args): Promise<RecordedRequest> {
  const { net, client } = lucs(answers[name]);
  await run(lucsSteps[name], client, args);
  return net.only();
}

describe.each(freeText)('%s, free text of %s', (name, argument, place) => {
  it('is refused by its name, or arrives in its place and changes nothing else', async () => {
    const plain = await sent(name, { ...fitting[name], [argument]: 'plain' });
    await fc.assert(
      fc.asyncProperty(fc.oneof(injected('x'), injection, fc.constantFrom('.', '..', '')), async (text) => {
        const args = { ...fitting[name], [argument]: text };
        const problems = problemsOf(lucsSteps[name], lucs().client, args);
        const isLegal = text !== '' && !/[\p{Cc}\p{Cs}]/u.test(text) && text.length <= 128;
        if (problems.length > 0) {
          expect(problems).toEqual([expect.stringMatching(`^${argument}: `)]);
          expect(isLegal && text !== '.' && text !== '..').toBe(false);
          return;
        }
        expect(isLegal).toBe(true);
        const request = await sent(name, args);
        const parts = request.url.pathname.split('/');
        const expected = plain.url.pathname.split('/');
        if ('pathPart' in place) {
          expect(decodeURIComponent(parts[place.pathPart] ?? '')).toBe(text);
          expected[place.pathPart] = parts[place.pathPart] ?? '';
          expect(request.body).toEqual(plain.body);
        } else {
          expect(request.body).toEqual({ ...Object(plain.body), [place.body]: text });
        }
        expect(parts).toEqual(expected);
        expect([request.url.search, request.url.hash]).toEqual([plain.url.search, '']);
        expect([request.method, request.url.origin, request.headers]).toEqual([
          plain.method,
          plain.url.origin,
          plain.headers,
        ]);
      }),
      { numRuns: 60 },
    );
  });
});

const isFreeText = (name: StepName, argument: string) =>
  freeText.some(([step, field]) => step === name && field === argument);

describe.each(
  everyArgument.filter(
    ({ name, argument, value }) =>
      typeof value === 'string' && !isFreeText(name, argument) && argument !== 'contextUrl',
  ),
)('$name, text of a given form for $argument', ({ name, args, argument, value }) => {
  it('is refused by its name as soon as something is injected', () => {
    fc.assert(
      fc.property(injected(String(value)), (text) => {
        const problems = problemsOf(lucsSteps[name], lucs().client, { ...args, [argument]: text });
        // What of it may stand in the part before the @, or in a host, is harmless in JSON.
        if (/arget$|Sip$/.test(argument) && problems.length === 0)
          expect(text).toMatch(/^ *sip: *[^\s@:;?<>"]+@[^\s@:;?<>"]+ *$/i);
        else expect(problems).toEqual([expect.stringMatching(`^${argument}: `)]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('an argument that no step has', () => {
  it.each(names)('is refused by %s', (name) => {
    expect(problemsOf(lucsSteps[name], lucs().client, { ...fitting[name], srevice: 'SECRET' })).toEqual([
      'arguments: Unrecognized key: "srevice"',
    ]);
  });
});
