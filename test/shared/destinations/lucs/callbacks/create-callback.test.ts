import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCallback } from '../../../../../shared/destinations/lucs/callbacks/create-callback.ts';
import { callbackPriority } from '../../../../../shared/destinations/lucs/callbacks/schemas.ts';
import type { PlannedAnswer } from '../../../../helpers/fake-fetch.ts';
import { DELIVERY_ID, failureOf, findExisting, prepared, problemsOf, run } from '../../bound-step.ts';
import { CALLBACK_ID, callback, callbackSeen, lucs, lucsWith, refusal, SERVICE } from '../lucs-under-test.ts';

const least = { target: 'tel:+41315550123', serviceId: SERVICE, secondsBetweenRetries: 300 };
const sentFor = async (args: Record<string, unknown>) => {
  const { net, client } = lucs({ json: callback });
  await run(createCallback, client, { ...least, ...args });
  return net.only().body;
};

describe('lucs.createCallback', () => {
  it('sends the smallest callback with its defaults', async () => {
    const { net, client } = lucs({ json: callback });
    expect(await run(createCallback, client, least)).toEqual(callbackSeen);
    expect(net.only().body).toEqual({
      Target: 'tel:+41315550123',
      ServiceId: SERVICE,
      SecondsBetweenRetries: 300,
      Priority: 'Normal',
      ExternalTaskId: DELIVERY_ID,
    });
    expect(prepared(createCallback, client, least).repeatable).toBe(false);
  });

  it('sends every argument under its name on the wire', async () => {
    const { net, client } = lucs({ json: callback });
    await run(createCallback, client, {
      target: 'sip:e.muster@customer.example',
      alternativeTarget: 'tel:+41315550124',
      maxRetries: 5,
      secondsBetweenRetries: 0,
      serviceSip: 'sip:support@corp.example',
      priority: 'NothingElse',
      contextUrl: 'https://crm.example/1?a=b',
      dueDate: '2025-03-05T16:00:00+01:00',
      description: 'Order 4711',
      externalTaskId: 'crm-10022',
      callerId: 'bridge',
    });
    expect(net.only().body).toEqual({
      Target: 'sip:e.muster@customer.example',
      AlternativeTarget: 'tel:+41315550124',
      MaxRetries: 5,
      SecondsBetweenRetries: 0,
      ServiceSip: 'sip:support@corp.example',
      Priority: 'NothingElse',
      ContextUrl: 'https://crm.example/1?a=b',
      DueDate: '05.03.2025 15:00:00',
      Description: 'Order 4711',
      ExternalTaskId: 'crm-10022',
      CallerId: 'bridge',
    });
  });

  it.each([
    ['tel: +41785556677', 'tel:+41785556677'],
    ['TEL:+41 78 555 66 77', 'tel:+41785556677'],
    ['tel:+41-78.555(66)/77', 'tel:+41785556677'],
    [' sip: a.berg@corp.example ', 'sip:a.berg@corp.example'],
    ['SIP:a.berg@corp.example', 'sip:a.berg@corp.example'],
  ])('takes %j for a target, and sends %j', async (target, sent) => {
    expect(await sentFor({ target, alternativeTarget: target })).toMatchObject({
      Target: sent,
      AlternativeTarget: sent,
    });
  });

  it.each(callbackPriority.options)('knows the priority %s', async (priority) => {
    expect(await sentFor({ priority })).toMatchObject({ Priority: priority });
  });

  it.each<[Record<string, unknown>, string]>([
    [{ target: undefined }, 'target: Invalid input'],
    [{ target: '+41785556677' }, 'target: Invalid address: expected sip:user@domain, or tel:'],
    [{ target: 'tel:0785556677' }, 'target: Invalid address'],
    [{ target: 'tel:+41 (0)78 555 66 77' }, 'target: Invalid address'],
    [{ target: 'tel:+4178555667712345' }, 'target: Invalid address'],
    [{ target: 'sip:anna berg@corp.example' }, 'target: Invalid address'],
    [{ target: 'sip:a@b@c' }, 'target: Invalid address'],
    [{ target: 'sip:a@b;transport=tcp' }, 'target: Invalid address'],
    [{ target: 'mailto:a@b' }, 'target: Invalid address'],
    [{ target: `sip:a@${'b'.repeat(256)}` }, 'target: Too big'],
    [{ alternativeTarget: 'anna' }, 'alternativeTarget: Invalid address'],
    [{ secondsBetweenRetries: undefined }, 'secondsBetweenRetries: Invalid input'],
    [{ secondsBetweenRetries: -1 }, 'secondsBetweenRetries: Too small'],
    [{ secondsBetweenRetries: '300' }, 'secondsBetweenRetries: Invalid input'],
    [{ maxRetries: 1.5 }, 'maxRetries: Invalid input'],
    [{ serviceId: undefined }, 'serviceId: Invalid input: expected serviceId or serviceSip'],
    [{ serviceSip: 'sip:a@b' }, 'serviceSip: Invalid input: expected serviceId or serviceSip, not both'],
    [{ serviceId: 'support' }, 'serviceId: Invalid GUID'],
    [{ serviceId: undefined, serviceSip: 'support' }, 'serviceSip: Invalid address: expected sip:user@domain'],
    [{ priority: 'normal' }, 'priority: Invalid option'],
    [{ dueDate: '2025-03-05T16:00:00' }, 'dueDate: Invalid time: expected ISO 8601 with a time zone'],
    [{ dueDate: '05.03.2025 16:00:00' }, 'dueDate: Invalid time'],
    [{ dueDate: '2025-02-30T16:00:00Z' }, 'dueDate: Invalid time'],
    [{ description: 'a\u0000b' }, 'description: Invalid text: control characters are not allowed'],
    [{ description: 'x'.repeat(4_001) }, 'description: Too big'],
    [{ contextUrl: 'javascript:alert(1)' }, 'contextUrl: Invalid URL'],
    [{ contextUrl: `https://a.example/${'x'.repeat(2_048)}` }, 'contextUrl: Too big'],
    [{ contextUrl: 'https://crm\n.example' }, 'contextUrl: Invalid text'],
    [{ contextUrl: 'https://crm.example/a b' }, 'contextUrl: Invalid URL'],
    [{ callerId: 'a\r\nb' }, 'callerId: Invalid text'],
    [{ externalTaskId: '.' }, 'externalTaskId: Invalid identifier'],
    [{ supervisor: 'x' }, 'Unrecognized key: "supervisor"'],
    [{ incomingServiceSipUri: 'sip:a@b' }, 'Unrecognized key: "incomingServiceSipUri"'],
  ])('refuses %j', (args, problem) => {
    const problems = problemsOf(createCallback, lucs().client, { ...least, ...args });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });
});

