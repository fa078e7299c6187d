import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixedBearer } from '../../../../shared/auth/tokens.ts';
import { createCrmClient } from '../../../../shared/destinations/crm/client.ts';
import { crmSteps } from '../../../../shared/destinations/crm/steps.ts';
import { PermanentError, TransientError } from '../../../../shared/errors.ts';
import { fakeFetch, type PlannedAnswer } from '../../../helpers/fake-fetch.ts';
import { DELIVERY_ID, failureOf, prepared, problemsOf, run } from '../bound-step.ts';

const findContact = crmSteps['crm.findContact'];
const createActivity = crmSteps['crm.createActivity'];
const contactId = 'c0a80101-0000-4000-8000-000000000001';

function crm(...answers: PlannedAnswer[]) {
  const net = fakeFetch(...answers);
  const client = createCrmClient({
    baseUrl: 'https://contoso.crm4.dynamics.com/',
    credentials: fixedBearer('token-1'),
    fetch: net.fetch,
    clock: () => 0,
    timeoutMs: 1_000,
  });
  return { net, client };
}

const contact = {
  '@odata.etag': 'W/"1"',
  contactid: contactId,
  fullname: 'Nora O’Dell',
  firstname: 'Nora',
  lastname: 'O’Dell',
  emailaddress1: 'nora@example.com',
  telephone1: '+441632960123',
  mobilephone: null,
};
const contacts = (...value: unknown[]) => ({ json: { '@odata.context': 'x', value } });
const none = contacts();

describe('crm.findContact', () => {
  it('asks for both spellings of a number, in both columns, and for two contacts at most', async () => {
    const { net, client } = crm(contacts(contact));
    expect(await run(findContact, client, { phone: '+44 (1632) 960-123' })).toEqual({
      contactId,
      fullName: 'Nora O’Dell',
      firstName: 'Nora',
      lastName: 'O’Dell',
      email: 'nora@example.com',
    });
    const { method, url, headers, body } = net.only();
    expect([method, url.origin + url.pathname]).toEqual([
      'GET',
      'https://contoso.crm4.dynamics.com/api/data/v9.2/contacts',
    ]);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      $select: 'contactid,fullname,firstname,lastname,emailaddress1,telephone1,mobilephone',
      $filter:
        "telephone1 eq '+441632960123' or mobilephone eq '+441632960123'" +
        " or telephone1 eq '441632960123' or mobilephone eq '441632960123'",
      $top: '2',
    });
    expect(headers).toEqual({
      accept: 'application/json',
      authorization: 'Bearer token-1',
      'odata-maxversion': '4.0',
      'odata-version': '4.0',
    });
    expect(body).toBeUndefined();
  });

  it('asks for a number without a plus as it is', async () => {
    const { net, client } = crm(none);
    await run(findContact, client, { phone: '01632 960123' });
    expect(net.only().url.searchParams.get('$filter')).toBe(
      "telephone1 eq '01632960123' or mobilephone eq '01632960123'",
    );
  });

  it('asks for an address', async () => {
    const { net, client } = crm(none);
    await run(findContact, client, { email: "o'dell+x@example.com" });
    expect(net.only().url.searchParams.get('$filter')).toBe("emailaddress1 eq 'o''dell+x@example.com'");
  });

  it.each<[string, PlannedAnswer]>([
    ['no contact', none],
    ['several', contacts(contact, { ...contact, contactid: 'c0a80101-0000-4000-8000-000000000002' })],
  ])('gives null for %s', async (_what, answer) => {
    expect(await run(findContact, crm(answer).client, { phone: '123' })).toBeNull();
  });

  it('gives null for an anonymous caller, without asking', async () => {
    const { net, client } = crm();
    expect(await run(findContact, client, {})).toBeNull();
    expect(net.requests).toEqual([]);
  });

  it('gives null for columns that are empty or left out', async () => {
    const { client } = crm(contacts({ contactid: contactId, fullname: null }));
    expect(await run(findContact, client, { phone: '123' })).toEqual({
      contactId,
      fullName: null,
      firstName: null,
      lastName: null,
      email: null,
    });
  });

  it.each<[string, PlannedAnswer]>([
    ['a page', { text: '<html>SECRET</html>' }],
    ['a contact without an id', contacts({ fullname: 'SECRET' })],
    ['no list', { json: { contactid: contactId } }],
  ])('does not take %s for an answer', async (_what, answer) => {
    const failure = await failureOf(run(findContact, crm(answer).client, { phone: '123' }));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toBe('Dataverse answered "find contact" without usable contacts');
  });

  it.each<[Record<string, unknown>, string]>([
    [{ phone: '1', email: 'a@b.example' }, 'email: Give phone or email, not both'],
    [{ phone: '' }, 'phone: Too small'],
    [{ email: 'x'.repeat(201) }, 'email: Too big'],
    [{ name: 'x' }, 'arguments: Unrecognized key: "name"'],
  ])('refuses %j', (args, problem) => {
    const problems = problemsOf(findContact, crm().client, args);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it('may be repeated', () => expect(prepared(findContact, crm().client, {}).repeatable).toBe(true));
});

