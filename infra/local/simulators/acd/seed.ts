/**
 * The groups of the simulated jtel system and its two fixed lists. Names are fictitious.
 */

export interface AcdGroup {
  readonly id: number;
  readonly name: string;
  readonly distributionAlgorithmId: number;
  readonly serviceLevelSeconds: number;
  /**
   * The group takes a repeated event as a comment on the first. Which attribute switches this on in jtel is not
   * public.
   */
  readonly refusesDuplicates: boolean;
  /** The free key that another system knows the group by. */
  readonly foreignSystemId: string;
}

export const acdGroups: readonly AcdGroup[] = [
  group(41, 'Sales Inbound', 1, 30, 'SALES_INBOUND'),
  group(42, 'Service Desk', 3, 20, 'SERVICE_DESK'),
  { ...group(45, 'Callbacks', 1, 60, 'CALLBACKS'), refusesDuplicates: true },
  group(47, 'Field Service', 1, 45),
  group(60, 'Renewals (configuration)', 1, 30),
  group(61, 'Renewals (agents)', 1, 30),
];

export interface ListEntry {
  readonly ID: number;
  /** A translation key, not a label. */
  readonly ShortText: string;
}

/** 1 to 5 are documented; that chat and ticket exist is, their numbers are not. */
export const acdEventTypes: readonly ListEntry[] = [
  { ID: 1, ShortText: 'AcdEventTypes.VoiceMail' },
  { ID: 2, ShortText: 'AcdEventTypes.Fax' },
  { ID: 3, ShortText: 'AcdEventTypes.Callback' },
  { ID: 4, ShortText: 'AcdEventTypes.SMS' },
  { ID: 5, ShortText: 'AcdEventTypes.Email' },
  { ID: 6, ShortText: 'AcdEventTypes.Chat' },
  { ID: 7, ShortText: 'AcdEventTypes.Ticket' },
];

export const voiceMailTypeId = 1;
export const callbackTypeId = 3;

/** The complete documented list; the numbers have gaps. */
export const acdEventStatus: readonly ListEntry[] = [
  { ID: 0, ShortText: 'AcdEventStatus.EnterSystem' },
  { ID: 1, ShortText: 'AcdEventStatus.Distribute' },
  { ID: 2, ShortText: 'AcdEventStatus.TransportSMTP' },
  { ID: 4, ShortText: 'AcdEventStatus.TransportToGroup' },
  { ID: 10, ShortText: 'AcdEventStatus.TransportAgent' },
  { ID: 20, ShortText: 'AcdEventStatus.New' },
  { ID: 30, ShortText: 'AcdEventStatus.Seen' },
  { ID: 40, ShortText: 'AcdEventStatus.Remind' },
  { ID: 98, ShortText: 'AcdEventStatus.ChatClosed' },
  { ID: 99, ShortText: 'AcdEventStatus.Done' },
  { ID: 100, ShortText: 'AcdEventStatus.Error' },
];

function group(
  id: number,
  name: string,
  distributionAlgorithmId: number,
  serviceLevelSeconds: number,
  foreignSystemId = '',
): AcdGroup {
  return { id, name, distributionAlgorithmId, serviceLevelSeconds, refusesDuplicates: false, foreignSystemId };
}
