/** How function bindings refer to settings, and how settings switch functions off. */

/** Replaces each `%NAME%` by the setting of that name, and reports each that does not exist. */
export function resolveNames(value: string, env: NodeJS.ProcessEnv, report: (problem: string) => void): string {
  return value.replaceAll(/%([^%\s]+)%/g, (whole, name: string) => {
    const setting = env[name];
    if (setting !== undefined) return setting;
    report(`'${whole}' needs the setting ${name}, which is not set`);
    return whole;
  });
}

/** True when `AzureWebJobs.<name>.Disabled` (or its form with `__`, for shells that refuse dots) is `true` or `1`. */
export function isDisabled(functionName: string, env: NodeJS.ProcessEnv): boolean {
  const setting = env[`AzureWebJobs.${functionName}.Disabled`] ?? env[`AzureWebJobs__${functionName}__Disabled`];
  return setting !== undefined && /^(true|1)$/i.test(setting.trim());
}

/**
 * The connection string behind a binding's `connection`: the setting of that name, or of that name after `AzureWebJobs`.
 * Without a name the extension takes `AzureWebJobsServiceBus`.
 */
export function connectionString(
  name: string,
  env: NodeJS.ProcessEnv,
  report: (problem: string) => void,
): string | undefined {
  const setting = name === '' ? 'ServiceBus' : name;
  const value = env[`AzureWebJobs${setting}`] || (name === '' ? undefined : env[setting]);
  if (value) return value;
  if (env[`${setting}__fullyQualifiedNamespace`]) {
    report(`connection '${name}' uses an identity; this host needs a connection string in the setting ${setting}`);
  } else {
    report(`connection '${name}' needs a connection string in the setting ${setting}, which is not set`);
  }
  return undefined;
}
