import { type LiveCallOperations, liveCallOperations } from './calls/client.ts';
import { type CampaignOperations, campaignOperations } from './campaigns/client.ts';
import { type CockpitVariableOperations, cockpitVariableOperations } from './cockpit-variables/client.ts';
import type { PhoneFormat } from './common/phone-number.ts';
import { type AcdConnectionOptions, createAcdConnection } from './connection.ts';
import { type ContactOperations, contactOperations } from './contacts/client.ts';
import { type EventOperations, eventOperations } from './events/client.ts';
import { type GroupOperations, groupOperations } from './groups/client.ts';
import { type MasterDataOperations, masterDataOperations } from './master-data/client.ts';

/** What differs by installation, and what all who write for it must know. */
export interface AcdInstallation {
  /** IANA name; jtel's local times are of this zone. */
  readonly timeZone: string;
  readonly phoneFormat: PhoneFormat;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

export interface AcdOptions extends AcdConnectionOptions, AcdInstallation {}

/** The jtel ACD REST API, as far as it is published. */
export interface AcdClient
  extends EventOperations,
    GroupOperations,
    CampaignOperations,
    ContactOperations,
    MasterDataOperations,
    CockpitVariableOperations,
    LiveCallOperations {
  readonly installation: AcdInstallation;
}

export function createAcdClient({ timeZone, phoneFormat, ...options }: AcdOptions): AcdClient {
  const { clock } = options;
  const connection = createAcdConnection(options);
  return {
    installation: { timeZone, phoneFormat, clock },
    ...eventOperations(connection),
    ...groupOperations(connection, clock),
    ...campaignOperations(connection),
    ...contactOperations(connection),
    ...masterDataOperations(connection),
    ...cockpitVariableOperations(connection),
    ...liveCallOperations(connection),
  };
}
