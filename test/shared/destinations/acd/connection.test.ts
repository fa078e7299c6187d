import { describe, expect, it } from 'vitest';
import { MissingObjectError } from '../../../../shared/destinations/acd/connection.ts';
import { type AcdOperation, acdOperations, nameInWords } from '../../../../shared/destinations/acd/operations.ts';
import { PermanentError, TransientError } from '../../../../shared/errors.ts';
import type { PlannedAnswer } from '../../../helpers/fake-fetch.ts';
import { failureOf } from '../bound-step.ts';
import { acd, acdWith, missing, noRoute } from './acd-under-test.ts';
import { everyOperation } from './every-operation.ts';

const names = Object.keys(acdOperations).filter((name): name is AcdOperation => name in acdOperations);

const operations = names.map((name) => {
  const [call, ...before] = everyOperation[name];
  return { name, call, before };
});

/** Operations that send a body; all others have their values in the address. */
const withBody: readonly AcdOperation[] = ['createEvent', 'cloneCampaign', 'readContacts', 'importContact'];

const error = (status: number) => ({ status, json: { error: 'SECRET of 4930123', status } });

describe.each(operations)('$name', ({ name, call, before }) => {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const failed = (...answers: PlannedAnswer[]) => failureOf(call(acd(...before, ...answers).client));
  const isLive = /^(answer|hangUp|hold)Call$/.test(name);

  it('says who asks, what it sends and what it takes, and nothing else', async () => {
    const { net, client } = acd(...before, error(400));
    await failureOf(call(client));
    const sent = net.requests.at(-1);
    expect(sent?.method).toBe(acdOperations[name].method);
    expect(sent?.headers).toEqual({
      accept: 'application/json',
      authorization: 'Bearer token-1',
      ...(withBody.includes(name) && { 'content-type': 'application/json' }),
    });
    expect(sent?.body !== undefined).toBe(withBody.includes(name));
    expect(sent?.redirect).toBe('manual');
  });

  it('fails for good where jtel does not know the path', async () => {
    const failure = await failed(noRoute);
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toBe(
      `jtel ACD answered 404 (no such route: check ACD_BASE_URL, ACD_PATHS and the release) to "${words}"`,
    );
  });

  it.each([
    ['a page', { text: '<html>SECRET</html>' }],
    ['an object that says nothing', { json: {} }],
    ['another status', { json: { status: 500, error: 'SECRET' } }],
    ['a status that says all is well', { json: { status: 200 } }],
    ['a status that is no number', { json: { status: '404', error: 'SECRET' } }],
    ['no reason', { json: { status: 404 } }],
    ['an empty reason', { json: { status: 404, error: '' } }],
    ['a reason that is no text', { json: { status: 404, error: {} } }],
    ['null', { json: null }],
  ])('does not take a 404 with %s for a missing object', async (_what, body) => {
    const failure = await failed({ status: 404, ...body });
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure).not.toBeInstanceOf(MissingObjectError);
    expect(failure.message).toBe(
      'jtel ACD answered 404 (with a body that is not of jtel ACD: check ACD_BASE_URL, ACD_PATHS and the release) ' +
        `to "${words}"`,
    );
  });

  it.each([
    [400, `jtel ACD answered 400 to "${words}"`],
    [409, `jtel ACD answered 409 to "${words}"`],
    [302, `jtel ACD answered 302 to "${words}"`],
  ])('fails for good after %i', async (status, message) => {
    const failure = await failed(error(status));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure).toMatchObject({ message, httpStatus: status });
  });

  it.each([
    [401, `jtel ACD answered 401 (token, ClientsID, or their pairing) to "${words}": check its credentials`],
    [500, `jtel ACD answered 500 to "${words}"`],
    [503, `jtel ACD answered 503 to "${words}"`],
  ])('may succeed later after %i, unless it acts on a call', async (status, message) => {
    const failure = await failed(error(status));
    expect(failure).toBeInstanceOf(isLive ? PermanentError : TransientError);
    expect(failure.message.startsWith(message)).toBe(true);
    expect(failure.message).not.toContain('SECRET');
    expect(failure.httpStatus).toBe(status);
  });

  it('does not believe a 200 whose body says otherwise', async () => {
    const body = { records: [{ ID: 1, ShortText: 'x', UFN: 'x' }], result: 0, status: '404' };
    const failure = await failed({ json: body });
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toBe(`jtel ACD's answers to "${words}" disagree: HTTP 200, but status 404 in the body`);
  });

  it('believes a failure whose body says otherwise', async () => {
    expect(await failed({ status: 400, json: { status: 200, records: [] } })).toMatchObject({ httpStatus: 400 });
  });

  it('does not take a page for an answer', async () => {
    expect(await failed({ text: '<html>SECRET</html>' })).toMatchObject({ name: 'PermanentError' });
  });
});

describe('every operation', () => {
  it('has its calls above', () => expect(Object.keys(everyOperation)).toEqual(names));

  it.each(operations)('$name goes where the installation has it', async ({ name, call, before }) => {
    const usual = Object.entries(acdOperations).find(([key]) => key === name)?.[1].path ?? '';
    const { net, client } = acdWith({ paths: { [name]: `/moved${usual}` } }, ...before, error(400));
    await failureOf(call(client));
    expect(net.requests.at(-1)?.url.pathname).toMatch(/^\/rest\/v1\.0\/7\/moved\//);
  });

  it('has a name for people', () => {
    expect(nameInWords('deleteContactByUserData')).toBe('delete contact by user data');
  });
});

describe('an id', () => {
  it.each([0, -1, 1.5, Number.NaN, 2 ** 53])('that is %d is never sent', async (id) => {
    const { net, client } = acd();
    const failure = await failureOf(client.getEvent(id));
    expect(failure.message).toBe('"get event" can\'t be sent: eventId must be a positive whole number');
    expect(net.requests).toEqual([]);
  });
});

describe('a name', () => {
  it.each([
    ['half a character', 'A\ud800', 'well-formed text'],
    ['nothing', '', 'text, and not dots alone'],
  ])('of %s is never sent', async (_what, name, expected) => {
    const { net, client } = acd();
    expect((await failureOf(client.findGroups(name))).message).toBe(
      `"find groups" can't be sent: name must be ${expected}`,
    );
    expect(net.requests).toEqual([]);
  });

  it('of dots climbs no path', async () => {
    const { net, client } = acdWith({ paths: { findContacts: '/dialler/contacts/by/{userData}' } }, missing);
    expect(await failureOf(client.findContacts('..'))).toBeInstanceOf(PermanentError);
    expect(net.requests).toEqual([]);
    await client.findContacts('../x');
    expect(net.only().url.pathname).toBe('/rest/v1.0/7/dialler/contacts/by/..%2Fx');
  });
});
