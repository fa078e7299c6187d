import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acdSteps } from '../../../../shared/destinations/acd/steps.ts';
import { $ZodObject } from '../../../../shared/zod.ts';
import type { PlannedAnswer, RecordedRequest } from '../../../helpers/fake-fetch.ts';
import { problemsOf, run } from '../bound-step.ts';
import { acd, BASE_URL, fullList, shortList, statusOnly } from './acd-under-test.ts';

type StepName = keyof typeof acdSteps;
type Args = Readonly<Record<string, unknown>>;

const PHONE = '+493023125027';

/** Text that would do harm where it is taken for more than text; none of it is legal in a number, a date or an address. */
const injection = fc.constantFrom(
  '?x=1',
  '&a=b',
  '#f',
  '%zz',
  "'; DROP TABLE x",
  '"',
  '<script>',
  '{name}',
  '@evil.example {x}',
  '\\..\\',
  '\r\nX-Injected: 1',
  '\u0000',
  '\u001b[2J',
  '\ud800',
);
const injectedInto = (text: string) =>
  fc
    .tuple(injection, fc.string({ maxLength: 5 }), fc.boolean())
    .map(([bad, more, isBefore]) => (isBefore ? `${bad}${more}${text}` : `${text}${bad}${more}`));

const ofType = {
  text: fc.oneof(injection, fc.string(), fc.constantFrom('1', 'true')),
  number: fc.oneof(fc.integer(), fc.double()),
  boolean: fc.boolean(),
  null: fc.constant(null),
  list: fc.constantFrom([[]], [['x', 7]], [{}], [null]),
  object: fc.constantFrom({}, { ID: 1 }, { length: 1 }),
};
const notOfType = (...types: readonly (keyof typeof ofType)[]) =>
  fc.oneof(
    ...Object.entries(ofType).flatMap(([type, values]) => (types.some((name) => name === type) ? [] : [values])),
  );

const longerThan = (length: number) =>
  fc.constantFrom(length + 1, length + 100, 100_000).map((size) => 'x'.repeat(size));
const withControls = fc
  .tuple(
    fc.string({ maxLength: 5 }),
    fc.constantFrom('\u0000', '\u001b[2J', '\u007f', '\u0085', '\ud800'),
    fc.string({ maxLength: 5 }),
  )
  .map((parts) => parts.join(''));
const onManyLines = fc.constantFrom('a\r\nX-Injected: 1', '\n', 'a\tb');
const noId = fc.oneof(fc.integer({ max: 0 }), fc.double({ noInteger: true }), fc.constantFrom(2 ** 53, Number.NaN));
const noItem = fc.oneof(notOfType('text', 'number', 'list'), fc.constantFrom([null], [[]], [{}], [true]));

