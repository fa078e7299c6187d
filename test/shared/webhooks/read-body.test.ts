import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readBody } from '../../../shared/webhooks/read-body.ts';
import { problemOf } from './receiver-under-test.ts';

const LIMIT = 1_024;
const JSON_TYPE = { 'content-type': 'application/json' };
const EVENT_TYPE = { 'content-type': 'application/cloudevents+json' };

function refusal(body: string | Uint8Array, headers: Readonly<Record<string, string>> = JSON_TYPE) {
  const result = readBody({ headers, body: Buffer.from(body) }, LIMIT);
  if (result.ok) throw new Error('it was read');
  return problemOf(result.answer);
}

function payload(body: string | Uint8Array, headers: Readonly<Record<string, string>> = JSON_TYPE) {
  const result = readBody({ headers, body: Buffer.from(body) }, LIMIT);
  if (!result.ok) throw new Error(`refused: ${result.answer.body}`);
  return result.value;
}

describe('the size of a body', () => {
  it('may reach the limit, in bytes', () => {
    expect(payload(`"${'é'.repeat((LIMIT - 2) / 2)}"`).payload).toBe('é'.repeat((LIMIT - 2) / 2));
  });

  it('is refused beyond it with 413, which names it', () => {
    const { status, detail } = refusal(`"${'é'.repeat((LIMIT - 2) / 2)}" `);
    expect([status, detail]).toEqual([413, 'The body may have at most 1024 bytes.']);
  });
});

describe('the type of a body', () => {
  it.each([
    'application/json',
    'Application/JSON; charset=utf-8',
    'application/json;charset="UTF-8"',
    ' application/json ',
  ])('may be %j', (contentType) => {
    expect(payload('{"a":1}', { 'content-type': contentType })).toMatchObject({ payload: { a: 1 } });
  });

  it.each([
    [{}],
    [{ 'content-type': '' }],
    [{ 'content-type': 'text/plain' }],
    [{ 'content-type': 'text/json' }],
    [{ 'content-type': 'application/jsonp' }],
    [{ 'content-type': 'application/x-www-form-urlencoded' }],
    [{ 'content-type': 'application/cloudevents-batch+json' }],
    [{ ...JSON_TYPE, 'content-encoding': 'gzip' }],
    [{ ...JSON_TYPE, 'content-encoding': 'br, identity' }],
  ])('is refused with 415: %j', (headers) => {
    const { status, detail } = refusal('{}', Object.fromEntries(Object.entries(headers)));
    expect([status, detail]).toEqual([
      415,
      'Send application/json or application/cloudevents+json, without content encoding.',
    ]);
  });

  it('may say that it is not encoded', () => {
    expect(payload('1', { ...JSON_TYPE, 'content-encoding': 'Identity' }).payload).toBe(1);
  });
});

describe('a body that is not JSON', () => {
  it.each([
    ['cut off', '{"taskId":"t"'],
    ['of two values', '{} {}'],
    ['with a trailing comma', '{"a":1,}'],
    ['in single quotes', "{'a':1}"],
    ['form data', 'a=1&b=2'],
    ['compressed', gzipSync('{}')],
    ['in UTF-16', Buffer.from('{}', 'utf16le')],
    ['with a byte that UTF-8 does not have', Buffer.from([0x22, 0xff, 0x22])],
  ])('is refused with 400: %s', (_, body) => {
    const { status, detail } = refusal(body);
    expect([status, detail]).toEqual([400, 'The body is not valid JSON in UTF-8.']);
  });

  it('but empty is told why that may be', () => {
    expect(refusal('').detail).toContain('A body sent in chunks needs a Content-Length');
    expect(refusal('').status).toBe(400);
  });

  it('may begin with a byte order mark', () => {
    expect(payload(Buffer.from('\ufeff{"a":1}')).payload).toEqual({ a: 1 });
  });
});

describe('the nesting of a body', () => {
  it.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('may have 64 levels of %s, and no more', (_, open, close) => {
    const nested = (levels: number) => `${open.repeat(levels)}1${close.repeat(levels)}`;
    expect(payload(nested(64)).payload).toEqual(JSON.parse(nested(64)));
    const { status, detail } = refusal(nested(65));
    expect([status, detail]).toEqual([422, 'The body may be nested at most 64 levels deep.']);
  });

  it('is measured without running out of stack', () => {
    const levels = 200_000;
    const deep = Buffer.from('['.repeat(levels) + ']'.repeat(levels));
    const result = readBody({ headers: JSON_TYPE, body: deep }, deep.byteLength);
    expect(result.ok ? undefined : result.answer.status).toBe(422);
  });
});

describe('the order of the checks', () => {
  it('is size, type, JSON, shape', () => {
    const long = '['.repeat(LIMIT + 1);
    expect(refusal(long, { 'content-type': 'text/plain' }).status).toBe(413);
    expect(refusal('[', { 'content-type': 'text/plain' }).status).toBe(415);
    expect(refusal('['.repeat(100), EVENT_TYPE).status).toBe(400);
    expect(refusal('[]', EVENT_TYPE).status).toBe(422);
  });
});

describe('an event in structured mode', () => {
  const event = { specversion: '1.0', id: 'e-1', type: 't', source: '/s', data: { taskId: 't' } };

  it('is unwrapped', () => {
    expect(payload(JSON.stringify(event), EVENT_TYPE)).toEqual({
      payload: { taskId: 't' },
      payloadPointer: '/data',
      structuredModeId: 'e-1',
    });
  });

  it('is a payload like any other when it comes as plain JSON', () => {
    expect(payload(JSON.stringify(event))).toEqual({ payload: event, payloadPointer: '', structuredModeId: undefined });
  });

  it.each([
    [{ ...event, specversion: '0.3' }, ['/specversion']],
    [{ ...event, id: '' }, ['/id']],
    [{ ...event, id: ' ' }, ['/id']],
    [{ ...event, id: 7 }, ['/id']],
    [{ ...event, data: undefined, data_base64: 'e30=' }, ['/data']],
    [{}, ['/specversion', '/id', '/data']],
    [[event], ['/specversion', '/id', '/data']],
    [null, ['/specversion', '/id', '/data']],
    ['text', ['/specversion', '/id', '/data']],
  ])('is refused with 422: %j', (body, pointers) => {
    const { status, errors } = refusal(JSON.stringify(body), EVENT_TYPE);
    expect([status, errors?.map(({ pointer }) => pointer)]).toEqual([422, pointers]);
  });
});
