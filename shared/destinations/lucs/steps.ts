import { callbackSteps } from './callbacks/steps.ts';
import { taskSteps } from './tasks/steps.ts';

/** What a route may ask of LUCS. */
export const lucsSteps = { ...taskSteps, ...callbackSteps };
