import { type Config, loadConfig } from '../../shared/config.ts';
import { ConfigurationError } from '../../shared/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration that settings with these beginnings make. Those of other parts play no role, not even when they are
 * wrong or missing: whoever works for the cloud from a desk need not have them.
 *
 * @param prefixes such as `LUCS_`; `AzureWebJobsStorage` where the command needs storage
 * @throws ConfigurationError that lists what is wrong or missing
 */
export function onlySettings(environment: Environment, ...prefixes: readonly string[]): Config {
  const ours = Object.entries(environment).filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix)));
  const notUsed = ['ServiceBus', 'AzureWebJobsStorage'].filter((name) => !prefixes.includes(name));
  return loadConfig({
    ...Object.fromEntries(ours),
    ...Object.fromEntries(notUsed.map((name) => [name, 'not used'])),
  });
}

/** A destination's part of the configuration. @throws ConfigurationError with `problem` where it has no settings */
export function needed<Part>(part: Part | undefined, problem: string): Part {
  if (part === undefined) throw new ConfigurationError('Settings are wrong or missing', [problem]);
  return part;
}
