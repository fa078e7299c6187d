import { afterEach, beforeEach, expect } from 'vitest';
import type { Simulator } from '../../../../../infra/local/simulators/common/simulator.ts';
import { dataverseBearerToken as token } from '../../../../../infra/local/simulators/credentials.ts';
import {
  type DataverseState,
  startDataverseSimulator,
} from '../../../../../infra/local/simulators/dataverse/simulator.ts';
import { type Answer, type CallOptions, call } from '../call.ts';

/** A seeded contact. */
export const nora = 'c0a80101-0000-4000-8000-000000000001';

/** The id of the first record that a test creates. */
export const firstId = 'ac000000-0000-4000-8000-000000000001';

/** A simulator that lives for one test, with a clock that the test sets. */
export interface CrmUnderTest {
  readonly simulator: Simulator<DataverseState>;
  now: number;
  root(): string;
  request(method: string, path: string, options?: CallOptions): Promise<Answer>;
}

/** Starts a fresh simulator before each test of the file and closes it after. */
export function crmPerTest(): CrmUnderTest {
  let simulator: Simulator<DataverseState> | undefined;
  const crm: CrmUnderTest = {
    get simulator() {
      if (simulator === undefined) throw new Error('The simulator runs within tests only.');
      return simulator;
    },
    now: 0,
    root: () => `${crm.simulator.baseUrl}/api/data/v9.2`,
    request: (method, path, options = {}) => call(method, `${crm.root()}/${path}`, { token, ...options }),
  };
  beforeEach(async () => {
    crm.now = Date.parse('2025-03-05T09:00:00.750Z');
    let ids = 0;
    const newId = () => `ac000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`;
    simulator = await startDataverseSimulator({ port: 0, clock: () => crm.now, newId });
  });
  afterEach(() => crm.simulator.close());
  return crm;
}

/** An OData error whose message holds the given text. */
export function odataError(code: string, message: string): unknown {
  return { error: { code, message: expect.stringContaining(message) } };
}
