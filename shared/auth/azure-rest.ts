import type { TokenCredential } from '@azure/identity';
import { TransientError } from '../errors.ts';
import { credentialTokens } from './azure-credential.ts';

const TIMEOUT_MS = 5_000;

export interface AzureRestOptions {
  /** Name of the service, for errors. */
  readonly service: string;
  readonly scope: string;
  readonly fetch: typeof fetch;
  readonly credential: TokenCredential;
}

export interface AzureAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Sends one request in the name of the credential. @throws TransientError when there is no answer. */
export type AzureRest = (
  method: 'GET' | 'PUT',
  url: string,
  content?: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
) => Promise<AzureAnswer>;

/**
 * Two operations on one secret or blob need no more than `fetch`; the SDK packages for them would each bring a client,
 * a pipeline and their own credentials into the bundle that every start has to load.
 */
export function azureRest({ service, scope, fetch, credential }: AzureRestOptions): AzureRest {
  const token = credentialTokens(credential, scope);
  return async (method, url, { headers = {}, body } = {}) => {
    const authorization = `Bearer ${await token({ renew: false })}`;
    try {
      const response = await fetch(url, {
        method,
        headers: { ...headers, authorization },
        ...(body !== undefined && { body }),
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (cause) {
      throw new TransientError(`the ${service} with the sign-in could not be reached`, { cause });
    }
  };
}