/** What the log is to say; nothing of the text. */
const warnings = ['description cut to 150 characters'];

describe('a description of a callback', () => {
  it('is cut to 150 characters, which the result says and warns of', async () => {
    const { net, client } = lucs({ json: callback });
    const result = await run(createCallback, client, { ...least, description: 'x'.repeat(151) });
    expect(result).toEqual({ ...callbackSeen, descriptionCut: true, warnings });
    expect(net.only().body).toMatchObject({ Description: 'x'.repeat(150) });
  });

  it('of 150 characters is left alone', async () => {
    const { client } = lucs({ json: callback });
    expect(await run(createCallback, client, { ...least, description: 'x'.repeat(150) })).toEqual(callbackSeen);
  });

  it('is never cut within a character', async () => {
    const unit = fc.oneof(fc.constantFrom('😀', 'ü', 'a'), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }));
    const text = fc
      .array(unit, { minLength: 60, maxLength: 400 })
      .map((units) => units.join('').replace(/\p{Cc}/gu, '-'));
    await fc.assert(
      fc.asyncProperty(text, async (description) => {
        const { net, client } = lucs({ json: callback });
        await run(createCallback, client, { ...least, description });
        const { Description: sent } = { Description: '', ...Object(net.only().body) };
        expect(description.startsWith(sent)).toBe(true);
        expect(sent.length).toBeLessThanOrEqual(150);
        expect(sent.length).toBeGreaterThanOrEqual(Math.min(description.length, 149));
        expect(sent).not.toMatch(/\p{Cs}/u);
      }),
    );
  });

  it('that is too long is refused where the settings say so', async () => {
    const { net, client } = lucsWith({ longDescription: 'refuse' });
    const call = run(createCallback, client, { ...least, description: 'SECRET'.repeat(30) });
    expect(await failureOf(call)).toMatchObject({
      name: 'PermanentError',
      message: 'description: Too big: expected at most 150 characters, as LUCS_LONG_DESCRIPTION is "refuse"',
    });
    expect(net.requests).toEqual([]);
  });
});

