import * as z from '../zod.ts';

const withWarnings = z.object({ warnings: z.array(z.string()) });

/** What a step's result says under `warnings`: it was done, but not all as the route asked. Without personal data. */
export function warningsOf(result: unknown): readonly string[] {
  return z.safeParse(withWarnings, result).data?.warnings ?? [];
}
