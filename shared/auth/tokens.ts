import type { Credentials } from '../destinations/http-client.ts';

/** Gets a token. `renew` asks for one that is not taken from a cache. @throws TransientError */
export type TokenSource = (options: { renew: boolean }) => Promise<string>;

/** Bearer credentials that ask `source` for a new token when a destination refuses the old one. */
export function bearer(source: TokenSource): Credentials {
  const headers = (renew: boolean) => async () => ({ authorization: `Bearer ${await source({ renew })}` });
  return { headers: headers(false), refreshed: headers(true) };
}

/** Bearer credentials with a token that nothing here can renew. */
export function fixedBearer(token: string): Credentials {
  return { headers: async () => ({ authorization: `Bearer ${token}` }) };
}
