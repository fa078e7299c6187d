import * as z from '../../../zod.ts';
import { text } from '../common/answer-fields.ts';

/** A service. Its fields are assumed: no page shows them. */
export const lucsServiceSchema = z.looseObject({ Id: z.string(), DisplayName: text, SipUri: text });

export type LucsService = z.infer<typeof lucsServiceSchema>;

/** An agent of a service. Its fields are assumed too. */
export const lucsUserSchema = z.looseObject({ Id: text, DisplayName: text, SipUri: text });

export type LucsUser = z.infer<typeof lucsUserSchema>;
