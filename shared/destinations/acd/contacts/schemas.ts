import * as z from '../../../zod.ts';
import { resultCodeSchema } from '../campaigns/schemas.ts';
import { detail, flag, integer, recordId, text } from '../common/record-fields.ts';

/** One call to a contact: a wide record of the statistics. */
const historyEntry = z.looseObject({ StatisticsPartA: detail(z.looseObject({ ID: integer, bOutbound: flag })) });

/** A DiallerContacts record, as far as it is read; the last two come with the batch read only. */
export const contactSchema = z.looseObject({
  ID: recordId,
  UserData: text,
  DiallerCampaignsID: integer,
  Name: text,
  FirstName: text,
  Company: text,
  Email: text,
  PhoneNumber1: text,
  PhoneNumber2: text,
  PhoneNumber3: text,
  PhoneNumber4: text,
  PhoneNumber5: text,
  PhoneNumber6: text,
  dtNextTry: text,
  /** Not published for contacts: other tables have it. */
  dtCreated: text,
  DiallerCampaignsResultCodesID: integer,
  DiallerCampaignsResultCodes: detail(resultCodeSchema),
  DiallerContactsHistory: detail(z.array(historyEntry)),
});

export type Contact = z.infer<typeof contactSchema>;

const id = z.int().check(z.positive());
const atMost = (length: number) => z.optional(z.string().check(z.maxLength(length)));
const unlimited = z.optional(z.string());
const phoneNumber = atMost(32);

/**
 * Body of "Import". Lengths are those of the CSV import, as are `FaxNumber`, `Email`, `Website`, `Comment` and `Region`:
 * that the API takes these is assumed.
 */
export const importContactBody = z
  .strictObject({
    DiallerCampaignsID: z.optional(id),
    DiallerCampaignsName: z.optional(z.string().check(z.minLength(1))),
    UserData: atMost(64),
    Name: z.string().check(z.minLength(1), z.maxLength(64)),
    FirstName: atMost(64),
    Client: atMost(64),
    Service: atMost(64),
    ReferenceNumber: atMost(64),
    Company: atMost(64),
    Salutation: atMost(16),
    Title: atMost(16),
    Address: atMost(64),
    PostalCode: atMost(10),
    City: atMost(64),
    Country: atMost(64),
    Region: atMost(256),
    AccountOwner: atMost(64),
    AccountBank: atMost(32),
    AccountNationalBankCode: atMost(10),
    AccountBIC: atMost(11),
    AccountNumber: atMost(20),
    AccountIBAN: atMost(34),
    Amount: z.optional(z.number()),
    PhoneNumber1: phoneNumber,
    PhoneNumber2: phoneNumber,
    PhoneNumber3: phoneNumber,
    PhoneNumber4: phoneNumber,
    PhoneNumber5: phoneNumber,
    PhoneNumber6: phoneNumber,
    FaxNumber: atMost(32),
    Email: atMost(256),
    Website: unlimited,
    Comment: unlimited,
  })
  .check(
    z.refine(
      (contact) => (contact.DiallerCampaignsID === undefined) !== (contact.DiallerCampaignsName === undefined),
      'expected either DiallerCampaignsID or DiallerCampaignsName',
    ),
    z.refine(
      (contact) => phoneNumberKeys.some((key) => (contact[key] ?? '') !== ''),
      'expected at least one phone number',
    ),
  );

export type ImportContactBody = z.infer<typeof importContactBody>;

export const phoneNumberKeys = [
  'PhoneNumber1',
  'PhoneNumber2',
  'PhoneNumber3',
  'PhoneNumber4',
  'PhoneNumber5',
  'PhoneNumber6',
] as const;

/** Body of the batch read: either list, or both. */
export const readContactsBody = z
  .strictObject({ UserDataList: z.optional(z.array(z.string())), IDList: z.optional(z.array(id)) })
  .check(
    z.refine(
      ({ UserDataList = [], IDList = [] }) => UserDataList.length + IDList.length > 0,
      'expected at least one contact to read',
    ),
  );

export type ReadContactsBody = z.infer<typeof readContactsBody>;
