import { PermanentError } from '../errors.ts';
import * as z from '../zod.ts';

/**
 * A request's body, checked against what the destination documents: nothing leaves that is misspelt or out of range.
 * @throws PermanentError that names the keys, never their values
 */
export function checkedBody<Schema extends z.ZodMiniType>(
  schema: Schema,
  body: z.input<Schema>,
  { destination, operation }: { readonly destination: string; readonly operation: string },
): z.output<Schema> {
  const parsed = z.safeParse(schema, body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw new PermanentError(`"${operation}" does not fit the ${destination} API: ${problems.join('; ')}`);
}
