import rhea from 'rhea';
import * as z from '../../../../../shared/zod.ts';
import { lockTokensSchema, type Operation, parseBody, queueOf } from './operation.ts';

const TIMESTAMP = 0x83;
const schema = z.object({ 'lock-tokens': lockTokensSchema });

/** Extends the locks of messages: all of them or, when one is lost, none. */
export const renewLock: Operation = (request) => {
  const queue = queueOf(request);
  const locks = parseBody(schema, request.body)['lock-tokens'].map((token) => queue.locks.find(token));
  const ends = locks.map((lock) => queue.locks.renew(lock));
  return { expirations: rhea.types.wrap_array(ends, TIMESTAMP, undefined) };
};
