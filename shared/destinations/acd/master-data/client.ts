import * as z from '../../../zod.ts';
import { recordId, text } from '../common/record-fields.ts';
import { type AcdConnection, onlyRecord } from '../connection.ts';

/** A Users record, as far as it is read. */
export const acdUserSchema = z.looseObject({ ID: recordId, UID: text });

export type AcdUser = z.infer<typeof acdUserSchema>;

/** A ServiceNumbers record, as far as it is read. */
export const serviceNumberSchema = z.looseObject({ ID: recordId, Name2: text });

export type ServiceNumber = z.infer<typeof serviceNumberSchema>;

/** Agents, and the numbers that callers dial. Objects asked for by id are undefined when there is none. */
export interface MasterDataOperations {
  listUsers(): Promise<readonly AcdUser[]>;
  getUser(userId: number): Promise<AcdUser | undefined>;
  listServiceNumbers(): Promise<readonly ServiceNumber[]>;
  getServiceNumber(serviceNumberId: number): Promise<ServiceNumber | undefined>;
}

export function masterDataOperations({ records }: AcdConnection): MasterDataOperations {
  return {
    listUsers: () => records('listUsers', acdUserSchema),
    getUser: (userId) => onlyRecord(records('getUser', acdUserSchema, { userId })),
    listServiceNumbers: () => records('listServiceNumbers', serviceNumberSchema),
    getServiceNumber: (serviceNumberId) =>
      onlyRecord(records('getServiceNumber', serviceNumberSchema, { serviceNumberId })),
  };
}
