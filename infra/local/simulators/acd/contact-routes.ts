import type { FastifyInstance } from 'fastify';
import type { AcdSystem } from './acd-system.ts';
import type { Contact } from './contacts.ts';
import { type AcdRecord, fullList, shortList, statusOnly } from './envelopes.ts';
import { type Fields, malformed, readFields, requireField } from './fields.ts';
import { readImportContactRequest } from './import-contact-request.ts';
import { formatLocalTimestamp } from './local-time.ts';
import { type Language, queryInteger, queryLanguage, queryText, readJson } from './read-request.ts';
import { representResultCode } from './result-code-record.ts';

type ById = { Params: { id: string } };

/** Dialler contacts: listing, reading, importing and deleting. There is no paging. */
export function registerContactRoutes(scope: FastifyInstance, acd: AcdSystem): void {
  const { contacts, campaigns } = acd;

  scope.get('/dialler/contacts', async (request) => {
    const campaignId = queryInteger(request, 'diallerCampaignsID');
    const found = campaignId === null ? contacts.all() : contacts.ofCampaign(campaigns.get(campaignId).id);
    const byName = found.toSorted((a, b) => String(a.values.Name).localeCompare(String(b.values.Name)));
    return fullList(byName.map(represent), 'Name');
  });
  scope.get('/dialler/contacts/contact', async (request) => {
    const userData = requireField(queryText(request, 'userData'), 'userData');
    return shortList(contacts.withUserData(userData).map(represent));
  });
  scope.get<ById>('/dialler/contacts/:id(^\\d+$)', async (request) =>
    shortList([represent(contacts.get(Number(request.params.id)))]),
  );

  scope.post('/dialler/contacts', async (request) => {
    const language = queryLanguage(request);
    const wanted = readBatch(readFields(readJson(request)));
    const found = [
      ...wanted.userData.flatMap((userData) => contacts.withUserData(userData)),
      ...wanted.ids.flatMap((wantedId) => contacts.all().filter(({ id }) => id === wantedId)),
    ];
    return shortList([...new Set(found)].map((contact) => representWithHistory(contact, language, acd.timeZone)));
  });

  scope.post('/dialler/contacts/import', async (request) => {
    const overwrite = requireField(queryText(request, 'overwriteDuplicates'), 'overwriteDuplicates');
    if (overwrite !== 'true' && overwrite !== 'false') throw malformed('overwriteDuplicates');
    const wanted = readImportContactRequest(readJson(request), campaigns);
    return shortList([represent(contacts.import(wanted, overwrite === 'true'))]);
  });

  scope.delete('/dialler/contacts/contact', async (request) => {
    contacts.deleteByUserData(requireField(queryText(request, 'userData'), 'userData'));
    return statusOnly;
  });
  scope.delete<ById>('/dialler/contacts/contact/:id(^\\d+$)', async (request) => {
    contacts.delete(contacts.get(Number(request.params.id)));
    return statusOnly;
  });
}

/** `UserDataList`, `IDList`, or both. */
function readBatch(fields: Fields): { userData: string[]; ids: number[] } {
  const userData = readList(fields, 'UserDataList', (item) => typeof item === 'string');
  const ids = readList(fields, 'IDList', (item): item is number => Number.isInteger(item));
  if (userData === null && ids === null) requireField(null, 'UserDataList');
  return { userData: userData ?? [], ids: ids ?? [] };
}

function readList<T>(fields: Fields, name: string, isItem: (item: unknown) => item is T): T[] | null {
  const value = fields.get(name) ?? null;
  if (value === null) return null;
  if (!Array.isArray(value) || !value.every(isItem)) throw malformed(name);
  return value;
}

/** The published part of a contact's wide database row. */
function represent({ id, campaignId, values, result, calls }: Contact): AcdRecord {
  return {
    ID: id,
    DiallerCampaignsID: campaignId,
    ...values,
    ExternalSystemLink: null,
    Model: null,
    Tag: null,
    RandomSortOrder: null,
    dtNextTry: null,
    bPhoneNumber1Invalid: null,
    bLastResultMailbox: null,
    nTriesPhoneNumber1: calls.length,
    nTriesPhoneNumber5: 0,
    LastAcdAgentEndReasonsID: null,
    DiallerCampaignsResultCodesID: result?.id ?? null,
  };
}

function representWithHistory(contact: Contact, language: Language, timeZone: string): AcdRecord {
  const { result, calls } = contact;
  return {
    ...represent(contact),
    DiallerCampaignsResultCodes: result === null ? null : representResultCode(result, language),
    DiallerContactsHistory: calls.map(({ statisticsId, atMs }) => ({
      StatisticsPartA: { ID: statisticsId, bOutbound: true, dtCallStart: formatLocalTimestamp(atMs, timeZone) },
    })),
  };
}
