import type { Campaigns } from './campaigns.ts';
import { AcdRefusal } from './envelopes.ts';
import { check, type Fields, integer, malformed, phoneNumber, readFields, requireField, text } from './fields.ts';

/** The longest value of each text of a contact, in characters. */
const longestTexts: Readonly<Record<string, number>> = {
  UserData: 64,
  Client: 64,
  Service: 64,
  ReferenceNumber: 64,
  Name: 64,
  FirstName: 64,
  Company: 64,
  Address: 64,
  City: 64,
  Country: 64,
  Salutation: 16,
  Title: 16,
  PostalCode: 10,
  AccountOwner: 64,
  AccountBank: 32,
  AccountNationalBankCode: 10,
  AccountBIC: 11,
  AccountNumber: 20,
  AccountIBAN: 34,
  FaxNumber: 32,
  Email: 256,
  Website: Number.POSITIVE_INFINITY,
  Comment: Number.POSITIVE_INFINITY,
  Region: 256,
};

const phoneNumberNames = [1, 2, 3, 4, 5, 6].map((index) => `PhoneNumber${index}`);

/** A contact to import, checked. */
export interface ImportContactRequest {
  readonly campaignId: number;
  /** Of known names only; null where nothing was given. */
  readonly values: Readonly<Record<string, string | number | null>>;
}

/**
 * Reads the one contact of an import. Throws 400 for a missing name, campaign or phone number and for values that are
 * malformed or too long, 404 for a campaign that does not exist. Unknown attributes are ignored.
 */
export function readImportContactRequest(body: unknown, campaigns: Campaigns): ImportContactRequest {
  const fields = readFields(body);
  const texts = Object.entries(longestTexts).map(([name, longest]): [string, string | null] => [
    name,
    check(text(fields, name), name, (value) => value.length <= longest),
  ]);
  const phoneNumbers = phoneNumberNames.map((name): [string, string | null] => [name, phoneNumber(fields, name)]);
  requireField(text(fields, 'Name'), 'Name');
  const campaignId = readCampaignId(fields, campaigns);
  if (phoneNumbers.every(([, number]) => number === null)) {
    throw new AcdRefusal(400, 'At least one phone number is required');
  }
  const values = { ...Object.fromEntries(texts), Amount: amount(fields), ...Object.fromEntries(phoneNumbers) };
  return { campaignId, values };
}

/** By id or by name; where both are given they must agree, which is an assumption. */
function readCampaignId(fields: Fields, campaigns: Campaigns): number {
  const id = integer(fields, 'DiallerCampaignsID');
  const name = text(fields, 'DiallerCampaignsName');
  if (id === null) return campaigns.named(requireField(name, 'DiallerCampaignsID')).id;
  if (name !== null && campaigns.get(id).name !== name) throw malformed('DiallerCampaignsName');
  return campaigns.get(id).id;
}

function amount(fields: Fields): number | null {
  const value = fields.get('Amount') ?? null;
  if (value !== null && typeof value !== 'number') throw malformed('Amount');
  return value;
}
