import {
  acdToken,
  dataverseBearerToken,
  enreachSecretKey,
  enreachUsername,
  lucsApiKey,
  nimbusBearerToken,
} from '../simulators/credentials.ts';
import { seedDirectory } from '../simulators/enreach/directory.ts';
import { type SimulatorName, type SimulatorUrls, simulatorNames } from './parts.ts';

/** The setting that tells of a vendor's real system: where it is, or for Enreach, which finds that out, who signs in. */
const tellingSetting: Readonly<Record<SimulatorName, string>> = {
  nimbus: 'NIMBUS_BASE_URL',
  lucs: 'LUCS_BASE_URL',
  acd: 'ACD_BASE_URL',
  crm: 'CRM_BASE_URL',
  enreach: 'ENREACH_USERNAME',
};

/** Vendors whose own system is not set. */
export function vendorsToSimulate(environment: NodeJS.ProcessEnv): SimulatorName[] {
  return simulatorNames.filter((name) => (environment[tellingSetting[name]] ?? '') === '');
}

/** What the account of the Enreach simulator may hear of. */
const EVERYTHING = [
  { queuesOf: 'me', events: '*' },
  { users: ['me'], events: '*' },
  { callLists: seedDirectory().callLists, events: '*' },
];

/** Settings that lead the bridge and the relay to the simulators. */
export function simulatorSettings({ nimbus, lucs, acd, crm, enreach }: SimulatorUrls): NodeJS.ProcessEnv {
  return {
    ...(nimbus !== undefined && { NIMBUS_BASE_URL: nimbus, NIMBUS_TOKEN: nimbusBearerToken }),
    ...(lucs !== undefined && { LUCS_BASE_URL: lucs, LUCS_API_KEY: lucsApiKey }),
    ...(acd !== undefined && { ACD_BASE_URL: acd, ACD_TOKEN: acdToken }),
    ...(crm !== undefined && { CRM_BASE_URL: crm, CRM_TOKEN: dataverseBearerToken }),
    ...(enreach !== undefined && {
      ENREACH_DISCOVERY_URL: `${enreach}/api/user`,
      ENREACH_USERNAME: enreachUsername,
      ENREACH_SECRET_KEY: enreachSecretKey,
      RTE_SUBSCRIPTIONS: JSON.stringify(EVERYTHING),
    }),
  };
}
