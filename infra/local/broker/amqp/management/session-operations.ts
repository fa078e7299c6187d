import rhea from 'rhea';
import * as z from '../../../../../shared/zod.ts';
import { bytesSchema, heldSession, type Operation, parseBody, queueOf, sessionsOf } from './operation.ts';

const sessionSchema = z.object({ 'session-id': z.string() });
const stateSchema = z.object({ 'session-id': z.string(), 'session-state': z.nullish(bytesSchema) });

/** Extends the lock of a session. */
export const renewSessionLock: Operation = (request) => {
  const lock = heldSession(request, parseBody(sessionSchema, request.body)['session-id']);
  return { expiration: rhea.types.wrap_timestamp(sessionsOf(request).renew(lock)) };
};

/** Sets the state of a session; no state clears it. */
export const setSessionState: Operation = (request) => {
  const { 'session-id': sessionId, 'session-state': state } = parseBody(stateSchema, request.body);
  heldSession(request, sessionId);
  queueOf(request).setSessionState(sessionsOf(request), sessionId, state == null ? undefined : Buffer.from(state));
  return {};
};

export const getSessionState: Operation = (request) => {
  const { sessionId } = heldSession(request, parseBody(sessionSchema, request.body)['session-id']);
  return { 'session-state': sessionsOf(request).stateOf(sessionId) ?? null };
};
