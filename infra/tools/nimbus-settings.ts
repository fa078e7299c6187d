import { type Config, loadConfig, type NimbusConfig } from '../../shared/config.ts';
import { ConfigurationError } from '../../shared/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings of Nimbus. Those of other parts play no role: whoever works for the cloud from a desk need not have them.
 *
 * @throws ConfigurationError that lists what is wrong or missing.
 */
export function nimbusSettings(environment: Environment): NimbusConfig {
  return load(only(environment, 'NIMBUS_'), { ServiceBus: 'not used', AzureWebJobsStorage: 'not used' }).nimbus;
}

/** The settings of Nimbus, and where the bridge remembers what it does there. @throws ConfigurationError as above. */
export function nimbusAndStorageSettings(environment: Environment): Config & { readonly nimbus: NimbusConfig } {
  const timeout = only(environment, 'BRIDGE_CALL_TIMEOUT_MS');
  const ours = { ...only(environment, 'NIMBUS_'), ...only(environment, 'AzureWebJobsStorage'), ...timeout };
  return load(ours, { ServiceBus: 'not used' });
}

function only(environment: Environment, prefix: string): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith(prefix)));
}

function load(settings: Environment, notUsed: Environment): Config & { readonly nimbus: NimbusConfig } {
  const config = loadConfig({ ...settings, ...notUsed });
  if (config.nimbus !== undefined) return { ...config, nimbus: config.nimbus };
  throw new ConfigurationError('Settings are wrong or missing', [
    'NIMBUS_BASE_URL is missing: set it, NIMBUS_TENANT_ID and NIMBUS_CLIENT_ID in local.settings.json or the environment',
  ]);
}
