import * as z from '../zod.ts';
import { anyCase } from './any-case.ts';

const filled = z.string().check(z.trim(), z.minLength(1));

/** What discovery knows of a user's home. Undocumented: whether more than one may come; the first one counts. */
export const discoverySchema = z.array(anyCase({ apiendpoint: z.nullish(filled) }));

/** Answer to `POST authuser/{username}/`. */
export const signInSchema = anyCase({ secretkey: filled });

/** Answer to `GET users/me`. */
export const userSchema = anyCase({ id: filled });

/** Answer to `GET queues/?OnlyForUser=`. The members of `Status` are not those of the RTE event QueueStatus. */
export const queuesSchema = z.array(anyCase({ id: filled, status: z.nullish(z.record(z.string(), z.unknown())) }));

/** Answer to `GET token/{userId}/rte/`. */
export const rteTokenSchema = anyCase({ token: filled, wssendpoint: filled });
