import { PermanentError } from '../../../errors.ts';
import * as z from '../../../zod.ts';
import { bodyFor, type LucsConnection, refusalStatus } from '../connection.ts';
import { filledPath, type LucsPaths } from '../paths.ts';
import {
  type CreateCallbackBody,
  createCallbackBody,
  type LucsCallback,
  lucsCallbackSchema,
  type SearchCallbacksBody,
  searchCallbacksBody,
} from './schemas.ts';

/** Callback requests: LUCS finds an agent and has the agent call somebody. */
export interface CallbackOperations {
  /** "POST Callbacks". @returns the callback with LUCS's defaults filled in */
  createCallback(callback: CreateCallbackBody): Promise<LucsCallback>;
  /** "GET Callback". @returns undefined when there is none */
  getCallback(callbackId: string): Promise<LucsCallback | undefined>;
  /**
   * "GET Callback by ExternalTaskId". @returns one of them where several callbacks have it, undefined when none has.
   * {@link searchCallbacks} gives all.
   */
  getCallbackByExternalTaskId(externalTaskId: string): Promise<LucsCallback | undefined>;
  /** "POST Search Callbacks". @returns all that fit */
  searchCallbacks(search: SearchCallbacksBody): Promise<readonly LucsCallback[]>;
  /**
   * "POST Cancel Callback". @returns false when it is not there (any more)
   * @throws PermanentError with the status 500 when the callback's state does not allow it
   */
  cancelCallback(callbackId: string): Promise<boolean>;
}

export function callbackOperations({ send, find, list }: LucsConnection, paths: LucsPaths): CallbackOperations {
  return {
    async createCallback(callback) {
      const operation = 'create callback';
      const body = bodyFor(createCallbackBody, callback, operation);
      const answer = await send({ method: 'POST', path: paths.createCallback, body, operation });
      const created = z.safeParse(lucsCallbackSchema, answer.body);
      if (!created.success) throw new PermanentError(`LUCS took "${operation}", but its answer is not a callback`);
      return created.data;
    },
    async getCallback(callbackId) {
      const path = filledPath(paths.getCallback, callbackId);
      return find({ method: 'GET', path, operation: 'get callback' }, lucsCallbackSchema, 'a callback');
    },
    getCallbackByExternalTaskId: (externalTaskId) =>
      find(
        { method: 'GET', path: '/v1.0/callbacks', query: { externalTaskId }, operation: 'get callback by external id' },
        lucsCallbackSchema,
        'a callback',
      ),
    async searchCallbacks(search) {
      const operation = 'search callbacks';
      const body = bodyFor(searchCallbacksBody, search, operation);
      const request = { method: 'POST', path: '/v1.0/callbacks/search', body, operation } as const;
      return list(request, lucsCallbackSchema, 'a list of callbacks');
    },
    async cancelCallback(callbackId) {
      const path = filledPath(paths.cancelCallback, callbackId);
      try {
        await send({ method: 'POST', path, operation: 'cancel callback' });
        return true;
      } catch (error) {
        if (refusalStatus(error) === 404) return false;
        throw error;
      }
    },
  };
}