describe('the filter', () => {
  it.each([
    "x' or contactid ne null or emailaddress1 eq 'x",
    "'",
    "''",
    "' or '1' eq '1",
    "x') or (true",
    "x'&$select=*&$filter=true",
    "x\n' or true",
  ])('keeps %j inside its quotes', async (email) => {
    const { net, client } = crm(none);
    await run(findContact, client, { email });
    const { searchParams } = net.only().url;
    expect([...searchParams.keys()]).toEqual(['$select', '$filter', '$top']);
    expect(readLiterals(searchParams.get('$filter') ?? '')).toEqual([['emailaddress1', email]]);
  });

  it('keeps any text inside its quotes, also as a number', async () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom("'", '"', '%', '&', '+', ' '),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      ),
      minLength: 1,
      maxLength: 40,
    });
    const property = fc.asyncProperty(text, async (value) => {
      fc.pre(value.length <= 200);
      const { net, client } = crm(none, none);
      await run(findContact, client, { email: value });
      await run(findContact, client, { phone: value });
      const [byEmail, byPhone] = net.requests.map(({ url }) => readLiterals(url.searchParams.get('$filter') ?? ''));
      expect(byEmail).toEqual([['emailaddress1', value]]);
      const compact = value.replace(/[\s()/.-]/g, '');
      const spellings = compact.startsWith('+') ? [compact, compact.slice(1)] : [compact];
      expect(byPhone).toEqual(
        spellings.flatMap((spelling) => [
          ['telephone1', spelling],
          ['mobilephone', spelling],
        ]),
      );
    });
    await fc.assert(property);
  });
});

/** Reads `column eq 'text' or …` as OData does; fails at anything else. */
function readLiterals(filter: string): [string, string][] {
  const found: [string, string][] = [];
  for (let rest = filter; rest !== ''; ) {
    const [whole, column = '', quoted = ''] = /^(\w+) eq '((?:[^']|'')*)'(?: or (?=\w)|$)/.exec(rest) ?? [];
    if (whole === undefined) throw new Error(`not a comparison: ${rest}`);
    found.push([column, quoted.replaceAll("''", "'")]);
    rest = rest.slice(whole.length);
  }
  return found;
}

