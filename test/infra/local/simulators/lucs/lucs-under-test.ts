import { expect } from 'vitest';
import { lucsApiKey } from '../../../../../infra/local/simulators/credentials.ts';
import { type LucsSimulatorOptions, startLucsSimulator } from '../../../../../infra/local/simulators/lucs/simulator.ts';
import * as z from '../../../../../shared/zod.ts';
import { type Answer, call } from '../call.ts';

export type LucsUnderTest = Awaited<ReturnType<typeof startLucsUnderTest>>;

export const startMs = Date.parse('2025-03-05T14:07:00.123Z');

export const support = '3d0b8b57-6a55-4c5e-9f0e-1a2b3c4d5e6f';
export const frontDesk = '7e4c1b20-8c77-4e70-9b20-3c4d5e6f7081';
export const anna = 'sip:a.berg@corp.example';
export const tom = 'sip:t.reyes@corp.example';
export const lia = 'sip:l.novak@corp.example';

const objectSchema = z.record(z.string(), z.unknown());
const agentSchema = z.nullable(z.looseObject({ SipUri: z.string() }));

/** A simulator whose clock stands until it is put forward. */
export async function startLucsUnderTest(options: Omit<LucsSimulatorOptions, 'port'> = {}) {
  let ids = 0;
  const lucs = await startLucsSimulator({
    port: 0,
    clock: () => startMs,
    newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
    ...options,
  });
  const send = (method: string, path: string, body?: unknown): Promise<Answer> =>
    call(method, lucs.baseUrl + path, { token: lucsApiKey, ...(body === undefined ? {} : { body }) });
  const get = (path: string) => send('GET', path);
  const post = (path: string, body?: unknown) => send('POST', path, body);

  return {
    lucs,
    get,
    post,
    /** A call of a control, without a key. */
    control: (method: string, path: string, body?: unknown): Promise<Answer> =>
      call(method, `${lucs.origin}/_simulator${path}`, body === undefined ? {} : { body }),
    /** Creates a task for Support that LUCS distributes, with changes, and gives its id. */
    createTask: async (changes: Record<string, unknown> = {}): Promise<string> => {
      const order = { Service: support, Required: { Audio: true }, DistributeToAgent: true };
      return z.parse(z.string(), (await post('/v1.0/tasks', { ...order, ...changes })).body);
    },
    /** State and reserved agent of a task. */
    task: async (id: string): Promise<[state: unknown, sipUri: string | undefined]> => {
      const { State, ReservedUserObject } = objectSchema.parse((await get(`/v1.0/tasks/${id}`)).body);
      return [State, agentSchema.parse(ReservedUserObject)?.SipUri];
    },
    /** Creates a callback for Support, with changes, and gives the answer's body. */
    createCallback: async (changes: Record<string, unknown> = {}): Promise<Record<string, unknown>> =>
      objectSchema.parse((await post('/v1.0/callbacks', { ...callbackOrder, ...changes })).body),
  };
}

export const callbackOrder = {
  Target: 'tel:+441632960123',
  SecondsBetweenRetries: 300,
  Priority: 'Normal',
  ServiceId: support,
  ExternalTaskId: 'crm-10022',
};

/** LUCS's refusal with a code of its own. */
export function refusal(code: string, status = 500) {
  return { status, body: { Error: { Code: code, Message: expect.any(String) } } };
}
