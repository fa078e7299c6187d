import { namedIfAny, requireNamed } from '../common/exact-name.ts';
import type { CampaignOperations } from './client.ts';

/**
 * Id of the campaign that a route gives by name or id; undefined when no campaign has this text in its name.
 * @throws PermanentError that shows similar names when there are only those
 */
export async function findCampaignId(
  client: CampaignOperations,
  campaign: number | string,
): Promise<number | undefined> {
  if (typeof campaign === 'number') return campaign;
  return namedIfAny(await client.findCampaigns(campaign), campaign, 'campaign')?.ID;
}

/** As {@link findCampaignId}, for one that must be there. @throws PermanentError that shows similar names */
export async function requireCampaignId(client: CampaignOperations, campaign: number | string): Promise<number> {
  if (typeof campaign === 'number') return campaign;
  return requireNamed(await client.findCampaigns(campaign), campaign, 'campaign').ID;
}
