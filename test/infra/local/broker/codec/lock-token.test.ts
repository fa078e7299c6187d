import { describe, expect, it } from 'vitest';
import { createTokenSource, deliveryTag, formatGuid } from '../../../../../infra/local/broker/codec/lock-token.ts';

describe('lock tokens', () => {
  it('are never drawn twice', () => {
    const next = createTokenSource();
    const tokens = Array.from({ length: 2_000 }, next);
    expect(new Set(tokens).size).toBe(2_000);
    for (const token of tokens) expect(token).toMatch(/^[0-9a-f]{32}$/);
  });

  it("become a tag in .NET's byte order, and a guid", () => {
    const token = '00112233445566778899aabbccddeeff';
    expect(deliveryTag(token).toString('hex')).toBe('33221100554477668899aabbccddeeff');
    expect(formatGuid(token)).toBe('00112233-4455-6677-8899-aabbccddeeff');
  });
});
