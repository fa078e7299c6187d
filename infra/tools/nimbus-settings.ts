import type { Config, NimbusConfig } from '../../shared/config.ts';
import { needed, onlySettings } from './only-settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings of Nimbus. @throws ConfigurationError that lists what is wrong or missing */
export function nimbusSettings(environment: Environment): NimbusConfig {
  return nimbusOf(onlySettings(environment, 'NIMBUS_'));
}

/** The settings of Nimbus, and where the bridge remembers what it does there. @throws ConfigurationError as above. */
export function nimbusAndStorageSettings(environment: Environment): Config & { readonly nimbus: NimbusConfig } {
  const config = onlySettings(environment, 'NIMBUS_', 'AzureWebJobsStorage', 'BRIDGE_CALL_TIMEOUT_MS');
  return { ...config, nimbus: nimbusOf(config) };
}

function nimbusOf({ nimbus }: Config): NimbusConfig {
  return needed(
    nimbus,
    'NIMBUS_BASE_URL is missing: set it, NIMBUS_TENANT_ID and NIMBUS_CLIENT_ID in local.settings.json or the environment',
  );
}
