import { PermanentError } from '../../../errors.ts';
import * as z from '../../../zod.ts';
import { exactlyNamed, requireNamed } from '../common/exact-name.ts';
import { type AcdConnection, bodyFor, onlyRecord, orUndefined, removed } from '../connection.ts';
import {
  type Campaign,
  type CloneCampaignBody,
  campaignSchema,
  cloneCampaignBody,
  type LanguageId,
  type ResultCode,
  resultCodeSchema,
} from './schemas.ts';

/** Campaigns of the dialler: those that have contacts and result codes. */
export interface CampaignOperations {
  listCampaigns(): Promise<readonly Campaign[]>;
  /** Undefined when there is none. */
  getCampaign(campaignId: number): Promise<Campaign | undefined>;
  /** Campaigns whose names contain this text. */
  findCampaigns(name: string): Promise<readonly Campaign[]>;
  /** The campaign of exactly this name, undefined when there is none. @throws PermanentError when there are several */
  findCampaign(name: string): Promise<Campaign | undefined>;
  /** Undefined when there is no such campaign. */
  getResultCodes(campaignId: number, languageId: LanguageId): Promise<readonly ResultCode[] | undefined>;
  /**
   * Copies a campaign with everything but its contacts. Undefined when the answer does not show the copy.
   * @throws MissingObjectError without such a source; PermanentError with status 409 when the name is in use
   */
  cloneCampaign(clone: CloneCampaignBody): Promise<Campaign | undefined>;
  /** Removes a campaign with its contacts and all else that belongs to it. @returns false when there is none */
  deleteCampaign(campaignId: number): Promise<boolean>;
  /**
   * The same by name. Whether jtel deletes by parts of names is not documented: it is asked only when exactly one
   * campaign's name contains this text, and is the same.
   * @throws PermanentError when others would be in danger
   */
  deleteCampaignByName(name: string): Promise<boolean>;
}

export function campaignOperations({ call, records }: AcdConnection): CampaignOperations {
  const findCampaigns = async (name: string) =>
    (await orUndefined(records('findCampaigns', campaignSchema, { name }))) ?? [];

  return {
    listCampaigns: () => records('listCampaigns', campaignSchema),
    getCampaign: (campaignId) => onlyRecord(records('getCampaign', campaignSchema, { campaignId })),
    findCampaigns,
    findCampaign: async (name) => exactlyNamed(await findCampaigns(name), name, 'campaign'),
    getResultCodes: (campaignId, languageId) =>
      orUndefined(records('getResultCodes', resultCodeSchema, { campaignId, languageId })),
    async cloneCampaign(clone) {
      const answer = await call('cloneCampaign', {}, bodyFor('cloneCampaign', cloneCampaignBody, clone));
      return z.safeParse(cloneAnswer, answer).data?.records[0];
    },
    deleteCampaign: (campaignId) => removed(call('deleteCampaign', { campaignId })),
    async deleteCampaignByName(name) {
      const candidates = await findCampaigns(name);
      if (candidates.length === 0) return false;
      requireAlone(candidates, name);
      return removed(call('deleteCampaignByName', { name }));
    },
  };
}

/** What a clone is answered with is described in words only: "a structure with the new campaign". */
const cloneAnswer = z.looseObject({ records: z.array(campaignSchema) });

function requireAlone(candidates: readonly Campaign[], name: string): void {
  const { ID } = requireNamed(candidates, name, 'campaign');
  if (candidates.length === 1) return;
  throw new PermanentError(
    `jtel ACD has ${candidates.length} campaigns with this text in their names: delete campaign ${ID} by its id`,
  );
}
