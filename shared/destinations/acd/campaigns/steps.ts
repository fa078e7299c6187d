import { PermanentError } from '../../../errors.ts';
import * as z from '../../../zod.ts';
import { limitedResult } from '../../limited-result.ts';
import { defineStep } from '../../step.ts';
import type { AcdClient } from '../client.ts';
import { language, line, MAX_USER_DATA, nameOrId } from '../common/argument-fields.ts';
import { MissingObjectError, warningsAbout } from '../connection.ts';
import { findCampaignId } from './campaign-argument.ts';
import { toResultCode } from './result-code.ts';

/** "Clone campaign". */
const cloneCampaign = defineStep({
  summary: 'Copies a dialler campaign of jtel ACD under a new name, without its contacts.',
  args: z.strictObject({
    source: nameOrId.check(z.describe('Campaign to copy: its name, or its id.')),
    destination: line().check(z.describe('Name of the new campaign; it must not be in use.')),
    userData: z.optional(
      line(MAX_USER_DATA).check(z.describe('Your reference; by default one made from the delivery.')),
    ),
  }),
  repeatable: false,
  async run(client: AcdClient, { source, destination, userData }, { deliveryId }) {
    const body = { source: await nameOf(client, source), destination, userData: userData ?? deliveryId };
    const clone = (await client.cloneCampaign(body).catch(explain)) ?? (await client.findCampaign(destination));
    return toClone(destination, clone?.ID ?? null);
  },
  async findExisting(client, { destination, userData }, { deliveryId }) {
    const existing = await client.findCampaign(destination);
    // Another reference on it means that somebody else took the name. Records need not show it.
    const isOurs = existing !== undefined && (existing.UserData ?? userData ?? deliveryId) === (userData ?? deliveryId);
    return isOurs ? toClone(destination, existing.ID) : undefined;
  },
});

/** "Delete campaign". A name is resolved first, because whether jtel deletes by parts of names is not documented. */
const deleteCampaign = defineStep({
  summary: 'Removes a dialler campaign of jtel ACD, with all its contacts, for good.',
  args: z.strictObject({
    campaign: nameOrId.check(z.describe('Name or id of the campaign.')),
    confirm: z
      .literal(true, 'Invalid input: expected true, because the contacts are lost')
      .check(z.describe('Must be true: the contacts of the campaign are removed with it.')),
  }),
  repeatable: true,
  async run(client: AcdClient, { campaign }) {
    const campaignId = await findCampaignId(client, campaign);
    if (campaignId === undefined) return { outcome: 'gone' };
    return { outcome: (await client.deleteCampaign(campaignId)) ? 'removed' : 'gone' };
  },
});

/** "Result codes of a campaign". */
const getResultCodes = defineStep({
  summary: 'Lists the result codes of a dialler campaign of jtel ACD; none when there is no such campaign.',
  args: z.strictObject({ campaign: nameOrId.check(z.describe('Name or id of the campaign.')), language }),
  repeatable: true,
  async run(client: AcdClient, { campaign, language }) {
    const campaignId = await findCampaignId(client, campaign);
    const codes = (campaignId === undefined ? undefined : await client.getResultCodes(campaignId, language)) ?? [];
    return limitedResult(
      { resultCodes: codes.map(toResultCode), ...warningsAbout(codes) },
      'jtel ACD has too many result codes in this campaign',
    );
  },
});

export const campaignSteps = {
  'acd.cloneCampaign': cloneCampaign,
  'acd.deleteCampaign': deleteCampaign,
  'acd.getResultCodes': getResultCodes,
};

function toClone(name: string, campaignId: number | null) {
  return { campaignId, name };
}

/** Cloning takes names, unlike most calls. */
async function nameOf(client: AcdClient, campaign: number | string): Promise<string> {
  if (typeof campaign === 'string') return campaign;
  const name = (await client.getCampaign(campaign))?.Name;
  if (typeof name === 'string' && name !== '') return name;
  throw new PermanentError('jtel ACD has no campaign with the id of the source');
}

function explain(cause: unknown): never {
  if (cause instanceof MissingObjectError) {
    throw new PermanentError('jtel ACD has no campaign with the name of the source', { cause, httpStatus: 404 });
  }
  if (cause instanceof PermanentError && cause.httpStatus === 409) {
    throw new PermanentError('jtel ACD has another campaign with the name of the destination', {
      cause,
      httpStatus: 409,
    });
  }
  throw cause;
}
