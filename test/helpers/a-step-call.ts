import type { StepCall } from '../../shared/destinations/step.ts';

/** The call of a delivery that nothing was created for before, with what a test cares about put in its place. */
export function aStepCall(parts: Partial<StepCall> = {}): StepCall {
  return { deliveryId: 'delivery-1', traceparent: undefined, ageMs: 0, findCreated: async () => undefined, ...parts };
}
