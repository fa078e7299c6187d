import { PermanentError } from '../../../errors.ts';
import * as z from '../../../zod.ts';
import { limitedResult } from '../../limited-result.ts';
import { defineStep } from '../../step.ts';
import { findCampaignId, requireCampaignId } from '../campaigns/campaign-argument.ts';
import { toResultCode } from '../campaigns/result-code.ts';
import type { AcdClient, AcdInstallation } from '../client.ts';
import { detail, id, language, line, lines, MAX_USER_DATA, nameOrId } from '../common/argument-fields.ts';
import { isMadeSince, mayShow } from '../common/earlier-attempt.ts';
import { isE164, NOT_E164, toWireNumber } from '../common/phone-number.ts';
import { readTimestamp } from '../common/timestamp.ts';
import { warningsAbout } from '../connection.ts';
import { type Contact, type ImportContactBody, phoneNumberKeys } from './schemas.ts';

const userData = line(MAX_USER_DATA);

const phoneNumber = z.string().check(z.maxLength(32, { abort: true }), z.refine(isE164, NOT_E164));

const importArguments = z.strictObject({
  campaign: nameOrId.check(z.describe('Name or id of the campaign that the contact goes to.')),
  name: line(64).check(z.describe('Last name, or what else the contact is called.')),
  phoneNumbers: z
    .pipe(
      z.union([z.array(phoneNumber), phoneNumber], 'Invalid list: expected phone numbers with country code (E.164)'),
      z.transform((given): string[] => (Array.isArray(given) ? given : [given])),
    )
    .check(z.minLength(1), z.maxLength(phoneNumberKeys.length), z.describe('One to six, dialled in this order.')),
  userData: z.optional(userData.check(z.describe('Your reference; by default one made from the delivery.'))),
  overwriteDuplicates: z
    ._default(z.boolean(), true)
    .check(z.describe('Whether a contact with the same userData is written over; else another one is added.')),
  firstName: detail(line(64)),
  company: detail(line(64)),
  salutation: detail(line(16)),
  title: detail(line(16)),
  address: detail(line(64)),
  postalCode: detail(line(10)),
  city: detail(line(64)),
  country: detail(line(64)),
  region: detail(line(256)),
  client: detail(line(64)),
  service: detail(line(64)),
  referenceNumber: detail(line(64)),
  accountOwner: detail(line(64)),
  accountBank: detail(line(32)),
  accountNationalBankCode: detail(line(10)),
  accountBic: detail(line(11)),
  accountNumber: detail(line(20)),
  accountIban: detail(line(34)),
  amount: z.optional(z.number()),
  faxNumber: detail(line(32)),
  email: detail(line(256)),
  website: detail(line(2_048)),
  comment: detail(lines),
});

/** "Import one contact". */
const importContact = defineStep({
  summary: 'Adds a contact to a dialler campaign of jtel ACD, or writes over the one with the same userData.',
  args: importArguments,
  repeatable: false,
  async run(client: AcdClient, args, { deliveryId }) {
    const reference = args.userData ?? deliveryId;
    const campaignId = await requireCampaignId(client, args.campaign);
    const body = toBody(args, campaignId, reference, client.installation);
    const contact = await client.importContact(body, args.overwriteDuplicates);
    return { contactId: contact?.ID ?? null, userData: reference };
  },
  async findExisting(client, args, { deliveryId, ageMs }) {
    // Writing over a contact once more changes nothing, and a contact that is there need not have been written over.
    if (args.overwriteDuplicates) return undefined;
    const reference = args.userData ?? deliveryId;
    const contacts = await client.readContacts({ UserDataList: [reference] }, 1);
    const alike = contacts.filter((contact) => contact.UserData === reference && contact.Name === args.name);
    const found = args.userData === undefined ? alike[0] : await madeSince(client, alike, args.campaign, ageMs);
    return found && { contactId: found.ID, userData: reference };
  },
});

/** "Delete contact", always by id: by UserData jtel removes any one of several. */
const deleteContact = defineStep({
  summary: 'Removes a contact of a dialler campaign of jtel ACD.',
  args: z
    .strictObject({
      contactId: z.optional(id.check(z.describe('Either this, or userData.'))),
      userData: z.optional(userData.check(z.describe('Your reference; only one contact may bear it.'))),
    })
    .check(
      z.refine((args) => (args.contactId === undefined) !== (args.userData === undefined), {
        message: 'Give either contactId or userData',
        path: ['contactId'],
      }),
    ),
  repeatable: true,
  async run(client: AcdClient, { contactId, userData }) {
    const found = contactId ?? (userData === undefined ? undefined : await onlyContact(client, userData));
    if (found === undefined) return { outcome: 'gone' };
    return { outcome: (await client.deleteContact(found)) ? 'removed' : 'gone' };
  },
});

