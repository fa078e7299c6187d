import { createHash } from 'node:crypto';

/** A service's UPN as a table key: UPNs may hold characters that keys may not, and come in any casing. */
export function serviceKey(serviceUpn: string): string {
  return createHash('sha256').update(serviceUpn.toLowerCase()).digest('base64url');
}
