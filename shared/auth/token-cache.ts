import { resolve } from 'node:path';
import type { TokenCredential } from '@azure/identity';
import { ConfigurationError } from '../errors.ts';
import { azureCredential } from './azure-credential.ts';
import { blobTokenCache } from './token-cache-blob.ts';
import { fileTokenCache } from './token-cache-file.ts';
import { keyVaultTokenCache } from './token-cache-key-vault.ts';

/** What is kept, and a version that differs after every write. */
export interface CachedText {
  readonly text: string;
  readonly version: string;
}

/** One text, kept where every process that signs in can reach it. Both methods reject with a TransientError. */
export interface TokenCache {
  /** Undefined when nothing is kept yet. */
  read(): Promise<CachedText | undefined>;
  /**
   * Writes if what is kept still has `version` (undefined: if nothing is kept), and gives the new version.
   * Undefined when somebody else wrote in the meantime; then nothing is changed.
   */
  write(text: string, version: string | undefined): Promise<string | undefined>;
}

export interface TokenCacheOptions {
  readonly fetch?: typeof fetch;
  /** Who reads and writes in Azure; by default the identity that the process runs under. */
  readonly credential?: TokenCredential;
}

/**
 * The cache at `address`: a file's path, the address of a Key Vault secret (`https://<vault>.vault.azure.net/secrets/<name>`)
 * or of a blob (`https://<account>.blob.core.windows.net/<container>/<blob>`). @throws ConfigurationError
 */
export function openTokenCache(address: string, options: TokenCacheOptions = {}): TokenCache {
  if (!/^https?:/i.test(address)) return fileTokenCache(resolve(address));
  const azure = { fetch: options.fetch ?? fetch, credential: options.credential ?? azureCredential(undefined) };
  if (/^https:\/\/[\w-]+\.vault\.azure\.net\/secrets\/[\w-]+$/i.test(address))
    return keyVaultTokenCache(address, azure);
  if (/^https:\/\/\w+\.blob\.core\.windows\.net\/[\w$-]+\/[^?#]+$/i.test(address)) {
    return blobTokenCache(address, azure);
  }
  throw new ConfigurationError('Settings are wrong or missing', [
    'NIMBUS_TOKEN_CACHE: expected the path of a file, https://<vault>.vault.azure.net/secrets/<name>, ' +
      'or https://<account>.blob.core.windows.net/<container>/<blob>',
  ]);
}
