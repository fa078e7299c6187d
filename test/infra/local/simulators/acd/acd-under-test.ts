import { type AcdSimulatorOptions, startAcdSimulator } from '../../../../../infra/local/simulators/acd/simulator.ts';
import { acdToken } from '../../../../../infra/local/simulators/credentials.ts';
import * as z from '../../../../../shared/zod.ts';
import { type Answer, call } from '../call.ts';

export type AcdUnderTest = Awaited<ReturnType<typeof startAcdUnderTest>>;

export const startMs = Date.parse('2024-03-11T08:02:11.340Z');

/** The fields of the envelope of list-all calls beside `records`, `count` and `orderBy`. */
export const fullEnvelope = { filter: '', limitStart: 0, limitPageSize: -1, ascending: true, status: 200 };

export const callback = { AcdEventTypesID: 3, AcdGroupsID: 41, Sender: '493023125027', Subject: 'Please call' };

const recordsSchema = z.looseObject({ records: z.array(z.record(z.string(), z.unknown())) });

export const recordsOf = (answer: Answer) => recordsSchema.parse(answer.body).records;

/** Names of an answer's keys at the top, in the alphabet's order. */
export const keysOf = (answer: Answer) => Object.keys(z.record(z.string(), z.unknown()).parse(answer.body)).sort();

/** A simulator whose clock stands until it is put forward. */
export async function startAcdUnderTest(options: Omit<AcdSimulatorOptions, 'port'> = {}) {
  const acd = await startAcdSimulator({ port: 0, clock: () => startMs, ...options });
  const send = (method: string, path: string, body?: unknown): Promise<Answer> =>
    call(method, acd.baseUrl + path, { token: acdToken, ...(body === undefined ? {} : { body }) });
  return {
    acd,
    send,
    get: (path: string) => send('GET', path),
    post: (path: string, body: unknown) => send('POST', path, body),
    remove: (path: string) => send('DELETE', path),
    /** A call of a control, without a token. */
    control: (method: string, path: string, body?: unknown): Promise<Answer> =>
      call(method, `${acd.origin}/_simulator${path}`, body === undefined ? {} : { body }),
  };
}
