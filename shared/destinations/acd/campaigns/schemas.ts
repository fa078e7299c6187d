import * as z from '../../../zod.ts';
import { flag, integer, recordId, text } from '../common/record-fields.ts';

/** A DiallerCampaigns record, as far as it is read. That it shows the UserData is assumed. */
export const campaignSchema = z.looseObject({ ID: recordId, Name: text, LanguagesID: integer, UserData: text });

export type Campaign = z.infer<typeof campaignSchema>;

/**
 * A result code of one campaign. Its shape is published for contacts, and assumed to be the same for lists. `ExportKey` is
 * what stays: ids and texts differ by campaign.
 */
export const resultCodeSchema = z.looseObject({
  ID: recordId,
  Content: text,
  ExportKey: text,
  bDone: flag,
  bAborted: flag,
  bDelay: flag,
  bAppointment: flag,
});

export type ResultCode = z.infer<typeof resultCodeSchema>;

/** Language of texts: 1 is English, 2 is German. */
export type LanguageId = 1 | 2;

const filled = z.string().check(z.minLength(1));

/** Body of "Clone": names, unlike most calls, and in lower camel case. */
export const cloneCampaignBody = z.strictObject({
  source: filled,
  destination: filled,
  userData: z.optional(z.string()),
});

export type CloneCampaignBody = z.infer<typeof cloneCampaignBody>;
