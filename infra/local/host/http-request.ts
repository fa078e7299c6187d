import type { IncomingMessage } from 'node:http';
import type { HttpData, NullableStrings } from './rpc.ts';

/** The largest body the Functions host takes. */
export const maxBodyBytes = 104_857_600;

/** What a request line and its Host header point at. */
export interface RequestTarget {
  /** Absolute, with the query, as handlers see it. */
  url: string;
  /** Percent-encoded path, dot segments removed. */
  path: string;
  query: URLSearchParams;
}

/** The body is longer than {@link maxBodyBytes}. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/** Reads the target of a request; `undefined` when it cannot be one (a bad Host header, `OPTIONS *`). */
export function readTarget(
  request: Pick<IncomingMessage, 'url' | 'headers'>,
  fallbackHost: string,
): RequestTarget | undefined {
  const line = request.url ?? '/';
  const base = `http://${request.headers.host || fallbackHost}`;
  if (!URL.canParse(base) || new URL(base).pathname !== '/') return undefined;
  const absolute = /^https?:\/\//i.test(line) ? line : line.startsWith('/') ? `${base}${line}` : undefined;
  if (absolute === undefined || !URL.canParse(absolute)) return undefined;
  const url = new URL(absolute);
  return { url: absolute, path: url.pathname, query: url.searchParams };
}

/**
 * The body of a request.
 *
 * @throws {BodyTooLargeError}
 * @throws {Error} when the client goes away before its end.
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  if (declaredLength(request) > maxBodyBytes) throw new BodyTooLargeError();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes: Buffer = Buffer.from(chunk);
    length += bytes.length;
    if (length > maxBodyBytes) throw new BodyTooLargeError();
    chunks.push(bytes);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length);
}

/** The Content-Length of a request; 0 without one, and so for every chunked request. */
export function declaredLength(request: Pick<IncomingMessage, 'headers'>): number {
  return Number(request.headers['content-length'] ?? 0);
}

/**
 * A request as the host describes it to the worker: header names in lower case, repeated headers and query values joined
 * with `,`, query names alike but for case taken as one, empty headers left out.
 */
export function toHttpData(
  request: Pick<IncomingMessage, 'method' | 'rawHeaders'>,
  target: RequestTarget,
  params: Readonly<Record<string, string>>,
  body: Buffer | undefined,
): HttpData {
  return {
    url: target.url,
    method: request.method ?? 'GET',
    nullableHeaders: headers(request.rawHeaders),
    nullableQuery: joined(target.query),
    nullableParams: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, { value }])),
    ...(body === undefined ? {} : { body: { bytes: body } }),
  };
}

function headers(raw: readonly string[]): NullableStrings {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    pairs.push([(raw[index] ?? '').toLowerCase(), raw[index + 1] ?? '']);
  }
  const all = joined(pairs);
  return Object.fromEntries(Object.entries(all).filter(([, { value }]) => value !== ''));
}

function joined(pairs: Iterable<[string, string]>): NullableStrings {
  const values = new Map<string, { name: string; parts: string[] }>();
  for (const [name, value] of pairs) {
    const known = values.get(name.toLowerCase());
    if (known === undefined) values.set(name.toLowerCase(), { name, parts: [value] });
    else known.parts.push(value);
  }
  return Object.fromEntries([...values.values()].map(({ name, parts }) => [name, { value: parts.join(',') }]));
}
