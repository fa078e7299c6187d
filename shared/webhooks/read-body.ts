import { CLOUD_EVENT_MEDIA_TYPE } from '../events/cloud-event.ts';
import { problemAnswer, type WebhookAnswer } from './problem.ts';

/** Deeper nesting than any vendor sends, and far below what would exhaust the stack of a JSON writer. */
const MAX_NESTING = 64;

export interface WebhookRequest {
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What a request carries: the vendor's payload, and the CloudEvents `id` when it came wrapped in structured mode. */
export interface ReadBody {
  readonly payload: unknown;
  /** Where in the body the payload is: a JSON Pointer, empty for the whole body. */
  readonly payloadPointer: string;
  readonly structuredModeId: string | undefined;
}

/** Reads the JSON of a webhook request, or says in an HTTP answer (413, 415, 400, 422) why it can't be read. */
export function readBody(
  { headers, body }: WebhookRequest,
  maxBodyBytes: number,
): { ok: true; value: ReadBody } | { ok: false; answer: WebhookAnswer } {
  const refuse = (status: number, title: string, detail: string) => ({
    ok: false as const,
    answer: problemAnswer({ status, title, detail }),
  });
  if (body.byteLength > maxBodyBytes) {
    return refuse(413, 'Body too large', `The body may have at most ${maxBodyBytes} bytes.`);
  }
  const mediaType = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const encoding = (headers['content-encoding'] ?? 'identity').toLowerCase();
  if ((mediaType !== 'application/json' && mediaType !== CLOUD_EVENT_MEDIA_TYPE) || encoding !== 'identity') {
    return refuse(
      415,
      'Unsupported content type',
      `Send application/json or ${CLOUD_EVENT_MEDIA_TYPE}, without content encoding.`,
    );
  }
  const parsed = parseJson(body);
  if (!parsed.ok) return refuse(400, 'Not JSON', parsed.detail);
  if (nestingExceeds(parsed.value, MAX_NESTING)) {
    return refuse(422, 'Wrong shape', `The body may be nested at most ${MAX_NESTING} levels deep.`);
  }
  if (mediaType === CLOUD_EVENT_MEDIA_TYPE) return unwrap(parsed.value);
  return { ok: true, value: { payload: parsed.value, payloadPointer: '', structuredModeId: undefined } };
}

function parseJson(body: Uint8Array): { ok: true; value: unknown } | { ok: false; detail: string } {
  if (body.byteLength === 0) {
    return { ok: false, detail: 'The body is empty. A body sent in chunks needs a Content-Length to get here.' };
  }
  try {
    return { ok: true, value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) };
  } catch {
    return { ok: false, detail: 'The body is not valid JSON in UTF-8.' };
  }
}

function unwrap(envelope: unknown): ReturnType<typeof readBody> {
  const field = (name: string): unknown =>
    typeof envelope === 'object' && envelope !== null ? Reflect.get(envelope, name) : undefined;
  const errors = [
    ...(field('specversion') === '1.0' ? [] : [{ pointer: '/specversion', detail: 'Invalid input: expected "1.0"' }]),
    ...(isFilledString(field('id')) ? [] : [{ pointer: '/id', detail: 'Invalid input: expected a non-empty string' }]),
    ...(field('data') === undefined ? [{ pointer: '/data', detail: 'Invalid input: expected the payload' }] : []),
  ];
  if (errors.length > 0) {
    const detail = 'The body is not a CloudEvents 1.0 event in structured mode.';
    return { ok: false, answer: problemAnswer({ status: 422, title: 'Wrong shape', detail, errors }) };
  }
  return {
    ok: true,
    value: { payload: field('data'), payloadPointer: '/data', structuredModeId: String(field('id')) },
  };
}

function isFilledString(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function nestingExceeds(root: unknown, limit: number): boolean {
  const pending = [{ value: root, depth: 1 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth > limit) return true;
    for (const value of Object.values(next.value)) pending.push({ value, depth: next.depth + 1 });
  }
  return false;
}
