import { PermanentError } from '../../errors.ts';
import { canonicaliseKeys, keyTreeOf } from '../../events/canonical-keys.ts';
import * as z from '../../zod.ts';
import { type Credentials, createHttpClient, type HttpAnswer, type HttpRequest } from '../http-client.ts';
import { checkedBody } from '../request-body.ts';
import type { DestinationRuntime } from '../runtime.ts';

export interface NimbusConnectionOptions extends DestinationRuntime {
  /** The API's address, such as `https://api.luware.cloud`. It differs by cluster. */
  readonly baseUrl: string;
  readonly credentials: Credentials;
  /** Waits for leave to make one call. @throws TransientError when that would take too long */
  readonly beforeCall: () => Promise<void>;
}

/** How the operations of the Nimbus connector API are called, whichever resource they belong to. */
export interface NimbusConnection {
  /** Sends a request whose answer matters by its status alone, or by its headers. @throws PermanentError | TransientError */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /**
   * Sends a request and reads its answer by `schema`, in whatever casing the keys come.
   * @throws PermanentError | TransientError
   */
  read<Schema extends z.ZodMiniType>(request: HttpRequest, schema: Schema): Promise<z.output<Schema>>;
}

export function createNimbusConnection({
  credentials,
  beforeCall,
  ...options
}: NimbusConnectionOptions): NimbusConnection {
  const send = createHttpClient({
    ...options,
    destination: 'Nimbus',
    credentials: withinBudget(credentials, beforeCall),
  });
  return {
    send,
    async read(request, schema) {
      const answer = await send(request);
      const parsed = z.safeParse(schema, canonicaliseKeys(answer.body, keyTreeOf(schema)));
      if (parsed.success) return parsed.data;
      throw new PermanentError(`Nimbus took "${request.operation}", but its answer can't be read`);
    },
  };
}

/** Every request on the wire, the one after a new token too, asks for its headers once: there it waits its turn. */
function withinBudget({ headers, refreshed }: Credentials, beforeCall: () => Promise<void>): Credentials {
  const inTurn = (source: Credentials['headers']) => async () => {
    const authorization = await source();
    await beforeCall();
    return authorization;
  };
  return { headers: inTurn(headers), ...(refreshed && { refreshed: inTurn(refreshed) }) };
}

/** See {@link checkedBody}. */
export function bodyFor<Schema extends z.ZodMiniType>(
  schema: Schema,
  body: z.input<Schema>,
  operation: string,
): z.output<Schema> {
  return checkedBody(schema, body, { destination: 'Nimbus', operation });
}

/** One segment of a path, encoded once, as the published definition asks for. */
export function segment(value: string): string {
  return encodeURIComponent(value);
}

/** Whether what was to be changed or removed is not there (any more). */
export function isNotFound(error: unknown): boolean {
  return error instanceof PermanentError && error.httpStatus === 404;
}

/** Removes something. @returns false when Nimbus does not know it: then it is as gone as it should be. */
export async function removed(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
