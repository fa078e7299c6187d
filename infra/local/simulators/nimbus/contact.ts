import * as z from '../../../../shared/zod.ts';

/** A text of at most so many characters. */
const upTo = (characters: number) => z.string().check(z.maxLength(characters));

const text = (characters: number) => z.optional(upTo(characters));

/** At most ten texts. */
const texts = (characters: number) => z.optional(z.array(upTo(characters)).check(z.maxLength(10)));

/** `ContactWriteDto` and `ContactReadDto`, with the size limits of Luware's external-task use case. */
export const contactSchema = z.object({
  externalId: upTo(128).check(z.minLength(1)),
  firstName: text(64),
  lastName: text(64),
  displayName: text(256),
  initials: text(16),
  company: text(64),
  department: text(64),
  jobTitle: text(128),
  userPrincipalName: text(128),
  imAddresses: texts(128),
  emailAddresses: texts(128),
  businessPhones: texts(32),
  mobilePhones: texts(32),
  homePhones: texts(32),
  addresses: z.optional(
    z
      .array(
        z.object({
          street: text(1_024),
          city: text(128),
          country: text(128),
          state: text(128),
          postalCode: text(40),
        }),
      )
      .check(z.maxLength(10)),
  ),
  customFields: z.optional(z.array(z.object({ name: upTo(64), value: text(1_024) })).check(z.maxLength(20))),
});

export type Contact = z.infer<typeof contactSchema>;
