import { PermanentError } from '../errors.ts';
import * as z from '../zod.ts';

/** Reads an answer of EnreachAPI. @throws PermanentError that names the members that are wrong, never their values */
export function parseAnswer<Output>(schema: z.ZodMiniType<Output>, body: unknown, operation: string): Output {
  const parsed = z.safeParse(schema, body);
  if (parsed.success) return parsed.data;
  const places = [...new Set(parsed.error.issues.map(({ path }) => path.join('.') || 'all of it'))];
  throw new PermanentError(`Enreach answered "${operation}" in an unknown shape: ${places.slice(0, 5).join(', ')}`);
}
