import { describe, expect, it } from 'vitest';
import { jsonAnswer, problemAnswer } from '../../../shared/webhooks/problem.ts';

describe('problemAnswer', () => {
  it('has the media type and members of RFC 9457', () => {
    const errors = [{ pointer: '/a', detail: 'wrong' }];
    const { status, headers, body } = problemAnswer({ status: 422, title: 'Wrong shape', detail: 'No.', errors });
    expect([status, headers]).toEqual([422, { 'content-type': 'application/problem+json' }]);
    expect(JSON.parse(body)).toEqual({ type: 'about:blank', status: 422, title: 'Wrong shape', detail: 'No.', errors });
  });

  it('says in a header when to come again, in seconds', () => {
    const { headers, body } = problemAnswer({
      status: 503,
      title: 'Not taken',
      detail: 'Later.',
      retryAfterSeconds: 5,
    });
    expect(headers).toEqual({ 'content-type': 'application/problem+json', 'retry-after': '5' });
    expect(JSON.parse(body)).toEqual({ type: 'about:blank', status: 503, title: 'Not taken', detail: 'Later.' });
  });
});

describe('jsonAnswer', () => {
  it('is JSON', () => {
    expect(jsonAnswer(202, { id: 'e1' })).toEqual({
      status: 202,
      headers: { 'content-type': 'application/json' },
      body: '{"id":"e1"}',
    });
  });
});
