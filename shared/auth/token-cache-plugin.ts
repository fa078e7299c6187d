import type { ICachePlugin } from '@azure/msal-node';
import type { Log } from '../log.ts';
import * as z from '../zod.ts';
import type { TokenCache } from './token-cache.ts';

/** As far as MSAL needs it to be right in order to read it: sections of entries. */
const serializedCache = z.record(z.string(), z.record(z.string(), z.unknown()));

/** Leaves a new sign-in in `cache`, in place of whatever is there: nothing is newer than what a person just did. */
export function signInPlugin(cache: TokenCache): ICachePlugin {
  return {
    beforeCacheAccess: async () => undefined,
    async afterCacheAccess({ cacheHasChanged, tokenCache }) {
      if (!cacheHasChanged) return;
      const text = tokenCache.serialize();
      let saved: string | undefined;
      while (saved === undefined) saved = await cache.write(text, (await cache.read())?.version);
    },
  };
}

export interface RefreshPlugin extends ICachePlugin {
  /** Whether somebody else has written since MSAL last read. */
  isOutdated(): Promise<boolean>;
}

/**
 * Lets MSAL renew the sign-in in `cache` while other processes do the same.
 *
 * New tokens are saved only onto the version that their refresh began with. Where another process was faster, or a person
 * signed in, what they saved stays and the new refresh token is dropped: with an issuer that lets a refresh token be
 * used once, no second refresh can have succeeded, so what is there is the newer sign-in; with Entra, which lets old
 * ones live on (https://learn.microsoft.com/entra/identity-platform/refresh-tokens), either will do.
 */
export function refreshPlugin(cache: TokenCache, log: Pick<Log, 'warn'>): RefreshPlugin {
  let version: string | undefined;
  /** New tokens that could not be saved, and the version they belong onto. */
  let unsaved: { readonly text: string; readonly onto: string | undefined } | undefined;

  async function save(text: string): Promise<void> {
    try {
      const saved = await cache.write(text, version);
      version = saved ?? version;
      unsaved = undefined;
    } catch {
      unsaved = { text, onto: version };
      log.warn('the renewed sign-in could not be saved; it is kept in memory until it can', { name: 'nimbus-sign-in' });
    }
  }

  return {
    async beforeCacheAccess({ cacheHasChanged, tokenCache }) {
      // MSAL asks a second time before it saves. By then it must not see what others wrote during its refresh.
      if (cacheHasChanged) return;
      const cached = await cache.read();
      version = cached?.version;
      const ours = unsaved?.onto === version ? unsaved?.text : undefined;
      unsaved = undefined;
      tokenCache.deserialize(ours ?? readable(cached?.text));
      if (ours !== undefined) await save(ours);
    },
    async afterCacheAccess({ cacheHasChanged, tokenCache }) {
      if (cacheHasChanged) await save(tokenCache.serialize());
    },
    isOutdated: async () => (await cache.read())?.version !== version,
  };
}

/** Text that is damaged counts as none: signing in again mends it. */
function readable(text = '{}'): string {
  try {
    return JSON.stringify(z.parse(serializedCache, JSON.parse(text)));
  } catch {
    return '{}';
  }
}
