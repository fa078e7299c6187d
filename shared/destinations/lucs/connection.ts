import type { LucsConfig } from '../../config.ts';
import { PermanentError, TransientError } from '../../errors.ts';
import * as z from '../../zod.ts';
import {
  createHttpClient,
  type Decision,
  type HttpAnswer,
  type HttpClient,
  type HttpClientOptions,
  type HttpRequest,
} from '../http-client.ts';
import { checkedBody } from '../request-body.ts';
import type { DestinationRuntime } from '../runtime.ts';

export interface LucsOptions extends DestinationRuntime, LucsConfig {}

/** How the operations of the LUCS Control API are called, whichever resource they belong to. */
export interface LucsConnection {
  /** Sends a request that changes something. A refusal, by 500 with an error code too, is a PermanentError. */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /**
   * Reads one thing by its id. The use case shows it in a list of one, the reference pages show it alone.
   *
   * @returns undefined when there is none: 404, an empty list, or 500 with an error code that says so by its name. The
   *   pages know 500 only, and none of the codes.
   * @throws PermanentError when the answer is not `what`, TransientError at 500 with any other code ({@link isUnclear})
   */
  find<Schema extends z.ZodMiniType>(
    request: HttpRequest,
    schema: Schema,
    what: string,
  ): Promise<z.output<Schema> | undefined>;
  /**
   * Reads a list.
   *
   * @throws PermanentError when the answer is not `what`. 500 with an error code is a TransientError for a GET, a
   *   refusal for other methods.
   */
  list<Schema extends z.ZodMiniType>(request: HttpRequest, schema: Schema, what: string): Promise<z.output<Schema>[]>;
}

export function createLucsConnection({ apiKey, authHeader, authPrefix, ...options }: LucsOptions): LucsConnection {
  const authorization = apiKey === undefined ? {} : { [authHeader.toLowerCase()]: `${authPrefix}${apiKey}` };
  const clientWith = (decide: NonNullable<HttpClientOptions['decide']>) =>
    createHttpClient({
      ...options,
      destination: 'LUCS',
      credentials: { headers: async () => authorization },
      decide,
      errorCode,
    });
  const send = clientWith(decide);
  const sendFind = clientWith((request, answer) => (saysNone(answer) ? 'done' : decide(request, answer)));

  return {
    send,
    async find(request, schema, what) {
      const answer = await withoutRefusals(sendFind, request);
      const { body } = answer;
      if (saysNone(answer) || (Array.isArray(body) && body.length === 0)) return undefined;
      return readAnswer(schema, Array.isArray(body) ? body[0] : body, request.operation, what);
    },
    async list(request, schema, what) {
      const { body } = await withoutRefusals(send, request);
      return readAnswer(z.array(schema), body, request.operation, what);
    },
  };
}

/** Nothing forbids a GET, and none does harm: what looks like a refusal of one is tried again. */
async function withoutRefusals(client: HttpClient, request: HttpRequest): Promise<HttpAnswer> {
  try {
    return await client(request);
  } catch (error) {
    if (request.method !== 'GET' || !(error instanceof PermanentError) || error.httpStatus !== 500) throw error;
    throw new TransientError(error.message, { cause: error, httpStatus: 500 });
  }
}

/** Whether a GET failed by 500 with an error code of unknown meaning: LUCS lacks what was asked for, or is at fault. */
export function isUnclear(error: unknown): boolean {
  return error instanceof TransientError && refusalStatus(error.cause) === 500;
}

/** The status of a refusal that the API's pages know: 500 with an error code, or 404. Undefined for every other error. */
export function refusalStatus(error: unknown): 404 | 500 | undefined {
  if (!(error instanceof PermanentError)) return undefined;
  return error.httpStatus === 404 || error.httpStatus === 500 ? error.httpStatus : undefined;
}

/** See {@link checkedBody}. */
export function bodyFor<Schema extends z.ZodMiniType>(
  schema: Schema,
  body: z.input<Schema>,
  operation: string,
): z.output<Schema> {
  return checkedBody(schema, body, { destination: 'LUCS', operation });
}

function readAnswer<Schema extends z.ZodMiniType>(
  schema: Schema,
  body: unknown,
  operation: string,
  what: string,
): z.output<Schema> {
  const parsed = z.safeParse(schema, body);
  if (parsed.success) return parsed.data;
  throw new PermanentError(`LUCS answered "${operation}" with something that is not ${what}`);
}

/**
 * 500 stands for "not allowed now" as well as for a fault. With an error code it is a refusal, unless the code says
 * that LUCS is still starting; a bare 500 comes from the web server before it.
 */
function decide(_request: HttpRequest, answer: HttpAnswer): Decision | undefined {
  if (answer.status !== 500) return undefined;
  const code = errorCode(answer);
  return code === undefined || code === 'NotInitialized' ? 'retry' : 'permanent';
}

/** Whether an answer to a question for one thing means that there is none. The names of codes for it are assumed. */
function saysNone(answer: HttpAnswer): boolean {
  return answer.status === 404 || (answer.status === 500 && /not_?(found|exist)/i.test(errorCode(answer) ?? ''));
}

/** Of the codes only `NotInitialized` is published, so they stay open. Numbers are taken too: the type is not known. */
const errorSchema = z.object({ Error: z.object({ Code: z.union([z.string(), z.number()]) }) });

function errorCode(answer: HttpAnswer): string | undefined {
  const parsed = z.safeParse(errorSchema, answer.body);
  if (!parsed.success) return undefined;
  const code = String(parsed.data.Error.Code);
  return /^\w{1,64}$/.test(code) ? code : 'unnamed';
}
