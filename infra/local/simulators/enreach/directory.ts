import { enreachPassword, enreachSecretKey, enreachUsername } from '../credentials.ts';

/** What an event can be subscribed for. */
export type EntityKind = 'user' | 'queue' | 'callList';

export interface EnreachUser {
  /** GUID. */
  readonly id: string;
  readonly username: string;
  readonly secretKey: string;
  readonly password: string;
}

export interface EnreachQueue {
  /** GUID. */
  readonly id: string;
  readonly name: string;
  readonly number: string;
}

/** One Enreach tenant: who and what there is. */
export interface Directory {
  /** GUID. */
  readonly organizationId: string;
  /** The first is the account that the bridge signs in with. */
  readonly users: readonly EnreachUser[];
  readonly queues: readonly EnreachQueue[];
  /** GUIDs. */
  readonly callLists: readonly string[];
}

/** How many of each there are. */
export interface DirectorySize {
  readonly users?: number;
  readonly queues?: number;
  readonly callLists?: number;
}

/** A tenant whose ids and names are the same at every start. */
export function seedDirectory({ users = 3, queues = 2, callLists = 1 }: DirectorySize = {}): Directory {
  return {
    organizationId: guid('0c9a51f0', 1),
    users: Array.from({ length: users }, (_, index) => ({
      id: guid('a5e10000', index + 1),
      username: index === 0 ? enreachUsername : `agent${index}@contoso.example`,
      secretKey: index === 0 ? enreachSecretKey : `${enreachSecretKey}-${index}`,
      password: index === 0 ? enreachPassword : `${enreachPassword}-${index}`,
    })),
    queues: Array.from({ length: queues }, (_, index) => ({
      id: guid('9e0e0000', index + 1),
      name: index === 0 ? 'Sales' : `Queue ${index + 1}`,
      number: `+1555${String(5_550_000 + index)}`,
    })),
    callLists: Array.from({ length: callLists }, (_, index) => guid('ca110000', index + 1)),
  };
}

/** The kind of each entity, by its id in lower case. */
export function entityKinds({ users, queues, callLists }: Directory): ReadonlyMap<string, EntityKind> {
  return new Map<string, EntityKind>([
    ...users.map(({ id }) => [id.toLowerCase(), 'user'] as const),
    ...queues.map(({ id }) => [id.toLowerCase(), 'queue'] as const),
    ...callLists.map((id) => [id.toLowerCase(), 'callList'] as const),
  ]);
}

function guid(prefix: string, number: number): string {
  return `${prefix}-0000-4000-8000-${String(number).padStart(12, '0')}`;
}
