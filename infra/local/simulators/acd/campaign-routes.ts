import type { FastifyInstance } from 'fastify';
import type { AcdSystem } from './acd-system.ts';
import { type Campaign, calledInKey, noNumberKey } from './dialler-seed.ts';
import { type AcdRecord, fullList, shortList, statusOnly } from './envelopes.ts';
import { readFields, requireField, text } from './fields.ts';
import { matchesByName } from './matches-by-name.ts';
import { queryLanguage, queryText, readJson } from './read-request.ts';
import { representResultCode } from './result-code-record.ts';

type ById = { Params: { id: string } };

/**
 * Dialler campaigns. Deleting one takes its contacts with it; by name only the whole name counts, which is an
 * assumption.
 */
export function registerCampaignRoutes(scope: FastifyInstance, acd: AcdSystem): void {
  const { campaigns, contacts } = acd;
  const represent = (campaign: Campaign): AcdRecord => ({
    ID: campaign.id,
    Name: campaign.name,
    ClientsID: acd.clientsId,
    LanguagesID: campaign.languagesId,
    ContactPreviewTime: campaign.contactPreviewTime,
    nMaxParallelLines: campaign.maxParallelLines,
    bCallerIDActive: campaign.maxParallelLines !== null,
    bCloseContactsOnIncomingCallsMatchCallerID: true,
    AbortOnNoTelNumberResultCodesID: resultCodeId(campaign, noNumberKey),
    IncomingCallResultCodesID: resultCodeId(campaign, calledInKey),
    UserData: campaign.userData,
    dtTo: null,
  });
  const remove = (campaign: Campaign): AcdRecord => {
    campaigns.delete(campaign);
    contacts.deleteOfCampaign(campaign.id);
    return statusOnly;
  };

  scope.get('/dialler/campaigns', async () => {
    const byName = campaigns.all().toSorted((a, b) => a.name.localeCompare(b.name));
    return fullList(byName.map(represent), 'Name');
  });
  scope.get('/dialler/campaigns/campaign', async (request) => {
    const { emptyByName } = acd.behaviour.current;
    return shortList(matchesByName(request, campaigns.all(), emptyByName, 'Dialler campaign not found').map(represent));
  });
  scope.get<ById>('/dialler/campaigns/campaign/:id(^\\d+$)/resultCodes', async (request) => {
    const campaign = campaigns.get(Number(request.params.id));
    const language = queryLanguage(request);
    return shortList(campaign.resultCodes.map((code) => representResultCode(code, language)));
  });
  scope.get<ById>('/dialler/campaigns/:id(^\\d+$)', async (request) =>
    shortList([represent(campaigns.get(Number(request.params.id)))]),
  );

  scope.post('/dialler/campaigns/clone', async (request) => {
    const fields = readFields(readJson(request));
    const source = requireField(text(fields, 'source'), 'source');
    const destination = requireField(text(fields, 'destination'), 'destination');
    return shortList([represent(campaigns.clone(source, destination, text(fields, 'userData')))]);
  });

  scope.delete('/dialler/campaigns/campaign', async (request) =>
    remove(campaigns.named(requireField(queryText(request, 'name'), 'name'))),
  );
  for (const path of ['/dialler/campaigns/campaign/:id(^\\d+$)', '/dialler/campaigns/:id(^\\d+$)']) {
    scope.delete<ById>(path, async (request) => remove(campaigns.get(Number(request.params.id))));
  }
}

function resultCodeId({ resultCodes }: Campaign, key: string): number | null {
  return resultCodes.find(({ exportKey }) => exportKey === key)?.id ?? null;
}
