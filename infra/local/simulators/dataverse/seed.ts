import type { ColumnValue } from './records.ts';

/** Contacts that the CRM starts with. The people are fictitious, and so are their numbers (Ofcom's range for drama). */
export const seededContacts: readonly Readonly<Record<string, ColumnValue>>[] = [
  contact('c0a80101-0000-4000-8000-000000000001', 'Nora', 'Blake', 'Buyer', '+441632960123', '+441632960124'),
  contact('c0a80101-0000-4000-8000-000000000002', 'Ada', 'Moss', 'Office manager', '+441632960188', null),
  contact('c0a80101-0000-4000-8000-000000000003', 'Jo', 'Park', 'Engineer', '+441632960155', '+441632960156'),
  contact('c0a80101-0000-4000-8000-000000000004', 'Sean', "O'Dell", 'Director', '+441632960177', '+441632960178'),
  contact('c0a80101-0000-4000-8000-000000000005', 'Mira', 'Stone', 'Accountant', null, '+441632960199'),
];

function contact(
  contactid: string,
  firstname: string,
  lastname: string,
  jobtitle: string,
  telephone1: string | null,
  mobilephone: string | null,
): Readonly<Record<string, ColumnValue>> {
  const emailaddress1 = `${firstname}.${lastname}@customer.example`.toLowerCase().replace("'", '');
  return { contactid, firstname, lastname, jobtitle, emailaddress1, telephone1, mobilephone };
}
