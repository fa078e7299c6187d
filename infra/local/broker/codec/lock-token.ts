import { randomFillSync } from 'node:crypto';

const TOKEN_BYTES = 16;
const POOL_TOKENS = 512;

/** Draws version-4 style identifiers of 32 hexadecimal digits from pooled random bytes. */
export function createTokenSource(): () => string {
  const pool = Buffer.allocUnsafeSlow(TOKEN_BYTES * POOL_TOKENS);
  let next = pool.length;
  return () => {
    if (next === pool.length) {
      randomFillSync(pool);
      next = 0;
    }
    next += TOKEN_BYTES;
    return pool.toString('hex', next - TOKEN_BYTES, next);
  };
}

/**
 * The delivery tag of a lock token: the same guid in .NET's byte order, where the first three groups are
 * little-endian. Service Bus clients undo this when they show the token.
 */
export function deliveryTag(token: string): Buffer {
  const tag = Buffer.from(token, 'hex');
  tag.subarray(0, 4).reverse();
  tag.subarray(4, 6).reverse();
  tag.subarray(6, 8).reverse();
  return tag;
}

/** The usual spelling of a guid: `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`. */
export function formatGuid(token: string): string {
  return [token.slice(0, 8), token.slice(8, 12), token.slice(12, 16), token.slice(16, 20), token.slice(20)].join('-');
}
