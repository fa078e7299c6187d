import * as z from '../../../zod.ts';
import { namedIfAny, requireNamed } from '../common/exact-name.ts';
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
  /**
   * The group of exactly this name, undefined when no group has this text in its name. It is kept for a while.
   * @throws PermanentError that shows similar names when there are only those, or when there are several of the name
   */
  findGroup(name: string): Promise<AcdGroup | undefined>;
  /**
   * Calls `use` with the id of the group of exactly this name. The group is kept for a while; when jtel does not know it any
   * more, `use` is called once more with a new id.
   * @throws PermanentError that shows similar names when there is no such group, or several
   */
  withGroupId<Result>(name: string, use: (groupId: number) => Promise<Result>): Promise<Result>;
}

/** Names move to other groups seldom, but they do. */
const KEPT_MS = 5 * 60_000;

export function groupOperations({ records }: AcdConnection, clock: () => number): GroupOperations {
  const kept = new Map<string, { readonly group: AcdGroup; readonly untilMs: number }>();

  const findGroups = async (name: string) => (await orUndefined(records('findGroups', acdGroupSchema, { name }))) ?? [];

  function keep(name: string, group: AcdGroup): AcdGroup {
    kept.set(name, { group, untilMs: clock() + KEPT_MS });
    return group;
  }

  function known(name: string): AcdGroup | undefined {
    const entry = kept.get(name);
    return entry !== undefined && clock() < entry.untilMs ? entry.group : undefined;
  }

  return {
    listGroups: () => records('listGroups', acdGroupSchema),
    getGroup: (groupId) => onlyRecord(records('getGroup', acdGroupSchema, { groupId })),
    findGroups,
    async findGroup(name) {
      const group = known(name);
      if (group !== undefined) return group;
      const found = namedIfAny(await findGroups(name), name, 'group');
      return found && keep(name, found);
    },
    async withGroupId(name, use) {
      const group = known(name);
      if (group !== undefined) {
        try {
          return await use(group.ID);
        } catch (error) {
          if (!(error instanceof MissingObjectError)) throw error;
        }
      }
      kept.delete(name);
      return use(keep(name, requireNamed(await findGroups(name), name, 'group')).ID);
    },
  };
}
