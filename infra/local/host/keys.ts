import { createHash, timingSafeEqual } from 'node:crypto';

/** The keys of the host. `functions` maps a function's name (ignoring case) to its own key. */
export interface FunctionKeys {
  master?: string | undefined;
  default?: string | undefined;
  functions?: Record<string, string> | undefined;
}

export type AuthLevel = 'anonymous' | 'function' | 'admin';

/** The key a request presents: the header `x-functions-key`, else the query's `code`. */
export function presentedKey(header: string | undefined, code: string | undefined): string | undefined {
  return header ?? code;
}

/** True when the presented key is the host's master key. */
export function isMasterKey(keys: FunctionKeys, presented: string | undefined): boolean {
  return matchesAny(presented, [keys.master]);
}

/** Whether the presented key opens the function: its own key, the host key or the master key; `admin` takes the master alone. */
export function isAuthorized(
  keys: FunctionKeys,
  level: AuthLevel,
  functionName: string,
  presented: string | undefined,
): boolean {
  if (level === 'anonymous') return true;
  if (level === 'admin') return isMasterKey(keys, presented);
  return matchesAny(presented, [keys.master, keys.default, ownKey(keys, functionName)]);
}

function ownKey(keys: FunctionKeys, functionName: string): string | undefined {
  const wanted = functionName.toLowerCase();
  return Object.entries(keys.functions ?? {}).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

/** Compares digests, and always all of them, so that the time taken tells nothing about any key. */
function matchesAny(presented: string | undefined, accepted: readonly (string | undefined)[]): boolean {
  const given = digest(presented ?? '');
  let matched = false;
  for (const key of accepted) {
    const equal = timingSafeEqual(given, digest(key ?? ''));
    if (equal && key !== undefined && key !== '') matched = true;
  }
  return matched;
}

function digest(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
