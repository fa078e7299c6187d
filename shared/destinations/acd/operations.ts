import { PermanentError } from '../../errors.ts';

interface Operation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the base URL, query included; `{name}` stands for a value. */
  readonly path: string;
  /** Changes a call that is going on now, whatever the method says. */
  readonly isLive?: true;
}

/**
 * Every operation of the jtel ACD REST API that the bridge knows. Spelling differs from one to the next (`languagesID`
 * and `diallerCampaignsID`, singular segments here and there), so each path stands as documented. Those marked "assumed"
 * are lost from the published pages and follow from their neighbours. There is no operation that changes or closes an
 * event; the path that hangs up the second leg of a call is not published.
 */
export const acdOperations = {
  listEvents: { method: 'GET', path: '/acd/events' },
  getEvent: { method: 'GET', path: '/acd/events/event/{eventId}' },
  createEvent: { method: 'POST', path: '/acd/events/create' },
  listEventTypes: { method: 'GET', path: '/acd/events/types' },
  // Assumed.
  listEventStatuses: { method: 'GET', path: '/acd/events/status' },

  listGroups: { method: 'GET', path: '/acd/groups' },
  getGroup: { method: 'GET', path: '/acd/groups/group/{groupId}' },
  findGroups: { method: 'GET', path: '/acd/groups/group?name={name}' },

  listCampaigns: { method: 'GET', path: '/dialler/campaigns' },
  getCampaign: { method: 'GET', path: '/dialler/campaigns/{campaignId}' },
  findCampaigns: { method: 'GET', path: '/dialler/campaigns/campaign?name={name}' },
  getResultCodes: {
    method: 'GET',
    path: '/dialler/campaigns/campaign/{campaignId}/resultCodes?languagesID={languageId}',
  },
  cloneCampaign: { method: 'POST', path: '/dialler/campaigns/clone' },
  // Assumed.
  deleteCampaign: { method: 'DELETE', path: '/dialler/campaigns/campaign/{campaignId}' },
  deleteCampaignByName: { method: 'DELETE', path: '/dialler/campaigns/campaign?name={name}' },

  listContacts: { method: 'GET', path: '/dialler/contacts' },
  listContactsOfCampaign: { method: 'GET', path: '/dialler/contacts?diallerCampaignsID={campaignId}' },
  getContact: { method: 'GET', path: '/dialler/contacts/{contactId}' },
  // Assumed.
  findContacts: { method: 'GET', path: '/dialler/contacts/contact?userData={userData}' },
  readContacts: { method: 'POST', path: '/dialler/contacts?languagesID={languageId}' },
  importContact: { method: 'POST', path: '/dialler/contacts/import?overwriteDuplicates={overwriteDuplicates}' },
  // Assumed.
  deleteContact: { method: 'DELETE', path: '/dialler/contacts/contact/{contactId}' },
  // Assumed.
  deleteContactByUserData: { method: 'DELETE', path: '/dialler/contacts/contact?userData={userData}' },

  listUsers: { method: 'GET', path: '/users' },
  getUser: { method: 'GET', path: '/users/user/{userId}' },
  listServiceNumbers: { method: 'GET', path: '/serviceNumbers' },
  getServiceNumber: { method: 'GET', path: '/serviceNumbers/serviceNumber/{serviceNumberId}' },

  listCockpitVariables: { method: 'GET', path: '/cockpitVariables' },
  getCockpitVariable: { method: 'GET', path: '/cockpitVariables/cockpitVariable/{cockpitVariableId}' },
  // The path is published; that the value goes into the query is assumed.
  setCockpitVariable: {
    method: 'PATCH',
    path: '/cockpitVariables/cockpitVariable/{cockpitVariableId}/setValue?value={value}',
  },

  listCalls: { method: 'GET', path: '/calls' },
  answerCall: { method: 'GET', path: '/calls/{ufn}/answer', isLive: true },
  hangUpCall: { method: 'GET', path: '/calls/{ufn}/hangup', isLive: true },
  holdCall: { method: 'GET', path: '/calls/{ufn}/hold', isLive: true },
} as const satisfies Record<string, Operation>;

export type AcdOperation = keyof typeof acdOperations;

/** Paths of an installation that differ from those above, by operation. */
export type AcdPaths = Readonly<Partial<Record<AcdOperation, string>>>;

export type PathValues = Readonly<Record<string, string | number | boolean>>;

export function operationOf(name: AcdOperation): Operation {
  return acdOperations[name];
}

/** What an operation is called in messages: `list event types`. */
export function nameInWords(operation: AcdOperation): string {
  return operation.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
}

/**
 * The path of an operation with its values, each encoded as the one part that it is.
 * @throws PermanentError that names a value which would lead elsewhere, and never shows it
 */
export function pathOf(operation: AcdOperation, paths: AcdPaths, values: PathValues): string {
  const template = paths[operation] ?? operationOf(operation).path;
  const [path = ''] = template.split('?');
  return template.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = values[name];
    const refuse = (expected: string) =>
      new PermanentError(`"${nameInWords(operation)}" can't be sent: ${name} must be ${expected}`);
    if (name.endsWith('Id') && !(typeof value === 'number' && Number.isSafeInteger(value) && value > 0)) {
      throw refuse('a positive whole number');
    }
    const text = String(value ?? '');
    // Addresses are resolved before they are used, and dots would climb.
    if (text === '' || (path.includes(placeholder) && /^\.{1,2}$/.test(text))) throw refuse('text, and not dots alone');
    if (/\p{Surrogate}/u.test(text)) throw refuse('well-formed text');
    return encodeURIComponent(text);
  });
}
