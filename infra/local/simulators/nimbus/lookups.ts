/**
 * The lists that Nimbus offers for choosing. Keys follow the published connector definition; which events exist and how
 * their values are spelled is not published, so those are the spellings the bridge's fixtures use.
 */

/** One entry of an enumeration: `value` goes over the wire, `name` is shown to people. */
export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

export const taskEvents: readonly NamedValue[] = [
  { name: 'Created', value: 'Created' },
  { name: 'System accepted', value: 'SystemAccepted' },
  { name: 'Parameter updated', value: 'ParameterUpdated' },
  { name: 'Queue entered', value: 'QueueEntered' },
  { name: 'User ringing', value: 'UserRinging' },
  { name: 'User accepted', value: 'UserAccepted' },
  { name: 'RONA', value: 'Rona' },
  { name: 'Parked', value: 'Parked' },
  { name: 'Transferred', value: 'Transferred' },
  { name: 'Dialing out', value: 'DialingOut' },
  { name: 'Task terminated', value: 'TaskTerminated' },
];

export const schedulerEntryEvents: readonly NamedValue[] = [
  { name: 'Created', value: 'Created' },
  { name: 'Updated', value: 'Updated' },
  { name: 'In progress', value: 'InProgress' },
  { name: 'Attempt failed', value: 'AttemptFailed' },
  { name: 'Completed', value: 'Completed' },
  { name: 'Deleted', value: 'Deleted' },
];

export const modalities: readonly NamedValue[] = [
  { name: 'Audio', value: 'Audio' },
  { name: 'Instant Messaging', value: 'InstantMessaging' },
  { name: 'External Task', value: 'ExternalTask' },
  { name: 'Email', value: 'Email' },
];

export const directions: readonly NamedValue[] = [
  { name: 'Inbound', value: 'Inbound' },
  { name: 'Outbound', value: 'Outbound' },
  { name: 'None', value: 'None' },
];

/** Highest first. */
export const distributionPriorities: readonly NamedValue[] = [
  { name: 'Strict', value: 'Strict' },
  { name: 'Highest', value: 'Highest' },
  { name: 'Very High', value: 'VeryHigh' },
  { name: 'High', value: 'High' },
  { name: 'Normal', value: 'Normal' },
  { name: 'Low', value: 'Low' },
  { name: 'Very Low', value: 'VeryLow' },
  { name: 'Lowest', value: 'Lowest' },
  { name: 'Nothing Else', value: 'NothingElse' },
];

/** UPNs of the services that the signed-in account may see. Licences differ, hence three lists. */
export const taskServices = ['helpdesk@contoso.example', 'sales@contoso.example', 'care@contoso.example'];
export const schedulerEntryServices = ['helpdesk@contoso.example', 'sales@contoso.example'];
export const externalTaskServices = ['helpdesk@contoso.example', 'sales@contoso.example'];

export const preferredRoutingUsers = ['mia.keller@contoso.example', 'sam.ito@contoso.example'];

export const addressBooks = [
  { name: 'Customers', id: '4b1a6d0e-52f7-4a38-9a55-6c0f3d2e1b10' },
  { name: 'Suppliers', id: '8c2f7e1d-93a6-4b49-8b66-7d1e4c3f2a21' },
];

/** Lower case without blanks: Nimbus does not say whether a payload carries an entry's name or its value. */
export function normalizeName(text: string): string {
  return text.replaceAll(/\s/g, '').toLowerCase();
}