describe('asking LUCS for an earlier lucs.createCallback', () => {
  const own = { ...callback, ExternalTaskId: DELIVERY_ID };

  it('finds it by its key', async () => {
    const { net, client } = lucs({ json: [own] });
    const found = await findExisting(createCallback, client, { ...least, description: 'x'.repeat(151) });
    expect(found).toEqual({ ...callbackSeen, externalTaskId: DELIVERY_ID, descriptionCut: true, warnings });
    expect(net.only().url.pathname).toBe('/control/v1.0/callbacks/search');
    expect(net.only().body).toEqual({ ExternalTaskId: DELIVERY_ID });
  });

  it.each<[string, unknown[]]>([
    ['nothing', []],
    [
      'others, where LUCS does not mind the key',
      [callback, { Id: 'x' }, { ...own, ExternalTaskId: `${DELIVERY_ID}x` }],
    ],
  ])('finds none in %s', async (_what, json) => {
    expect(await findExisting(createCallback, lucs({ json }).client, least)).toBeUndefined();
  });

  it('tells calls with a key that the route chose apart', async () => {
    const keyed = { ...least, externalTaskId: 'crm-10022', dueDate: '2025-03-05T16:00:00+01:00' };
    const later = { ...callback, Id: 'later', DueDate: '06.03.2025 15:00:00.0000000Z' };
    const elsewhere = { ...callback, Id: 'elsewhere', Target: 'sip:other@corp.example' };
    const json = [later, elsewhere, { ...callback, Target: 'TEL: +41315550123' }];
    expect(await findExisting(createCallback, lucs({ json }).client, keyed)).toMatchObject({ callbackId: CALLBACK_ID });
    expect(await findExisting(createCallback, lucs({ json: [later] }).client, keyed)).toBeUndefined();
  });

  it('leaves one with a key that the route chose alone once it has ended', async () => {
    const keyed = { ...least, externalTaskId: 'crm-10022' };
    const ended = { ...callback, Id: 'ended', State: 'Terminated' };
    expect(await findExisting(createCallback, lucs({ json: [ended] }).client, keyed)).toBeUndefined();
    const both = lucs({ json: [ended, callback] });
    expect(await findExisting(createCallback, both.client, keyed)).toMatchObject({ callbackId: CALLBACK_ID });
  });

  it.each([
    ['long before this delivery', '05.03.2025 14:34:59.9999999Z', false],
    ['before it by no more than clocks differ', '05.03.2025 14:35:00.0000000Z', true],
    ['after its first attempt', '05.03.2025 14:51:00.0000000Z', true],
    ['at a time that can not be read', 'soon', true],
  ])('takes the due date for the moment of creation where the route gives none: %s', async (_what, DueDate, isOwn) => {
    const clock = () => Date.parse('2025-03-05T15:00:00Z');
    const { client } = lucsWith({ clock }, { json: [{ ...callback, DueDate }] });
    const keyed = { ...least, externalTaskId: 'crm-10022' };
    const found = await findExisting(createCallback, client, keyed, { ageMs: 10 * 60_000 });
    expect(found !== undefined).toBe(isOwn);
  });

  it('knows a key of its own whatever else LUCS makes of the callback', async () => {
    const clock = () => Date.parse('2025-03-07T15:00:00Z');
    const json = [{ ...own, State: 'Terminated', Target: 'tel:+41315550199', DueDate: '06.03.2025 15:00:00' }];
    for (const args of [least, { ...least, dueDate: '2025-03-05T15:00:00Z' }]) {
      const { client } = lucsWith({ clock }, { json });
      expect(await findExisting(createCallback, client, args)).toMatchObject({ callbackId: CALLBACK_ID });
    }
  });

  it('knows it by its alternative target, and with a date that can not be read', async () => {
    const args = {
      ...least,
      externalTaskId: 'crm-10022',
      alternativeTarget: 'tel:+41315550124',
      dueDate: '2025-03-05T15:00:00Z',
    };
    const json = [{ ...callback, Target: 'tel:+41315550124', DueDate: 'soon' }];
    expect(await findExisting(createCallback, lucs({ json }).client, args)).toMatchObject({ dueDate: 'soon' });
  });

  it.each<[string, PlannedAnswer]>([
    ['LUCS while it starts', refusal('NotInitialized')],
    ['503', { status: 503 }],
  ])('learns nothing from %s, and asks again later', async (_what, answer) => {
    const failure = await failureOf(findExisting(createCallback, lucs(answer).client, least));
    expect(failure.name).toBe('TransientError');
  });

  it('gives up when LUCS refuses to search', async () => {
    const failure = await failureOf(findExisting(createCallback, lucs(refusal('InternalError')).client, least));
    expect(failure).toMatchObject({ name: 'PermanentError', httpStatus: 500 });
  });
});
