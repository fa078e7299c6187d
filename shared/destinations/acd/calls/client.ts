import * as z from '../../../zod.ts';
import { flag } from '../common/record-fields.ts';
import type { AcdConnection } from '../connection.ts';

/** A call that is going on, as far as it is read. */
export const liveCallSchema = z.looseObject({
  /** Names the call for the operations below. */
  UFN: z.pipe(
    z.transform((value: unknown) => (typeof value === 'number' ? String(value) : value)),
    z.string(),
  ),
  bOutbound: flag,
});

export type LiveCall = z.infer<typeof liveCallSchema>;

/**
 * Calls that are going on. jtel acts on them by GET: no failure of it is transient, so nobody repeats it later. Not every
 * telephone system can answer and hold.
 */
export interface LiveCallOperations {
  listCalls(): Promise<readonly LiveCall[]>;
  answerCall(ufn: string): Promise<void>;
  /** Drops the agent's leg as well. */
  hangUpCall(ufn: string): Promise<void>;
  holdCall(ufn: string): Promise<void>;
}

export function liveCallOperations({ call, records }: AcdConnection): LiveCallOperations {
  return {
    listCalls: () => records('listCalls', liveCallSchema),
    answerCall: async (ufn) => void (await call('answerCall', { ufn })),
    hangUpCall: async (ufn) => void (await call('hangUpCall', { ufn })),
    holdCall: async (ufn) => void (await call('holdCall', { ufn })),
  };
}
