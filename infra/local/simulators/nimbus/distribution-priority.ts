import * as z from '../../../../shared/zod.ts';
import { distributionPriorities } from './lookups.ts';

/** A value, not a name, from the lookup of distribution priorities. */
export const distributionPriorityField = z.optional(
  z.string().check(
    z.refine((given) => distributionPriorities.some(({ value }) => value === given), {
      message: `Expected one of: ${distributionPriorities.map(({ value }) => value).join(', ')}`,
    }),
  ),
);
