import * as z from '../../../zod.ts';
import { exactlyNamed, requireNamed } from '../common/exact-name.ts';
import { recordId, text } from '../common/record-fields.ts';
import { type AcdConnection, MissingObjectError, onlyRecord, orUndefined } from '../connection.ts';

/** An AcdGroups record, as far as it is read: standalone, configuration and agent groups share it. */
export const acdGroupSchema = z.looseObject({ ID: recordId, Name: text });

export type AcdGroup = z.infer<typeof acdGroupSchema>;

export interface GroupOperations {
  listGroups(): Promise<readonly AcdGroup[]>;
  /** Undefined when there is none. */
  getGroup(groupId: number): Promise<AcdGroup | undefined>;
  /** Groups whose names contain this text. */
  findGroups(name: string): Promise<readonly AcdGroup[]>;
  /** The group of exactly this name, undefined when there is none. @throws PermanentError when there are several */
  findGroup(name: string): Promise<AcdGroup | undefined>;
  /**
   * Calls `use` with the id of the group of exactly this name. The id is kept for a while; when jtel does not know it any
   * more, `use` is called once more with a new one.
   * @throws PermanentError that shows similar names when there is no such group, or several
   */
  withGroupId<Result>(name: string, use: (groupId: number) => Promise<Result>): Promise<Result>;
}

/** Names move to other groups seldom, but they do. */
const KEPT_MS = 5 * 60_000;

export function groupOperations({ records }: AcdConnection, clock: () => number): GroupOperations {
  const kept = new Map<string, { readonly id: number; readonly untilMs: number }>();

  const findGroups = async (name: string) => (await orUndefined(records('findGroups', acdGroupSchema, { name }))) ?? [];

  async function freshId(name: string): Promise<number> {
    const { ID: id } = requireNamed(await findGroups(name), name, 'group');
    kept.set(name, { id, untilMs: clock() + KEPT_MS });
    return id;
  }

  return {
    listGroups: () => records('listGroups', acdGroupSchema),
    getGroup: (groupId) => onlyRecord(records('getGroup', acdGroupSchema, { groupId })),
    findGroups,
    findGroup: async (name) => exactlyNamed(await findGroups(name), name, 'group'),
    async withGroupId(name, use) {
      const known = kept.get(name);
      if (known !== undefined && clock() < known.untilMs) {
        try {
          return await use(known.id);
        } catch (error) {
          if (!(error instanceof MissingObjectError)) throw error;
        }
      }
      kept.delete(name);
      return use(await freshId(name));
    },
  };
}
