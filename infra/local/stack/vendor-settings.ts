import { acdToken, dataverseBearerToken, lucsApiKey, nimbusBearerToken } from '../simulators/credentials.ts';
import { type SimulatorName, type SimulatorUrls, simulatorNames } from './parts.ts';

/** The setting that says where a vendor's real system is. */
const baseUrlSetting: Readonly<Record<SimulatorName, string>> = {
  nimbus: 'NIMBUS_BASE_URL',
  lucs: 'LUCS_BASE_URL',
  acd: 'ACD_BASE_URL',
  crm: 'CRM_BASE_URL',
};

/** Vendors whose own address is not set. */
export function vendorsToSimulate(environment: NodeJS.ProcessEnv): SimulatorName[] {
  return simulatorNames.filter((name) => (environment[baseUrlSetting[name]] ?? '') === '');
}

/** Settings that lead the bridge to the simulators. */
export function simulatorSettings({ nimbus, lucs, acd, crm }: SimulatorUrls): NodeJS.ProcessEnv {
  return {
    ...(nimbus !== undefined && { NIMBUS_BASE_URL: nimbus, NIMBUS_TOKEN: nimbusBearerToken }),
    ...(lucs !== undefined && { LUCS_BASE_URL: lucs, LUCS_API_KEY: lucsApiKey }),
    ...(acd !== undefined && { ACD_BASE_URL: acd, ACD_TOKEN: acdToken }),
    ...(crm !== undefined && { CRM_BASE_URL: crm, CRM_TOKEN: dataverseBearerToken }),
  };
}
