/**
 * One container with one blob, behind `fetch`, as the REST API of the Blob service is documented: Get Blob and Put Blob with
 * conditional headers (https://learn.microsoft.com/rest/api/storageservices/put-blob).
 */
export class FakeBlobStorage {
  readonly url = 'https://contoso.blob.core.windows.net/bridge/nimbus/sign-in.json';
  blob: { readonly text: string; readonly etag: string } | undefined;
  readonly seen: Request[] = [];
  hasContainer = true;
  /** Runs before each request is carried out. */
  before: (request: Request) => void = () => undefined;
  /** Answered in place of what was asked for. */
  refusal: { readonly status: number; readonly code: string } | undefined;
  #writes = 0;

  readonly fetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    this.seen.push(request);
    this.before(request);
    const body = await request.text();
    const { headers, method } = request;
    if (this.refusal !== undefined) return problem(this.refusal.status, this.refusal.code);
    if (headers.get('authorization') !== 'Bearer azure-token') return problem(401, 'InvalidAuthenticationInfo');
    // Bearer tokens need at least this version, and every authorized request needs its date.
    if ((headers.get('x-ms-version') ?? '') < '2017-11-09') return problem(403, 'AuthenticationFailed');
    if (Number.isNaN(Date.parse(headers.get('x-ms-date') ?? ''))) return problem(403, 'AuthenticationFailed');
    if (!this.hasContainer) return problem(404, 'ContainerNotFound');
    if (method === 'PUT') return this.#put(headers, body);
    if (this.blob === undefined) return problem(404, 'BlobNotFound');
    return new Response(this.blob.text, { headers: { etag: this.blob.etag, 'x-ms-blob-type': 'BlockBlob' } });
  };

  /** A write by somebody else. */
  overwrite(text: string): void {
    this.#writes += 1;
    this.blob = { text, etag: `"0x8DC${this.#writes}"` };
  }

  #put(headers: Headers, body: string): Response {
    if (headers.get('x-ms-blob-type') !== 'BlockBlob') return problem(400, 'MissingRequiredHeader');
    const match = headers.get('if-match');
    if (match !== null && match !== this.blob?.etag) return problem(412, 'ConditionNotMet');
    if (headers.get('if-none-match') === '*' && this.blob !== undefined) return problem(409, 'BlobAlreadyExists');
    this.overwrite(body);
    return new Response(null, { status: 201, headers: { etag: this.blob?.etag ?? '' } });
  }
}

function problem(status: number, code: string): Response {
  const text = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>about SECRET-4711</Message></Error>`;
  return new Response(text, { status, headers: { 'x-ms-error-code': code } });
}
