import * as z from '../../zod.ts';

/** An AcdEvent record, as far as it is read. Real records are wide, in no fixed order, and differ by release. */
export const acdEventSchema = z.looseObject({
  ID: z.int(),
  UserData: z.nullish(z.string()),
  Subject: z.nullish(z.string()),
  /** `UPDATED` when the group refuses duplicates: then this is an older event, which got a comment. */
  Result_: z.nullish(z.string()),
});

export type AcdEvent = z.infer<typeof acdEventSchema>;

export const acdEventTypeSchema = z.looseObject({ ID: z.int(), ShortText: z.string() });

/** Every answer that carries records, whichever of the list envelopes it comes in. */
export function recordsOf<Item extends z.ZodMiniType>(item: Item) {
  return z.looseObject({ records: z.array(item) });
}
