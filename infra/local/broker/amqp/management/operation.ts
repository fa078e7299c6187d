import * as z from '../../../../../shared/zod.ts';
import type { Engine, Entity } from '../../engine/engine.ts';
import { BrokerError, CONDITION } from '../../engine/errors.ts';
import type { Ingress } from '../../engine/ingress.ts';
import type { SessionLock } from '../../engine/lock.ts';
import type { MessageQueue } from '../../engine/message-queue.ts';
import type { SessionDispatch } from '../../engine/session-dispatch.ts';
import type { ReplyBody } from '../request-node.ts';

/** A request to an entity's `$management`. */
export interface ManagementRequest {
  readonly entity: Entity;
  readonly engine: Engine;
  /** The body's entries, decoded. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The body's entries, still encoded. */
  readonly rawBody: ReadonlyMap<string, Buffer>;
  /** The receiver or sender that the request belongs to, when the client says so. */
  readonly linkName: string | undefined;
  readonly newToken: () => string;
}

/** Carries a request out. Gives the reply's body, or undefined when there is nothing to give. Throws BrokerError. */
export type Operation = (request: ManagementRequest) => ReplyBody | undefined;

/** A 64-bit integer: the decoder gives numbers, or bigint when they are large. */
export const longSchema = z.pipe(z.union([z.number(), z.bigint()]), z.transform(Number));
export const bytesSchema = z.custom<Buffer>((value) => Buffer.isBuffer(value), 'must be binary');
/** Lock tokens arrive as uuids: 32 hexadecimal digits when decoded. */
export const lockTokensSchema = z.array(z.string());

export function parseBody<T extends z.ZodMiniType>(schema: T, body: unknown): z.output<T> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new BrokerError(CONDITION.invalidField, `The request is not understood: ${problems.join('; ')}.`);
}

/** The queue or subscription that the request is about. Throws for a topic. */
export function queueOf({ entity }: ManagementRequest): MessageQueue {
  if (entity.queue !== undefined) return entity.queue;
  throw new BrokerError(CONDITION.notAllowed, `'${entity.path}' is a topic: it holds no messages to receive.`);
}

/** The queue or topic that the request is about. Throws for what nobody can send to. */
export function ingressOf({ entity }: ManagementRequest): Ingress {
  if (entity.ingress !== undefined) return entity.ingress;
  throw new BrokerError(CONDITION.notAllowed, `'${entity.path}' takes no messages.`);
}

export function sessionsOf(request: ManagementRequest): SessionDispatch {
  const { sessions, path } = queueOf(request);
  if (sessions !== undefined) return sessions;
  throw new BrokerError(CONDITION.notAllowed, `'${path}' has no sessions.`);
}

/** The session's lock. Throws unless it is held by the link that the request belongs to. */
export function heldSession(request: ManagementRequest, sessionId: string): SessionLock {
  return sessionsOf(request).heldLock(sessionId, request.linkName);
}