/** Values that do not fit, by what an argument holds. */
const wrong = {
  id: fc.oneof(notOfType('number'), noId),
  ids: fc.oneof(
    noItem,
    noId,
    noId.map((id) => [7, id]),
    fc.constantFrom('7', ['7']),
  ),
  line: (maxLength: number) =>
    fc.oneof(notOfType('text'), fc.constant(''), longerThan(maxLength), withControls, onManyLines),
  lineList: (maxLength: number) =>
    fc.oneof(
      noItem,
      fc.integer(),
      fc.constantFrom('', [''], ['x', 7]),
      longerThan(maxLength),
      withControls,
      onManyLines,
    ),
  /** Empty text and null stand for nothing. */
  detail: (maxLength: number) => fc.oneof(notOfType('text', 'null'), longerThan(maxLength), withControls, onManyLines),
  lines: fc.oneof(notOfType('text'), withControls),
  linesDetail: fc.oneof(notOfType('text', 'null'), withControls),
  nameOrId: fc.oneof(notOfType('text', 'number'), noId, fc.constant(''), longerThan(255), withControls, onManyLines),
  phone: fc.oneof(
    notOfType('text'),
    injectedInto(PHONE),
    longerThan(255),
    fc.constantFrom('', 'anonymous', '030 23125', '+44 (0)20 1234567', '+0123456789', '+12', '+1234567890123456'),
  ),
  phones: fc.oneof(
    noItem,
    injectedInto(PHONE),
    injectedInto(PHONE).map((number) => [PHONE, number]),
    longerThan(32),
    fc.constantFrom([], Array(7).fill(PHONE), ['030 23125'], [PHONE, 493023125027]),
  ),
  url: fc.oneof(
    notOfType('text'),
    longerThan(2_048).map((text) => `https://crm.example/${text}`),
    withControls.map((text) => `https://crm.example/${text}`),
    fc.constantFrom('', 'x', '//crm.example', 'javascript:alert(1)', 'ftp://crm.example/', 'https://', '../x'),
    fc.constantFrom(' ', '<', '"', '{x}', '%zz', '\\', '\r\nX: y').map((bad) => `https://crm.example/${bad}`),
  ),
  priority: fc.oneof(
    notOfType('number'),
    fc.double({ noInteger: true }),
    fc.integer({ min: 201 }),
    fc.integer({ max: -1 }),
  ),
  moment: fc.oneof(
    notOfType('text'),
    longerThan(64),
    injectedInto('2030-01-01T10:00:00Z'),
    fc.constantFrom(
      '',
      'tomorrow',
      '2030-02-30T10:00',
      '2030-01-01T25:00',
      '2030-01-01',
      `2030-01-01T10:00:00.${'0'.repeat(99)}`,
    ),
  ),
  date: fc.oneof(
    notOfType('text'),
    longerThan(10),
    injectedInto('2030-01-01'),
    fc.constantFrom('', '2030-02-30', '1.1.2030', '203001'),
  ),
  time: fc.oneof(
    notOfType('text'),
    longerThan(5),
    injectedInto('10:00'),
    fc.constantFrom('', '24:00', '10:60', '1000 '),
  ),
  flag: notOfType('boolean'),
  yes: fc.oneof(notOfType('boolean'), fc.constant(false)),
  language: fc.oneof(
    notOfType('number'),
    fc.integer().filter((id) => id !== 1 && id !== 2),
    fc.double({ noInteger: true }),
  ),
  amount: fc.oneof(
    notOfType('number'),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  ),
  whole: fc.oneof(notOfType('number'), fc.double({ noInteger: true }), fc.constantFrom(2 ** 53, -(2 ** 53))),
};

type Argument = readonly [fits: unknown, wrong: fc.Arbitrary<unknown>];

const content = {
  type: ['Callback', wrong.nameOrId],
  userId: [118, wrong.id],
  sender: [PHONE, wrong.phone],
  receiver: ['+493023125900', wrong.phone],
  subject: ['Call back', wrong.line(255)],
  body: ['x', wrong.lines],
  crmUrl: ['https://crm.example/1', wrong.url],
  userData: ['CASE-1', wrong.line(255)],
  priority: [50, wrong.priority],
} as const satisfies Record<string, Argument>;

