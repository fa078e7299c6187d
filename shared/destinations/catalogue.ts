import type { KnownStep } from '../routes/load-routes.ts';
import { acdSteps } from './acd/steps.ts';
import { crmSteps } from './crm/steps.ts';
import { lucsSteps } from './lucs/steps.ts';
import { nimbusSteps } from './nimbus/steps.ts';

/** Every step that a route may name, whether or not its destination has settings. */
export const stepCatalogue: ReadonlyMap<string, KnownStep & { readonly summary: string }> = new Map(
  Object.entries({ ...acdSteps, ...crmSteps, ...lucsSteps, ...nimbusSteps }),
);
