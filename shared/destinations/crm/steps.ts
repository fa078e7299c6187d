import { createHash } from 'node:crypto';
import * as z from '../../zod.ts';
import { defineStep } from '../step.ts';
import type { ColumnValue, CrmClient } from './client.ts';
import type { Contact } from './schemas.ts';

const line = z.string().check(z.minLength(1), z.maxLength(200));
const moment = z
  .string()
  .check(z.refine((value) => !Number.isNaN(Date.parse(value)), 'Invalid time: expected ISO 8601'));

/** What later steps see of a contact. */
interface FoundContact {
  readonly contactId: string;
  readonly fullName: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
}

/** Looks a contact up by phone number or e-mail address. */
const findContact = defineStep({
  summary: 'Finds the one contact with a phone number or e-mail address; the result is null for none or several.',
  args: z
    .strictObject({
      phone: z.optional(line.check(z.describe('E.164; found with and without the plus.'))),
      email: z.optional(line),
    })
    .check((context) => {
      const { phone, email } = context.value;
      if (phone !== undefined && email !== undefined) {
        context.issues.push({
          code: 'custom',
          path: ['email'],
          message: 'Give phone or email, not both',
          input: email,
        });
      }
    }),
  repeatable: true,
  async run(client: CrmClient, { phone, email }): Promise<FoundContact | null> {
    // Anonymous callers have no number; a route goes on without a contact then.
    if (phone === undefined && email === undefined) return null;
    const by = phone === undefined ? { email: email ?? '' } : { phones: spellings(phone) };
    const contacts = await client.findContacts(by);
    return contacts.length === 1 && contacts[0] !== undefined ? toFound(contacts[0]) : null;
  },
});

/** Writes an activity to the timeline of a contact, or without one. */
const createActivity = defineStep({
  summary: 'Writes a phone call or a task, on the timeline of a contact when one is given.',
  args: z.strictObject({
    kind: z.enum(['phonecall', 'task']),
    subject: line,
    description: z.optional(z.string().check(z.maxLength(2000))),
    contactId: z.optional(z.guid().check(z.describe('As crm.findContact gives it.'))),
    phoneNumber: z.optional(line.check(z.describe('For phone calls.'))),
    direction: z.optional(z.enum(['inbound', 'outbound']).check(z.describe('For phone calls.'))),
    start: z.optional(moment),
    end: z.optional(moment),
    due: z.optional(moment.check(z.describe('When it should be done.'))),
  }),
  repeatable: true,
  async run(client: CrmClient, args, { deliveryId }) {
    const isCall = args.kind === 'phonecall';
    const activityId = guidFrom(deliveryId);
    const columns: Record<string, ColumnValue> = {
      subject: args.subject,
      ...(args.description !== undefined && { description: args.description }),
      ...(args.contactId !== undefined && {
        [`regardingobjectid_contact_${args.kind}@odata.bind`]: `/contacts(${args.contactId})`,
      }),
      ...(args.start !== undefined && { actualstart: args.start }),
      ...(args.end !== undefined && { actualend: args.end }),
      ...(args.due !== undefined && { scheduledend: args.due }),
      ...(isCall && args.phoneNumber !== undefined && { phonenumber: args.phoneNumber }),
      ...(isCall && args.direction !== undefined && { directioncode: args.direction === 'outbound' }),
    };
    await client.createActivity(isCall ? 'phonecalls' : 'tasks', activityId, columns);
    return { activityId };
  },
});

/** What a route may ask of the CRM. */
export const crmSteps = { 'crm.findContact': findContact, 'crm.createActivity': createActivity };

/** Dataverse compares text as it was typed in, so both usual spellings are asked for. */
function spellings(phone: string): string[] {
  const compact = phone.replace(/[\s()/.-]/g, '');
  return compact.startsWith('+') ? [compact, compact.slice(1)] : [compact];
}

/** The row's own id is made from the delivery's, so that writing twice is writing once. RFC 9562, version 8. */
function guidFrom(deliveryId: string): string {
  const bytes = createHash('sha256').update(deliveryId).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function toFound(contact: Contact): FoundContact {
  return {
    contactId: contact.contactid,
    fullName: contact.fullname ?? null,
    firstName: contact.firstname ?? null,
    lastName: contact.lastname ?? null,
    email: contact.emailaddress1 ?? null,
  };
}
