import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { senderEventId } from '../../../shared/webhooks/sender-event-id.ts';

const HASH = 'abcdefghijklmnopqrstuvwxyz';
const all = {
  'webhook-id': 'msg_1',
  'ce-id': 'ce-1',
  'x-ms-workflow-run-id': 'run-1',
  'x-ms-client-tracking-id': 'track-1',
};

describe('senderEventId', () => {
  it.each([
    ['webhook-id before all others', all, 's-1', 'msg_1'],
    ['then the id of the envelope', { ...all, 'webhook-id': '' }, 's-1', 's-1'],
    ['then ce-id', { ...all, 'webhook-id': ' ' }, undefined, 'ce-1'],
    ['then the flow run, with the content', { ...all, 'webhook-id': '', 'ce-id': '' }, undefined, 'run-1.abcdefghijkl'],
    [
      'then the tracking id, with the content',
      { 'x-ms-client-tracking-id': 'track-1' },
      undefined,
      'track-1.abcdefghijkl',
    ],
    ['without spaces around', { 'ce-id': '\tce-1 ' }, undefined, 'ce-1'],
    ['nothing when the sender names nothing', { 'x-request-id': 'r' }, undefined, undefined],
    ['nothing when all are empty', { 'webhook-id': '', 'x-ms-workflow-run-id': ' ' }, undefined, undefined],
  ])('takes %s', (_, headers, structuredModeId, expected) => {
    expect(senderEventId(Object.fromEntries(Object.entries(headers)), structuredModeId, HASH)).toBe(expected);
  });

  it('tells the events of one flow run apart by their content', () => {
    const headers = { 'x-ms-workflow-run-id': 'run-1' };
    expect(senderEventId(headers, undefined, `X${HASH}`)).not.toBe(senderEventId(headers, undefined, HASH));
  });

  it('keeps a printable id of up to 100 characters as it is, and no other', () => {
    const anyId = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 }),
      fc.stringMatching(/^[!-~]{90,110}$/),
    );
    fc.assert(
      fc.property(anyId, (id) => {
        const result = senderEventId({ 'webhook-id': `<${id}>` }, undefined, HASH) ?? '';
        expect(result).toMatch(/^[\x21-\x7e]{1,100}$/);
        const plain = /^[\x21-\x7e]{1,98}$/.test(id);
        expect(result === `<${id}>`).toBe(plain);
      }),
    );
  });

  it('gives different ids for different ids that it has to replace', () => {
    const ids = [`${'x'.repeat(150)}1`, `${'x'.repeat(150)}2`, 'é', 'è'];
    expect(new Set(ids.map((id) => senderEventId({ 'ce-id': id }, undefined, HASH))).size).toBe(ids.length);
  });
});