/** Every argument of every step; a step has several entries where arguments rule each other out. */
const everyStep: readonly (readonly [StepName, Readonly<Record<string, Argument>>])[] = [
  ['acd.createEvent', { ...content, groupId: [41, wrong.id], appointment: ['2030-01-01T10:00:00Z', wrong.moment] }],
  [
    'acd.createEvent',
    {
      ...content,
      type: [1, wrong.nameOrId],
      body: [undefined, wrong.lines],
      configurationGroupId: [60, wrong.id],
      agentGroupId: [61, wrong.id],
      appointmentDate: ['2030-01-01', wrong.date],
      appointmentTime: ['10:00', wrong.time],
    },
  ],
  [
    'acd.createEvent',
    {
      type: ['Ticket', wrong.nameOrId],
      groupName: ['Service Desk', wrong.line(255)],
      sender: ['helpdesk@example.com', wrong.line(255)],
      receiver: ['service@example.com', wrong.line(255)],
      subject: ['Printer', wrong.line(255)],
    },
  ],
  ['acd.findGroup', { name: ['Service Desk', wrong.line(255)] }],
  [
    'acd.cloneCampaign',
    {
      source: ['Renewals Q1', wrong.nameOrId],
      destination: ['Renewals Q3', wrong.line(255)],
      userData: ['SFDC-1', wrong.line(64)],
    },
  ],
  ['acd.deleteCampaign', { campaign: ['Renewals Q1', wrong.nameOrId], confirm: [true, wrong.yes] }],
  ['acd.getResultCodes', { campaign: ['Renewals Q1', wrong.nameOrId], language: [1, wrong.language] }],
  [
    'acd.importContact',
    {
      campaign: ['Renewals Q1', wrong.nameOrId],
      name: ['Winterfeld', wrong.line(64)],
      phoneNumbers: [[PHONE], wrong.phones],
      userData: ['CON-1', wrong.line(64)],
      overwriteDuplicates: [true, wrong.flag],
      firstName: ['Jona', wrong.detail(64)],
      company: ['Example', wrong.detail(64)],
      salutation: ['Frau', wrong.detail(16)],
      title: ['Dr.', wrong.detail(16)],
      address: ['Hauptstr. 1', wrong.detail(64)],
      postalCode: ['10115', wrong.detail(10)],
      city: ['Berlin', wrong.detail(64)],
      country: ['DE', wrong.detail(64)],
      region: ['BE', wrong.detail(256)],
      client: ['C', wrong.detail(64)],
      service: ['S', wrong.detail(64)],
      referenceNumber: ['R-1', wrong.detail(64)],
      accountOwner: ['J. Winterfeld', wrong.detail(64)],
      accountBank: ['Bank', wrong.detail(32)],
      accountNationalBankCode: ['10000000', wrong.detail(10)],
      accountBic: ['MARKDEF1100', wrong.detail(11)],
      accountNumber: ['123', wrong.detail(20)],
      accountIban: ['DE02100000000123456789', wrong.detail(34)],
      amount: [12.5, wrong.amount],
      faxNumber: ['493023125062', wrong.detail(32)],
      email: ['jona@example.com', wrong.detail(256)],
      website: ['https://example.com', wrong.detail(2_048)],
      comment: ['Line one\nLine two', wrong.linesDetail],
    },
  ],
  ['acd.deleteContact', { contactId: [1, wrong.id] }],
  ['acd.deleteContact', { userData: ['CON-1', wrong.line(64)] }],
  ['acd.getContacts', { campaign: ['Renewals Q1', wrong.nameOrId], language: [2, wrong.language] }],
  ['acd.getContacts', { contactIds: [[1], wrong.ids], userData: [['CON-1'], wrong.lineList(64)] }],
  ['acd.setCockpitVariable', { variable: ['Emergency', wrong.nameOrId], value: [1, wrong.whole] }],
];

const fitting = (argumentsOf: Readonly<Record<string, Argument>>): Args =>
  Object.fromEntries(Object.entries(argumentsOf).map(([name, [fits]]) => [name, fits]));

const everyArgument = everyStep.flatMap(([step, argumentsOf]) =>
  Object.entries(argumentsOf).map(([argument, [, values]]) => ({ step, argument, values, args: fitting(argumentsOf) })),
);

describe('the arguments below', () => {
  it('are all that steps have', () => {
    for (const [step, { args }] of Object.entries(acdSteps)) {
      const tried = everyArgument.filter((one) => one.step === step).map(({ argument }) => argument);
      expect([...new Set(tried)].sort()).toEqual(
        args instanceof $ZodObject ? Object.keys(args._zod.def.shape).sort() : [],
      );
    }
  });

  it.each(everyStep)('fit: %s', (step, argumentsOf) => {
    expect(problemsOf(acdSteps[step], acd().client, fitting(argumentsOf))).toEqual([]);
  });
});

