import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AcdClient } from '../../../../shared/destinations/acd/client.ts';
import { acdSteps } from '../../../../shared/destinations/acd/steps.ts';
import type { Step } from '../../../../shared/destinations/step.ts';
import { aStepCall } from '../../../helpers/a-step-call.ts';
import { DELIVERY_ID } from '../bound-step.ts';
import { acd, BASE_URL, missing } from './acd-under-test.ts';

type Arguments = Readonly<Record<string, unknown>>;

/** Arguments of each step that are right, by which alternatives of it. */
const right: readonly (readonly [keyof typeof acdSteps, Arguments])[] = [
  [
    'acd.createEvent',
    {
      type: 3,
      groupId: 41,
      userId: 118,
      sender: '+493023125027',
      receiver: '+493023125900',
      subject: 'Call back',
      body: 'x',
      crmUrl: 'https://crm.example/1',
      userData: 'CASE-1',
      priority: 50,
      appointment: '2030-01-01T10:00:00Z',
    },
  ],
  [
    'acd.createEvent',
    {
      type: 3,
      configurationGroupId: 1,
      agentGroupId: 2,
      sender: 'x',
      subject: 'y',
      appointmentDate: '2030-01-01',
      appointmentTime: '10:00',
    },
  ],
  ['acd.createEvent', { type: 'Callback', groupName: 'Service Desk', sender: 'x', subject: 'y' }],
  ['acd.findGroup', { name: 'Service Desk' }],
  ['acd.cloneCampaign', { source: 'Renewals Q1', destination: 'Renewals Q3', userData: 'SFDC-1' }],
  ['acd.deleteCampaign', { campaign: 'Renewals Q1', confirm: true }],
  ['acd.getResultCodes', { campaign: 'Renewals Q1', language: 1 }],
  [
    'acd.importContact',
    {
      campaign: 'Renewals Q1',
      name: 'Winterfeld',
      phoneNumbers: ['493023125061'],
      userData: 'CON-1',
      overwriteDuplicates: true,
      company: 'Example',
      amount: 1,
      comment: 'x',
    },
  ],
  ['acd.deleteContact', { contactId: 1 }],
  ['acd.deleteContact', { userData: 'CON-1' }],
  ['acd.getContacts', { campaign: 'Renewals Q1', language: 2 }],
  ['acd.getContacts', { contactIds: [1], userData: ['CON-1'] }],
  ['acd.setCockpitVariable', { variable: 'Emergency', value: 1 }],
];

const fields = right.flatMap(([name, args]) =>
  Object.keys(args).map((field): [string, string, Step<AcdClient>, Arguments] => [name, field, acdSteps[name], args]),
);

const injection = fc
  .array(
    fc.constantFrom(
      '../',
      '..',
      '/',
      '?x=1',
      '&a=b',
      '#f',
      '%2e%2e',
      '%00',
      '\r\nX: y',
      '\u0000',
      '"',
      "'",
      '\\',
      ';',
      ' ',
      '+',
      'ä',
      '😀',
      '\ud800',
      'x'.repeat(60),
      'x'.repeat(300),
      '{name}',
      '@evil.example',
      'https://evil.example/',
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => parts.join(''));

const wrong = fc.oneof(
  { weight: 3, arbitrary: injection },
  {
    weight: 2,
    arbitrary: fc.oneof(
      fc.constantFrom(null, 0, -1, 1.5, 2 ** 53, 201, Number.NaN, Number.POSITIVE_INFINITY, true, false, '', [], {}, [
        [],
      ]),
      fc.array(injection, { maxLength: 3 }),
      fc.record({ ID: injection }),
      fc.integer(),
    ),
  },
);

/** All that a request says by its address, part by part: what the tests below compare. */
function partsOf({ pathname, searchParams }: URL): { path: string; query: [string, string][] } {
  return { path: pathname, query: [...searchParams] };
}

const PATHS = [
  '/acd/events/types',
  '/acd/events/create',
  '/acd/groups/group',
  '/dialler/campaigns/clone',
  '/dialler/campaigns/campaign',
  '/dialler/campaigns/#',
  '/dialler/campaigns/campaign/#',
  '/dialler/campaigns/campaign/#/resultCodes',
  '/dialler/contacts',
  '/dialler/contacts/import',
  '/dialler/contacts/contact/#',
  '/cockpitVariables',
  '/cockpitVariables/cockpitVariable/#/setValue',
];
const QUERY_NAMES = ['name', 'languagesID', 'overwriteDuplicates', 'diallerCampaignsID', 'value'];

describe.each(fields)('%s with a wrong %s', (_step, field, step, args) => {
  it('is refused by that name with nothing sent, or sends it as one part of a known address', async () => {
    await fc.assert(
      fc.asyncProperty(wrong, async (value) => {
        const { net, client } = acd(missing, missing, missing);
        const outcome = step.bind(client).prepare({ ...args, [field]: value });
        if (!outcome.ok) {
          // A body is right or wrong by the type of its event.
          const names = new RegExp(`^(${field}|${field === 'type' ? 'body' : field})(\\.\\d+)*: `);
          expect(outcome.problems.length).toBeGreaterThan(0);
          for (const problem of outcome.problems) {
            expect(problem).toMatch(names);
            if (typeof value === 'string' && value.length > 3) expect(problem).not.toContain(value);
          }
          expect(net.requests).toEqual([]);
          return;
        }
        await outcome.call.run(aStepCall({ deliveryId: DELIVERY_ID })).catch((error: unknown) => {
          expect(error).toMatchObject({ name: 'PermanentError' });
        });
        for (const { url } of net.requests) {
          expect(url.href.startsWith(`${BASE_URL}/`)).toBe(true);
          expect(url.hash).toBe('');
          const { path, query } = partsOf(url);
          expect(PATHS).toContain(path.replace('/rest/v1.0/7', '').replace(/\/\d+(?=\/|$)/g, '/#'));
          for (const [name, text] of query) {
            expect(QUERY_NAMES).toContain(name);
            if (name === 'name') expect([value, ...Object.values(args)]).toContain(text);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a name with everything that addresses are made of', () => {
  it('arrives as it is, in its own part', async () => {
    await fc.assert(
      fc.asyncProperty(injection, async (name) => {
        const { net, client } = acd(missing);
        const outcome = acdSteps['acd.findGroup'].bind(client).prepare({ name });
        const isLegal = name.length <= 255 && !/[\p{Cc}\p{Cs}]/u.test(name);
        expect(outcome.ok).toBe(isLegal);
        if (!outcome.ok) return;
        await outcome.call.run(aStepCall({ deliveryId: DELIVERY_ID }));
        expect(partsOf(net.only().url)).toEqual({ path: '/rest/v1.0/7/acd/groups/group', query: [['name', name]] });
      }),
      { numRuns: 300 },
    );
  });
});