/** "List contacts", or "Batch read with history" for those asked for. */
const getContacts = defineStep({
  summary: 'Lists the contacts of a dialler campaign of jtel ACD, or those asked for with their results and calls.',
  args: z
    .strictObject({
      campaign: z.optional(nameOrId.check(z.describe('Name or id of the campaign. Either this, or the other two.'))),
      contactIds: listOf(id, 'ids above zero'),
      userData: listOf(userData, 'texts of at most 64 characters'),
      language,
    })
    .check(
      z.refine(
        (args) => (args.campaign === undefined) !== (args.contactIds === undefined && args.userData === undefined),
        { message: 'Give either campaign, or contactIds and userData or one of them', path: ['campaign'] },
      ),
    ),
  repeatable: true,
  async run(client: AcdClient, { campaign, contactIds = [], userData = [], language }) {
    const contacts =
      campaign !== undefined
        ? await contactsOf(client, campaign)
        : contactIds.length + userData.length === 0
          ? []
          : await client.readContacts(
              {
                ...(userData.length > 0 && { UserDataList: userData }),
                ...(contactIds.length > 0 && { IDList: contactIds }),
              },
              language,
            );
    const { timeZone } = client.installation;
    return limitedResult(
      { contacts: contacts.map((contact) => toContact(contact, timeZone)), ...warningsAbout(contacts) },
      'jtel ACD has too many contacts for one result: give contactIds or userData',
    );
  },
});

export const contactSteps = {
  'acd.importContact': importContact,
  'acd.deleteContact': deleteContact,
  'acd.getContacts': getContacts,
};

/** A list, or its only item in place of it: an expression that finds just one gives that one. */
function listOf<Item extends string | number>(item: z.ZodMiniType<Item, Item>, what: string) {
  return z.optional(
    z.pipe(
      z.union([z.array(item), item], `Invalid list: expected ${what}`),
      z.transform((given): Item[] => (Array.isArray(given) ? given : [given])),
    ),
  );
}

function toBody(
  args: z.output<typeof importArguments>,
  campaignId: number,
  reference: string,
  { phoneFormat }: AcdInstallation,
): ImportContactBody {
  const numbers = args.phoneNumbers.map((number) => toWireNumber(number, phoneFormat, true));
  return {
    DiallerCampaignsID: campaignId,
    UserData: reference,
    Name: args.name,
    FirstName: args.firstName,
    Client: args.client,
    Service: args.service,
    ReferenceNumber: args.referenceNumber,
    Company: args.company,
    Salutation: args.salutation,
    Title: args.title,
    Address: args.address,
    PostalCode: args.postalCode,
    City: args.city,
    Country: args.country,
    Region: args.region,
    AccountOwner: args.accountOwner,
    AccountBank: args.accountBank,
    AccountNationalBankCode: args.accountNationalBankCode,
    AccountBIC: args.accountBic,
    AccountNumber: args.accountNumber,
    AccountIBAN: args.accountIban,
    Amount: args.amount,
    ...Object.fromEntries(numbers.map((number, index) => [`PhoneNumber${index + 1}`, number])),
    FaxNumber: args.faxNumber,
    Email: args.email,
    Website: args.website,
    Comment: args.comment,
  };
}

/** A reference that the route chose may stand on contacts of earlier deliveries, and of other campaigns. */
async function madeSince(
  client: AcdClient,
  contacts: readonly Contact[],
  campaign: number | string,
  ageMs: number,
): Promise<Contact | undefined> {
  const { timeZone, clock } = client.installation;
  const recent = contacts.filter(({ dtCreated }) => isMadeSince(dtCreated, timeZone, clock() - ageMs));
  if (recent.length === 0) return undefined;
  const campaignId = await requireCampaignId(client, campaign);
  return recent.find((contact) => mayShow(contact.DiallerCampaignsID, campaignId));
}

/** @throws PermanentError when several contacts bear the reference */
async function onlyContact(client: AcdClient, userData: string): Promise<number | undefined> {
  const contacts = await client.readContacts({ UserDataList: [userData] }, 1);
  const [found, ...others] = contacts.filter((contact) => contact.UserData === userData);
  if (others.length > 0) {
    throw new PermanentError(`jtel ACD has ${others.length + 1} contacts with this userData: give contactId`);
  }
  return found?.ID;
}

async function contactsOf(client: AcdClient, campaign: number | string): Promise<readonly Contact[]> {
  const campaignId = await findCampaignId(client, campaign);
  return campaignId === undefined ? [] : client.listContacts(campaignId);
}

/** A contact as routes see it. */
function toContact(contact: Contact, timeZone: string) {
  const nextTryMs = readTimestamp(contact.dtNextTry ?? '', timeZone);
  return {
    contactId: contact.ID,
    userData: contact.UserData ?? null,
    campaignId: contact.DiallerCampaignsID ?? null,
    name: contact.Name ?? null,
    firstName: contact.FirstName ?? null,
    company: contact.Company ?? null,
    email: contact.Email ?? null,
    phoneNumbers: phoneNumberKeys.flatMap((key) => contact[key] || []),
    nextTry: nextTryMs === undefined ? (contact.dtNextTry ?? null) : new Date(nextTryMs).toISOString(),
    resultCode: contact.DiallerCampaignsResultCodes ? toResultCode(contact.DiallerCampaignsResultCodes) : null,
    calls: (contact.DiallerContactsHistory ?? []).map(({ StatisticsPartA: call }) => ({
      callId: call?.ID ?? null,
      outbound: call?.bOutbound ?? null,
    })),
  };
}
