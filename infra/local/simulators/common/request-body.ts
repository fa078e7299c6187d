import type { FastifyRequest } from 'fastify';

/**
 * The body as it arrived; empty when there was none. Simulators parse it themselves so that each refuses in its
 * vendor's way.
 */
export function rawBodyOf(request: FastifyRequest): string {
  return typeof request.body === 'string' ? request.body : '';
}

/** The media type in lower case and without parameters; empty when the header is missing. */
export function mediaTypeOf(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** True for `application/json` and every `+json` type. */
export function isJsonMediaType(mediaType: string): boolean {
  return mediaType === 'application/json' || mediaType.endsWith('+json');
}

/** The value of a JSON text, or undefined (which no JSON text can mean) when it is not one. */
export function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * JSON parsed where the content type says so and the text keeps the promise, else the text; null when there is none.
 */
export function bodyForRecord(text: string, contentType: string | undefined): unknown {
  if (text === '') return null;
  const parsed = isJsonMediaType(mediaTypeOf(contentType)) ? parseJsonText(text) : undefined;
  return parsed === undefined ? text : parsed;
}

/** The own properties of a JSON object; undefined for arrays, null and everything else. */
export function asJsonObject(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value));
}
