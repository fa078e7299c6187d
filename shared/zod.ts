/**
 * The schema library, with its English messages switched on.
 *
 * The mini build carries no messages of its own, so importing it directly would turn every problem into "Invalid input".
 */
import { config } from 'zod/mini';
import en from 'zod/v4/locales/en.js';

config(en());

export * from 'zod/mini';
// Named here because the namespace `core` would carry every language into the bundle.
export { $ZodArray, $ZodNullable, $ZodObject, $ZodOptional } from 'zod/v4/core';
