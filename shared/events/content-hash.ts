import { createHash } from 'node:crypto';
import stringify from 'safe-stable-stringify';

/** A hash of a JSON value that does not depend on the order of its keys: 43 characters of base64url (SHA-256). */
export function contentHash(value: unknown): string {
  return createHash('sha256')
    .update(stringify(value) ?? '')
    .digest('base64url');
}
