import type { TokenCredential } from '@azure/identity';
import { TransientError } from '../errors.ts';
import { type AzureAnswer, azureRest } from './azure-rest.ts';
import type { TokenCache } from './token-cache.ts';

const SERVICE_VERSION = '2023-11-03';

/**
 * Keeps the text as a block blob. Its ETag is the version, and the service itself refuses a write onto another one
 * (https://learn.microsoft.com/rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations).
 */
export function blobTokenCache(
  blobUrl: string,
  options: { readonly fetch: typeof fetch; readonly credential: TokenCredential },
): TokenCache {
  const send = azureRest({ ...options, service: 'blob', scope: 'https://storage.azure.com/.default' });
  const common = () => ({ 'x-ms-version': SERVICE_VERSION, 'x-ms-date': new Date().toUTCString() });

  return {
    async read() {
      const answer = await send('GET', blobUrl, { headers: common() });
      if (answer.status === 200) return { text: answer.text, version: etagOf(answer) };
      if (answer.status === 404) return undefined;
      throw refusal('read', answer);
    },
    async write(body, version) {
      const condition = version === undefined ? { 'if-none-match': '*' } : { 'if-match': version };
      const headers = { ...common(), ...condition, 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/json' };
      const answer = await send('PUT', blobUrl, { headers, body });
      if (answer.status === 201) return etagOf(answer);
      if (answer.status === 412 || codeOf(answer) === 'BlobAlreadyExists') return undefined;
      throw refusal('write', answer);
    },
  };
}

function etagOf({ headers }: AzureAnswer): string {
  const etag = headers.get('etag');
  if (etag === null) throw new TransientError('the blob with the sign-in came without an ETag');
  return etag;
}

function codeOf({ headers }: AzureAnswer): string | null {
  return headers.get('x-ms-error-code');
}

function refusal(verb: 'read' | 'write', answer: AzureAnswer): TransientError {
  const { status } = answer;
  const code = codeOf(answer);
  const rights = 'give the identity the role "Storage Blob Data Contributor" on the container in NIMBUS_TOKEN_CACHE';
  const hint =
    status === 401 || status === 403
      ? `: ${rights}`
      : code === 'ContainerNotFound'
        ? ': create the container in NIMBUS_TOKEN_CACHE'
        : '';
  const known = code === null ? '' : ` (${code})`;
  return new TransientError(`the blob storage answered ${status}${known} to "${verb} the sign-in"${hint}`, {
    httpStatus: status,
  });
}