describe.each(everyArgument)('$step with a wrong $argument', ({ step, argument, values, args }) => {
  it('is refused once, by that name, without its value, and sends nothing', () => {
    fc.assert(
      fc.property(values, (value) => {
        const { net, client } = acd();
        const problems = problemsOf(acdSteps[step], client, { ...args, [argument]: value });
        expect(problems).toEqual([expect.stringMatching(new RegExp(`^${argument}(\\.\\d+)?: \\w`))]);
        if (typeof value === 'string' && value.length > 10) expect(problems[0]).not.toContain(value);
        expect(net.requests).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe.each(Object.entries(acdSteps))('%s with an argument that no step has', (_name, step) => {
  it('is refused by that name', () => {
    expect(problemsOf(step, acd().client, { grupoId: 'SECRET' })).toContainEqual(
      'arguments: Unrecognized key: "grupoId"',
    );
  });
});

/** What stands behind a name in the address, or under a key in the body; nothing else of a request may change with it. */
type Place = { readonly query: string } | { readonly body: string };

const campaigns = (name: string) => shortList({ ID: 538, Name: name });
const q1 = campaigns('Renewals Q1');
const created = shortList({ ID: 1 });
const ticketType = fullList({ ID: 7, ShortText: 'AcdEventTypes.Ticket' });

/** Arguments of free text, how often jtel is asked before they are sent, and what it answers. */
const freeText: readonly (readonly [StepName, string, Place, number, (text: string) => readonly PlannedAnswer[]])[] = [
  [
    'acd.createEvent',
    'groupName',
    { query: 'name' },
    1,
    (name) => [ticketType, shortList({ ID: 42, Name: name }), created],
  ],
  ...(['sender', 'receiver', 'subject', 'userData'] as const).map(
    (name) =>
      [
        'acd.createEvent',
        name,
        { body: { sender: 'Sender', receiver: 'Receiver', subject: 'Subject', userData: 'UserData' }[name] },
        2,
        () => [ticketType, shortList({ ID: 42, Name: 'Service Desk' }), created],
      ] as const,
  ),
  ['acd.findGroup', 'name', { query: 'name' }, 0, (name) => [shortList({ ID: 42, Name: name })]],
  ['acd.cloneCampaign', 'source', { body: 'source' }, 0, () => [created]],
  ['acd.cloneCampaign', 'destination', { body: 'destination' }, 0, () => [created]],
  ['acd.cloneCampaign', 'userData', { body: 'userData' }, 0, () => [created]],
  ['acd.deleteCampaign', 'campaign', { query: 'name' }, 0, (name) => [campaigns(name), statusOnly]],
  ['acd.getResultCodes', 'campaign', { query: 'name' }, 0, (name) => [campaigns(name), shortList()]],
  ['acd.getContacts', 'campaign', { query: 'name' }, 0, (name) => [campaigns(name), fullList()]],
  ['acd.importContact', 'campaign', { query: 'name' }, 0, (name) => [campaigns(name), created]],
  ['acd.importContact', 'name', { body: 'Name' }, 1, () => [q1, created]],
  ['acd.importContact', 'userData', { body: 'UserData' }, 1, () => [q1, created]],
  ['acd.importContact', 'city', { body: 'City' }, 1, () => [q1, created]],
];

const ordinary = fc
  .array(
    fc.constantFrom(
      ...[
        '../',
        '..',
        '/',
        '?x=1',
        '&name=b',
        '#f',
        '%2e%2e',
        '%00',
        '"',
        "'",
        '\\',
        ';',
        ' ',
        '+',
        'ä',
        '😀',
        '\u2028',
      ],
      ...['{name}', '{campaignId}', '$&', '@evil.example', 'https://evil.example/', '<script>', 'x'],
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => parts.join(''));

describe.each(freeText)('%s, free text of %s', (step, argument, place, before, answers) => {
  const [, argumentsOf = {}] =
    everyStep.findLast(
      ([name, all]) => name === step && (step === 'acd.createEvent' ? 'groupName' : argument) in all,
    ) ?? [];

  async function sent(text: string): Promise<RecordedRequest | undefined> {
    const { net, client } = acd(...answers(text));
    await run(acdSteps[step], client, { ...fitting(argumentsOf), [argument]: text });
    for (const { url } of net.requests) expect(url.href.startsWith(`${BASE_URL}/`) && url.hash === '').toBe(true);
    return net.requests[before];
  }

  it('arrives in its place, and changes nothing else', async () => {
    const plain = await sent('plain');
    await fc.assert(
      fc.asyncProperty(ordinary, async (text) => {
        const request = await sent(text);
        expect([request?.method, request?.url.pathname, request?.headers]).toEqual([
          plain?.method,
          plain?.url.pathname,
          plain?.headers,
        ]);
        if ('query' in place) {
          expect([...(request?.url.searchParams ?? [])]).toEqual([[place.query, text]]);
          expect(request?.body).toBeUndefined();
        } else {
          expect(request?.body).toEqual({ ...Object(plain?.body), [place.body]: text });
          expect(request?.url.search).toBe(plain?.url.search);
        }
      }),
      { numRuns: 60 },
    );
  });
});
