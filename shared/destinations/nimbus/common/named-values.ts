import * as z from '../../../zod.ts';
import type { namedValueBody } from './schemas.ts';

type NamedValue = z.infer<typeof namedValueBody>;

const scalar = z.nullish(z.union([z.string(), z.number(), z.boolean()]));
const item = z.strictObject({ name: z.string().check(z.minLength(1)), value: scalar });
const EXPECTED = 'Invalid list: expected {name, value} items, or an object that gives each name its value';

export interface NamedValueLimits {
  readonly maxItems?: number;
  readonly maxNameLength?: number;
  readonly maxValueLength?: number;
}

/**
 * Names with values, as a list of `{name, value}` or as an object `name → value`. Numbers and booleans become text, which
 * is all that Nimbus keeps. What has no value is left out, so that nothing that Nimbus knows already is blanked.
 * Problems name no key, because keys of the object can come from an event.
 */
export function namedValues({ maxItems, maxNameLength, maxValueLength }: NamedValueLimits = {}) {
  const isWithin = (length: number, limit: number | undefined) => limit === undefined || length <= limit;
  return z.optional(
    z
      .pipe(
        z.nullable(z.union([z.array(item), z.record(z.string().check(z.minLength(1)), scalar)], EXPECTED)),
        z.transform((value) => (value === null ? undefined : toList(value))),
      )
      .check(
        z.refine((list) => isWithin(list?.length ?? 0, maxItems), `Too big: expected at most ${maxItems} items`),
        z.refine(
          (list) => list?.every(({ name }) => isWithin(name.length, maxNameLength)) ?? true,
          `Too big: expected names of at most ${maxNameLength} characters`,
        ),
        z.refine(
          (list) => list?.every(({ value = '' }) => isWithin(value.length, maxValueLength)) ?? true,
          `Too big: expected values of at most ${maxValueLength} characters`,
        ),
      ),
  );
}

type Scalar = z.infer<typeof scalar>;

function toList(given: z.infer<typeof item>[] | Record<string, Scalar>): NamedValue[] {
  const items = Array.isArray(given) ? given : isSingleItem(given) ? [given] : fromObject(given);
  return items.flatMap(({ name, value }) =>
    value === null || value === undefined ? [] : [{ name: String(name), value: String(value) }],
  );
}

/** An expression that makes a list gives its only item as it is. */
function isSingleItem(given: Record<string, Scalar>): given is { name: Scalar; value: Scalar } {
  return Object.keys(given).sort().join() === 'name,value';
}

function fromObject(given: Record<string, Scalar>) {
  return Object.entries(given).map(([name, value]) => ({ name, value }));
}