describe('crm.createActivity', () => {
  it('writes a call under an id that the delivery gives', async () => {
    const { net, client } = crm({ status: 204, headers: { 'odata-entityid': 'x' } });
    const result = await run(createActivity, client, {
      kind: 'phonecall',
      subject: 'Help desk',
      description: 'IVR: 2',
      contactId,
      phoneNumber: '+441632960123',
      direction: 'outbound',
      start: '2025-03-05T14:00:00Z',
      end: '2025-03-05T14:07:00Z',
      due: '2025-03-06T14:00:00Z',
    });
    expect(result).toEqual({
      activityId: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/),
    });
    const { method, url, headers, body } = net.only();
    const { activityId } = JSON.parse(JSON.stringify(result));
    expect([method, url.href]).toEqual([
      'PATCH',
      `https://contoso.crm4.dynamics.com/api/data/v9.2/phonecalls(${activityId})`,
    ]);
    expect(headers).toEqual({
      accept: 'application/json',
      authorization: 'Bearer token-1',
      'content-type': 'application/json',
      'if-none-match': '*',
      'odata-maxversion': '4.0',
      'odata-version': '4.0',
    });
    expect(body).toEqual({
      subject: 'Help desk',
      description: 'IVR: 2',
      'regardingobjectid_contact_phonecall@odata.bind': `/contacts(${contactId})`,
      actualstart: '2025-03-05T14:00:00Z',
      actualend: '2025-03-05T14:07:00Z',
      scheduledend: '2025-03-06T14:00:00Z',
      phonenumber: '+441632960123',
      directioncode: true,
    });
  });

  it('writes a task with no more than it is given, and nothing that only calls have', async () => {
    const { net, client } = crm({ status: 204 }, { status: 204 });
    await run(createActivity, client, { kind: 'task', subject: 'Call back' });
    await run(createActivity, client, {
      kind: 'task',
      subject: 'Call back',
      contactId,
      phoneNumber: '1',
      direction: 'inbound',
    });
    expect(net.requests.map(({ url }) => url.pathname.replace(/\(.*/, ''))).toEqual([
      '/api/data/v9.2/tasks',
      '/api/data/v9.2/tasks',
    ]);
    expect(net.requests.map(({ body }) => body)).toEqual([
      { subject: 'Call back' },
      { subject: 'Call back', 'regardingobjectid_contact_task@odata.bind': `/contacts(${contactId})` },
    ]);
  });

  it('says inbound of a call that is', async () => {
    const { net, client } = crm({ status: 204 });
    await run(createActivity, client, { kind: 'phonecall', subject: 'x', direction: 'inbound' });
    expect(net.only().body).toEqual({ subject: 'x', directioncode: false });
  });

  it('uses the same id each time, and another for another delivery', async () => {
    const { client } = crm({ status: 204 }, { status: 204 }, { status: 204 });
    const args = { kind: 'task', subject: 'x' };
    const first = await run(createActivity, client, args);
    expect(await run(createActivity, client, args)).toEqual(first);
    expect(await run(createActivity, client, args, { deliveryId: `${DELIVERY_ID}x` })).not.toEqual(first);
  });

  it('is done when the row is there already', async () => {
    const { client } = crm({ status: 412, json: { error: { code: '0x80040237', message: 'SECRET' } } });
    expect(await run(createActivity, client, { kind: 'task', subject: 'x' })).toEqual({
      activityId: expect.any(String),
    });
  });

  it('takes 412 for nothing else than that', async () => {
    const failure = await failureOf(run(findContact, crm({ status: 412 }).client, { phone: '1' }));
    expect(failure).toMatchObject({ name: 'PermanentError', message: 'Dataverse answered 412 to "find contact"' });
  });

  it.each<[Record<string, unknown>, string]>([
    [{ kind: 'letter', subject: 'x' }, 'kind: Invalid option'],
    [{ kind: 'task' }, 'subject: Invalid input'],
    [{ kind: 'task', subject: '' }, 'subject: Too small'],
    [{ kind: 'task', subject: 'x'.repeat(201) }, 'subject: Too big'],
    [{ kind: 'task', subject: 'x', description: 'x'.repeat(2001) }, 'description: Too big'],
    [{ kind: 'task', subject: 'x', contactId: `${contactId})/x(` }, 'contactId: Invalid GUID'],
    [{ kind: 'task', subject: 'x', due: 'soon' }, 'due: Invalid time: expected ISO 8601'],
    [{ kind: 'task', subject: 'x', direction: 'up' }, 'direction: Invalid option'],
  ])('refuses %j', (args, problem) => {
    const problems = problemsOf(createActivity, crm().client, args);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it('may be repeated', () => {
    expect(prepared(createActivity, crm().client, { kind: 'task', subject: 'x' }).repeatable).toBe(true);
  });
});

describe('answers of Dataverse', () => {
  const error = (code: unknown) => ({ error: { code, message: 'SECRET-4711' } });

  it.each<[string, PlannedAnswer, string, string]>([
    [
      'a refusal',
      { status: 400, json: error('0x80048408') },
      'PermanentError',
      'Dataverse answered 400 (0x80048408) to "create in tasks"',
    ],
    [
      'a contact that is gone',
      { status: 404, json: error('0x80040217') },
      'PermanentError',
      'Dataverse answered 404 (0x80040217) to "create in tasks"',
    ],
    [
      'a code with blanks in it',
      { status: 400, json: error('SECRET is wrong') },
      'PermanentError',
      'Dataverse answered 400 to "create in tasks"',
    ],
    [
      'too many calls',
      { status: 429, json: error('0x80072322'), headers: { 'retry-after': '40' } },
      'TransientError',
      'Dataverse answered 429 (0x80072322) to "create in tasks"',
    ],
    [
      'a token that nothing can renew',
      { status: 401 },
      'TransientError',
      'Dataverse answered 401 to "create in tasks": check its credentials',
    ],
    ['an outage', { status: 503, text: 'SECRET' }, 'TransientError', 'Dataverse answered 503 to "create in tasks"'],
  ])('%s', async (_what, answer, name, message) => {
    const { client } = crm(answer);
    expect(await failureOf(run(createActivity, client, { kind: 'task', subject: 'x' }))).toMatchObject({
      name,
      message,
    });
  });

  it('say how long to wait', async () => {
    const { client } = crm({ status: 429, headers: { 'retry-after': '40' } });
    const failure = await failureOf(run(findContact, client, { phone: '1' }));
    expect(failure).toBeInstanceOf(TransientError);
    expect(failure).toMatchObject({ retryAfterMs: 40_000 });
  });
});
