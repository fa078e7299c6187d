import { campaignSteps } from './campaigns/steps.ts';
import { cockpitVariableSteps } from './cockpit-variables/steps.ts';
import { contactSteps } from './contacts/steps.ts';
import { eventSteps } from './events/steps.ts';
import { groupSteps } from './groups/steps.ts';

/** What a route may ask of jtel ACD. */
export const acdSteps = { ...eventSteps, ...groupSteps, ...campaignSteps, ...contactSteps, ...cockpitVariableSteps };
