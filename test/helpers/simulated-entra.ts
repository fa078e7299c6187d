import type { INetworkModule, NetworkResponse } from '@azure/msal-node';

export const TENANT = '11111111-2222-4333-8444-555555555555';
export const AUTHORITY = `https://login.microsoftonline.com/${TENANT}`;

/** An OAuth error as Entra sends it. */
export interface EntraRefusal {
  readonly status: number;
  readonly error: string;
  /** The number after AADSTS. */
  readonly number?: number;
  readonly suberror?: string;
}

export interface EntraRequest {
  readonly url: string;
  readonly form: Readonly<Record<string, string>>;
}

export interface SimulatedEntraOptions {
  /** What every request for a token is refused with. */
  readonly refusal?: EntraRefusal;
  /** Refuses a refresh token that was used before; Entra itself lets old ones live on. */
  readonly singleUse?: boolean;
  /** How long access tokens are valid. */
  readonly expiresInSeconds?: number;
  /** How many polls of a device code are answered "not yet". */
  readonly pendingPolls?: number;
}

/** What no log and no error may contain: each text that Entra handed out or was shown begins so. */
export const SECRET_TEXTS = /token-\d|refresh-\d|device-code-\d|SECRET/;

/**
 * Entra as MSAL meets it: discovery, a device-code endpoint, and a token endpoint that numbers its tokens, for client
 * credentials, device codes and refresh tokens.
 */
export class SimulatedEntra {
  readonly asked: EntraRequest[] = [];
  /** Runs before a request for a token is looked at; may throw, as a broken connection would, and may wait. */
  before: (request: EntraRequest) => void | Promise<void> = () => undefined;
  /** Runs when a request for a token has taken effect, before the answer leaves. */
  after: (request: EntraRequest) => void | Promise<void> = () => undefined;
  refusal: EntraRefusal | undefined;
  account = { oid: 'aaaaaaaa-0000-4000-8000-000000000001', name: 'bridge@contoso.example' };
  readonly #options: SimulatedEntraOptions;
  readonly #alive = new Set<string>();
  #issued = 0;
  #polls = 0;

  constructor(options: SimulatedEntraOptions = {}) {
    this.#options = options;
    this.refusal = options.refusal;
  }

  /** Requests that reached the token endpoint, in order. */
  tokenRequests(): EntraRequest[] {
    return this.asked.filter(({ url }) => url.includes('/oauth2/v2.0/token'));
  }

  /** Ends every sign-in, as a new password or an administrator does. */
  revokeAll(): void {
    this.#alive.clear();
  }

  readonly network: INetworkModule = {
    sendGetRequestAsync: async <T>(url: string) => {
      this.asked.push({ url, form: {} });
      return answer<T>(200, url.includes('/discovery/instance') ? instances() : endpoints());
    },
    sendPostRequestAsync: async <T>(url: string, options?: { body?: string }) => {
      const request = { url, form: Object.fromEntries(new URLSearchParams(options?.body)) };
      this.asked.push(request);
      if (this.refusal !== undefined) return refused<T>(this.refusal);
      if (url.includes('/devicecode')) return answer<T>(200, deviceCode());
      await this.before(request);
      const result = this.#token(request.form);
      await this.after(request);
      return result.tokens === undefined ? refused<T>(result.refusal) : answer<T>(200, result.tokens);
    },
  };

  #token(form: EntraRequest['form']): Outcome {
    switch (form.grant_type) {
      case 'client_credentials':
        return { tokens: this.#accessToken(form) };
      // MSAL's short form of the grant that RFC 8628 spells out.
      case 'device_code':
        this.#polls += 1;
        if (this.#polls <= (this.#options.pendingPolls ?? 0)) {
          return refuse('authorization_pending', 70016);
        }
        return { tokens: this.#signIn(form) };
      case 'refresh_token': {
        // Entra's number for a grant that was revoked or belongs to a used-up token.
        const used = form.refresh_token ?? '';
        if (!this.#alive.has(used)) return refuse('invalid_grant', 50173);
        if (this.#options.singleUse) this.#alive.delete(used);
        return { tokens: this.#signIn(form) };
      }
      default:
        return refuse('unsupported_grant_type', 70003);
    }
  }

  #signIn(form: EntraRequest['form']): Record<string, unknown> {
    const access = this.#accessToken(form);
    const refreshToken = `refresh-${this.#issued}`;
    this.#alive.add(refreshToken);
    return {
      ...access,
      refresh_token: refreshToken,
      id_token: `${base64({ alg: 'none' })}.${base64(this.#claims())}.x`,
      client_info: base64({ uid: this.account.oid, utid: TENANT }),
    };
  }

  #accessToken({ scope = '' }: EntraRequest['form']): Record<string, unknown> {
    this.#issued += 1;
    return {
      token_type: 'Bearer',
      scope: scope
        .split(' ')
        .filter((name) => name.includes('/'))
        .join(' '),
      expires_in: this.#options.expiresInSeconds ?? 3599,
      access_token: `token-${this.#issued}`,
    };
  }

  #claims(): Record<string, unknown> {
    const { oid, name } = this.account;
    return { oid, tid: TENANT, sub: oid, preferred_username: name, iss: `${AUTHORITY}/v2.0`, ver: '2.0' };
  }
}

type Outcome =
  | { readonly tokens: Record<string, unknown> }
  | { readonly tokens?: undefined; readonly refusal: EntraRefusal };

function refuse(error: string, number: number): Outcome {
  return { refusal: { status: 400, error, number } };
}

function deviceCode(): Record<string, unknown> {
  return {
    device_code: 'device-code-1',
    user_code: 'ABCD-EFGH',
    verification_uri: 'https://microsoft.com/devicelogin',
    expires_in: 900,
    // Polls follow at once, where Entra asks for five seconds.
    interval: 0,
    message: 'To sign in, …',
  };
}

function instances(): Record<string, unknown> {
  const aliases = ['login.microsoftonline.com'];
  const [host] = aliases;
  return {
    tenant_discovery_endpoint: `${AUTHORITY}/v2.0/.well-known/openid-configuration`,
    metadata: [{ preferred_network: host, preferred_cache: host, aliases }],
  };
}

function endpoints(): Record<string, unknown> {
  return {
    token_endpoint: `${AUTHORITY}/oauth2/v2.0/token`,
    device_authorization_endpoint: `${AUTHORITY}/oauth2/v2.0/devicecode`,
    authorization_endpoint: `${AUTHORITY}/oauth2/v2.0/authorize`,
    issuer: `${AUTHORITY}/v2.0`,
    jwks_uri: `${AUTHORITY}/discovery/v2.0/keys`,
  };
}

function refused<T>({ status, error, number = 7000215, suberror }: EntraRefusal): NetworkResponse<T> {
  const description = `AADSTS${number}: something about SECRET-4711 of mia@contoso.example`;
  return answer<T>(status, { error, error_description: description, error_codes: [number], suberror });
}

function answer<T>(status: number, body: unknown): NetworkResponse<T> {
  return { status, headers: {}, body: JSON.parse(JSON.stringify(body)) };
}

function base64(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
