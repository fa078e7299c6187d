import type { PreparedCall, Step, StepCall } from '../../../shared/destinations/step.ts';
import { PermanentError, TransientError } from '../../../shared/errors.ts';
import { aStepCall } from '../../helpers/a-step-call.ts';

/** As long as the engine's own are. */
export const DELIVERY_ID = 'Zm9vYmFyMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY';

/** A step's call, ready to run. Fails when the arguments don't fit. */
export function prepared<Client>(step: Step<Client>, client: Client, args: unknown): PreparedCall {
  const outcome = step.bind(client).prepare(args);
  if (!outcome.ok) throw new Error(`wrong arguments: ${outcome.problems.join('; ')}`);
  return outcome.call;
}

/** What a step says against its arguments. */
export function problemsOf<Client>(step: Step<Client>, client: Client, args: unknown): readonly string[] {
  const outcome = step.bind(client).prepare(args);
  return outcome.ok ? [] : outcome.problems;
}

export function run<Client>(step: Step<Client>, client: Client, args: unknown, call: Partial<StepCall> = {}) {
  return prepared(step, client, args).run(aStepCall({ deliveryId: DELIVERY_ID, ...call }));
}

export function findExisting<Client>(step: Step<Client>, client: Client, args: unknown, call: Partial<StepCall> = {}) {
  const ask = prepared(step, client, args).findExisting;
  if (ask === undefined) throw new Error('the step can not be asked');
  return ask(aStepCall({ deliveryId: DELIVERY_ID, ...call }));
}

/** The error that a call ends with. Fails when it ends in another way. */
export async function failureOf(call: Promise<unknown>): Promise<PermanentError | TransientError> {
  const outcome = await call.catch((error: unknown) => error);
  if (outcome instanceof PermanentError || outcome instanceof TransientError) return outcome;
  throw new Error(`neither permanent nor transient: ${String(outcome)}`);
}
