import { PermanentError } from '../../../errors.ts';
import * as z from '../../../zod.ts';
import { requireNamed } from '../common/exact-name.ts';
import { recordId, text } from '../common/record-fields.ts';
import { type AcdConnection, onlyRecord } from '../connection.ts';
import { variableResultEnvelope } from '../envelopes.ts';

/** A CockpitVariables record, as far as it is read. */
export const cockpitVariableSchema = z.looseObject({ ID: recordId, Name: text });

export type CockpitVariable = z.infer<typeof cockpitVariableSchema>;

/** Numbers that a cockpit shows, and that call flows can follow. */
export interface CockpitVariableOperations {
  listCockpitVariables(): Promise<readonly CockpitVariable[]>;
  /** Undefined when there is none. */
  getCockpitVariable(cockpitVariableId: number): Promise<CockpitVariable | undefined>;
  /** The variable of exactly this name. @throws PermanentError when there is none, or several */
  cockpitVariableId(name: string): Promise<number>;
  /** `unchanged` when it had this value before. @throws PermanentError when jtel refuses the value */
  setCockpitVariable(cockpitVariableId: number, value: number): Promise<'stored' | 'unchanged'>;
}

/** Why a value was not taken, by jtel's `result`; it says so with HTTP 200. */
const refusals: ReadonlyMap<number | null | undefined, string> = new Map([
  [1, 'it is read-only'],
  [2, 'it is unknown, or not visible for the cockpit'],
  [4, 'the value is beyond its limits'],
]);

export function cockpitVariableOperations({ call, records }: AcdConnection): CockpitVariableOperations {
  const listCockpitVariables = () => records('listCockpitVariables', cockpitVariableSchema);
  return {
    listCockpitVariables,
    getCockpitVariable: (cockpitVariableId) =>
      onlyRecord(records('getCockpitVariable', cockpitVariableSchema, { cockpitVariableId })),
    cockpitVariableId: async (name) => requireNamed(await listCockpitVariables(), name, 'cockpit variable').ID,
    async setCockpitVariable(cockpitVariableId, value) {
      if (!Number.isSafeInteger(value)) throw new PermanentError('a cockpit variable takes whole numbers only');
      const answer = await call('setCockpitVariable', { cockpitVariableId, value });
      const { result } = z.safeParse(variableResultEnvelope, answer).data ?? {};
      if (result === 0) return 'stored';
      if (result === 3) return 'unchanged';
      throw new PermanentError(
        `jtel ACD did not set the cockpit variable: ${refusals.get(result) ?? 'its answer has no known result'}`,
      );
    },
  };
}
