import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from '../../../shared/zod.ts';
import { readBody } from './http-request.ts';
import { answerEmpty, answerText } from './http-response.ts';
import { type FunctionKeys, isMasterKey } from './keys.ts';
import type { LoadedFunction } from './load-app.ts';

export interface AdminOptions {
  keys: FunctionKeys;
  functions: readonly LoadedFunction[];
  /** Starts a function that no request can start; the run goes on after the answer. */
  start(target: LoadedFunction, input: string): void;
}

const bodySchema = z.looseObject({ input: z._default(z.string(), '') });

/** True for the paths that belong to the host's own API. */
export function isAdminPath(path: string): boolean {
  return /^\/admin(\/|$)/i.test(path);
}

/**
 * The host's API: `POST /admin/functions/<name>` with the master key and `{"input": "…"}` starts a timer or Service Bus
 * function and answers 202 at once.
 */
export async function answerAdmin(
  options: AdminOptions,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  key: string | undefined,
): Promise<void> {
  if (!isMasterKey(options.keys, key)) return answerEmpty(response, 401);
  const name = /^\/admin\/functions\/([^/]+)\/?$/i.exec(path)?.[1]?.toLowerCase();
  const target = options.functions.find((known) => known.name.toLowerCase() === name);
  if (target === undefined || request.method !== 'POST') return answerEmpty(response, 404);
  if (target.trigger.kind === 'http') {
    return answerText(response, 400, `'${target.name}' answers HTTP requests: call its own address.`);
  }
  const body = parseBody((await readBody(request)).toString('utf8'));
  if (body === undefined) {
    return answerText(response, 400, 'The body must be JSON like {"input": "..."}; input is a string.');
  }
  options.start(target, body.input);
  answerEmpty(response, 202);
}

function parseBody(text: string): z.infer<typeof bodySchema> | undefined {
  if (text.trim() === '') return { input: '' };
  try {
    return z.safeParse(bodySchema, JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
