import { createHttpClient } from '../destinations/http-client.ts';
import { ConfigurationError, PermanentError } from '../errors.ts';
import { discoverySchema } from './answers.ts';
import { parseAnswer } from './parse-answer.ts';

/** How to talk to Enreach over HTTP. */
export interface EnreachNetwork {
  readonly fetch: typeof fetch;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** For one call. */
  readonly timeoutMs: number;
}

const PATH = '/api/user';

/**
 * The address of the API of the user's home, without a slash at its end. `discoveryUrl` may end with `/api/user` or not.
 *
 * @throws ConfigurationError when discovery knows no such user; PermanentError | TransientError
 */
export async function discoverApi(discoveryUrl: string, username: string, network: EnreachNetwork): Promise<string> {
  const send = createHttpClient({
    ...network,
    destination: 'Enreach discovery',
    baseUrl: discoveryUrl.replace(/\/+$/, '').replace(/\/api\/user$/i, ''),
    credentials: { headers: async () => ({}) },
    decide: (_request, { status }) => (status === 401 || status === 403 ? 'permanent' : undefined),
  });
  const operation = 'find the API of the user';
  const answer = await send({ method: 'GET', path: PATH, query: { user: username }, operation });
  const [home] = parseAnswer(discoverySchema, answer.body, operation);
  const endpoint = home?.apiendpoint ?? undefined;
  if (endpoint === undefined) {
    throw new ConfigurationError('Enreach can not be used', ['ENREACH_USERNAME: discovery knows no such user']);
  }
  return apiAddress(endpoint, new URL(discoveryUrl).protocol);
}

/** EnreachAPI takes HTTPS only; without TLS is for simulators, whose discovery has none either. */
function apiAddress(endpoint: string, discoveryProtocol: string): string {
  const withScheme = /^[a-z]+:\/\//i.test(endpoint) ? endpoint : `${discoveryProtocol}//${endpoint}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (url === undefined) throw new PermanentError('Enreach discovery gave an API address that is no URL');
  if (url.protocol !== 'https:' && url.protocol !== discoveryProtocol) {
    throw new PermanentError('Enreach discovery gave an API address without TLS');
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
