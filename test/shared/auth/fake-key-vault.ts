/**
 * One Key Vault with one secret, behind `fetch`, as its REST API is documented: every write makes a new version, nothing is
 * conditional (https://learn.microsoft.com/rest/api/keyvault/secrets/set-secret).
 */
export class FakeKeyVault {
  readonly url = 'https://contoso.vault.azure.net/secrets/nimbus-sign-in';
  readonly versions: string[] = [];
  readonly seen: Request[] = [];
  /** Runs before each request is carried out. */
  before: (request: Request) => void = () => undefined;
  /** Answered in place of what was asked for. */
  refusal: { readonly status: number; readonly code: string } | undefined;

  readonly fetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    this.seen.push(request);
    this.before(request);
    if (this.refusal !== undefined) return problem(this.refusal.status, this.refusal.code);
    if (request.headers.get('authorization') !== 'Bearer azure-token') return problem(401, 'Unauthorized');
    const { origin, pathname, searchParams } = new URL(request.url);
    if (searchParams.get('api-version') !== '7.4') return problem(400, 'BadParameter');
    if (`${origin}${pathname}` !== this.url) return problem(404, 'SecretNotFound');
    if (request.method === 'PUT') {
      const body: unknown = await request.json();
      if (typeof body !== 'object' || body === null || !('value' in body) || typeof body.value !== 'string') {
        return problem(400, 'BadParameter');
      }
      this.versions.push(body.value);
    }
    const value = this.versions.at(-1);
    if (value === undefined) return problem(404, 'SecretNotFound');
    const version = String(this.versions.length).padStart(32, '0');
    const attributes = { enabled: true, created: 1_493_938_459, updated: 1_493_938_459, recoveryLevel: 'Recoverable' };
    return Response.json({ value, contentType: 'application/json', id: `${this.url}/${version}`, attributes });
  };
}

function problem(status: number, code: string): Response {
  return Response.json({ error: { code, message: 'about SECRET-4711' } }, { status });
}
