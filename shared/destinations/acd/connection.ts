import { PermanentError, TransientError } from '../../errors.ts';
import * as z from '../../zod.ts';
import { createHttpClient, type HttpAnswer } from '../http-client.ts';
import { checkedBody } from '../request-body.ts';
import type { DestinationRuntime } from '../runtime.ts';
import { missingObjectEnvelope, recordsEnvelope, statusEnvelope } from './envelopes.ts';
import { type AcdOperation, type AcdPaths, nameInWords, operationOf, type PathValues, pathOf } from './operations.ts';

export interface AcdConnectionOptions extends DestinationRuntime {
  /** With `/rest/v1.0/{ClientsID}`. */
  readonly baseUrl: string;
  readonly token: string;
  /** Paths of this installation that differ from the usual ones. */
  readonly paths?: AcdPaths;
}

/** How the operations of the jtel ACD REST API are called, whichever resource they belong to. */
export interface AcdConnection {
  /**
   * Carries out an operation, and gives the body of its answer.
   * @throws MissingObjectError | PermanentError | TransientError
   */
  call(operation: AcdOperation, values?: PathValues, body?: unknown): Promise<unknown>;
  /**
   * Carries out an operation that answers with records, even with a single one. Those that can't be read are left out;
   * {@link warningsAbout} counts them.
   * @throws as `call`; PermanentError when there are records, and none of them can be read
   */
  records<Item extends z.ZodMiniType>(
    operation: AcdOperation,
    item: Item,
    values?: PathValues,
    body?: unknown,
  ): Promise<z.output<Item>[]>;
}

/** jtel knows the path, but not the object that it names. */
export class MissingObjectError extends PermanentError {}

export function createAcdConnection({ token, paths = {}, ...options }: AcdConnectionOptions): AcdConnection {
  const http = createHttpClient({
    ...options,
    destination: 'jtel ACD',
    credentials: { headers: async () => ({ authorization: `Bearer ${token}` }) },
    // It is told apart below; the error that the client makes of it would not say which 404 it was.
    decide: (_request, answer) => (isMissingObject(answer) ? 'done' : undefined),
    errorCode,
  });

  async function send(name: AcdOperation, values: PathValues = {}, body?: unknown): Promise<unknown> {
    const { method, isLive } = operationOf(name);
    const operation = nameInWords(name);
    const path = pathOf(name, paths, values);
    const answer = await http({ method, path, operation, ...(body !== undefined && { body }) }).catch(
      (error: unknown) => {
        throw isLive ? asFinal(error) : error;
      },
    );
    if (isMissingObject(answer)) {
      throw new MissingObjectError(`jtel ACD answered 404 (no such object) to "${operation}"`, { httpStatus: 404 });
    }
    const { status } = z.safeParse(statusEnvelope, answer.body).data ?? {};
    if (typeof status === 'number' && status >= 400) {
      throw new PermanentError(
        `jtel ACD's answers to "${operation}" disagree: HTTP ${answer.status}, but status ${status} in the body`,
        { httpStatus: answer.status },
      );
    }
    return answer.body;
  }

  return {
    async call(name, values, body) {
      const answer = await send(name, values, body);
      // A page, such as a proxy's, is no word of jtel's that something was done.
      if (answer === undefined || z.safeParse(statusEnvelope, answer).success) return answer;
      throw new PermanentError(`jtel ACD answered "${nameInWords(name)}" with something else than an object`);
    },
    async records(name, item, values, body) {
      const sent = z.safeParse(recordsEnvelope, await send(name, values, body)).data?.records;
      const read = (sent ?? []).flatMap((record) => {
        const { success, data } = z.safeParse(item, record);
        return success ? [data] : [];
      });
      // Nothing but unreadable records must not look like no such object.
      if (sent !== undefined && (read.length > 0 || sent.length === 0)) {
        unreadable.set(read, sent.length - read.length);
        return read;
      }
      throw new PermanentError(`jtel ACD answered "${nameInWords(name)}" without usable records`);
    },
  };
}

/** How many records of an answer were left out of a list. */
const unreadable = new WeakMap<readonly unknown[], number>();

/** What a step's result says about records of an answer that were left out of this list: nothing if there are none. */
export function warningsAbout(records: readonly unknown[]): { readonly warnings?: readonly string[] } {
  const count = unreadable.get(records) ?? 0;
  return count === 0 ? {} : { warnings: [`records of jtel ACD that can't be read were left out: ${count}`] };
}

/**
 * jtel tells two kinds of 404 apart by the body alone: without one, it does not know the path. A body that is not jtel's
 * own, such as a proxy's, says nothing about an object.
 */
function isMissingObject({ status, body }: HttpAnswer): boolean {
  return status === 404 && z.safeParse(missingObjectEnvelope, body).success;
}

/** Three faults share jtel's 401. */
function errorCode({ status, body }: HttpAnswer): string | undefined {
  if (status === 404) {
    const what = body === undefined ? 'no such route' : 'with a body that is not of jtel ACD';
    return `${what}: check ACD_BASE_URL, ACD_PATHS and the release`;
  }
  return status === 401 ? 'token, ClientsID, or their pairing' : undefined;
}

/** A call that goes on now does not wait: the same later would reach it in another state, or somebody else's. */
function asFinal(error: unknown): unknown {
  if (!(error instanceof TransientError)) return error;
  return new PermanentError(`${error.message}; it is not repeated, because it acts on a call that is going on`, {
    cause: error,
    httpStatus: error.httpStatus,
  });
}

/** The object that a call gives, or undefined when jtel does not have it. */
export async function orUndefined<Found>(call: Promise<Found>): Promise<Found | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof MissingObjectError) return undefined;
    throw error;
  }
}

/** The one record of an answer, or undefined when jtel does not have it. */
export async function onlyRecord<Item>(call: Promise<readonly Item[]>): Promise<Item | undefined> {
  return (await orUndefined(call))?.[0];
}

/** Removes something. @returns false when jtel does not know it: then it is as gone as it should be. */
export async function removed(call: Promise<unknown>): Promise<boolean> {
  return (await orUndefined(call.then(() => true))) ?? false;
}

/**
 * A request's body, checked before it leaves: nothing goes that is misspelt or out of range.
 * @throws PermanentError that names the keys, never their values
 */
export function bodyFor<Schema extends z.ZodMiniType>(
  operation: AcdOperation,
  schema: Schema,
  body: z.input<Schema>,
): z.output<Schema> {
  return checkedBody(schema, body, { destination: 'jtel ACD', operation: nameInWords(operation) });
}
