import { addressBookSteps } from './address-books/steps.ts';
import { externalTaskSteps } from './external-tasks/steps.ts';
import { schedulerEntrySteps } from './scheduler-entries/steps.ts';
import { taskSteps } from './tasks/steps.ts';

/** What a route may ask of Nimbus. */
export const nimbusSteps = { ...taskSteps, ...externalTaskSteps, ...schedulerEntrySteps, ...addressBookSteps };
