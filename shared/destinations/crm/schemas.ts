import * as z from '../../zod.ts';

const text = z.nullish(z.string());

/** The columns of a Dataverse contact that routes get to see. */
export const contactSchema = z.object({
  contactid: z.guid(),
  fullname: text,
  firstname: text,
  lastname: text,
  emailaddress1: text,
  telephone1: text,
  mobilephone: text,
});

export type Contact = z.infer<typeof contactSchema>;

/** An OData v4 collection. */
export const contactsSchema = z.object({ value: z.array(contactSchema) });

/** Error body of the Dataverse Web API: an open set of codes such as `0x80040217`. */
export const dataverseErrorSchema = z.object({ error: z.object({ code: z.string() }) });
