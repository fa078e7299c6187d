import { type BusinessHours, parseBusinessHours } from './business-hours.ts';
import type { PhoneFormat } from './destinations/acd/common/phone-number.ts';
import type { AcdPaths } from './destinations/acd/operations.ts';
import { acdPathsSchema } from './destinations/acd/paths-setting.ts';
import { defaultLucsPaths, type LucsPaths, lucsPathsSchema } from './destinations/lucs/paths.ts';
import { ConfigurationError } from './errors.ts';
import * as z from './zod.ts';
import { isTimeZone } from './zoned-time.ts';

const text = z.string().check(z.minLength(1));
const url = z.url({ protocol: /^https?$/ });

/** A whole number written as text, within limits. */
function whole(fallback: number, min: number, max: number) {
  return z._default(
    z.pipe(
      z.string().check(z.regex(/^\d{1,15}$/, 'expected a whole number')),
      z.pipe(z.transform(Number), z.int().check(z.gte(min), z.lte(max))),
    ),
    fallback,
  );
}

const json = z.pipe(
  z.string(),
  z.transform((source, context): unknown => {
    try {
      return JSON.parse(source);
    } catch {
      context.issues.push({ code: 'custom', message: 'expected a JSON object', input: source });
      return z.NEVER;
    }
  }),
);

const routeSettings = z._default(
  z.pipe(json, z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
  {},
);

/** Names separated by commas. */
const names = z.pipe(
  z.string(),
  z.transform((source): readonly string[] =>
    source
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  ),
);

const list = z._default(names, []);

const businessHours = z.pipe(
  z.string(),
  z.transform((source, context) => {
    const hours = parseBusinessHours(source);
    if (hours !== undefined) return hours;
    context.issues.push({ code: 'custom', message: 'expected days, hours and a time zone', input: source });
    return z.NEVER;
  }),
);

/** An IANA name, such as `Europe/Berlin`. */
const timeZone = text.check(z.refine(isTimeZone, 'expected a time zone, such as Europe/Berlin'));

/** Every setting of the bridge, by its name in the environment. The README's table explains them. */
const settingsSchema = z.object({
  ServiceBus: z.optional(text),
  ServiceBus__fullyQualifiedNamespace: z.optional(text),
  ServiceBus__clientId: z.optional(text),
  AzureWebJobsStorage: z.optional(text),
  AzureWebJobsStorage__accountName: z.optional(text),
  AzureWebJobsStorage__tableServiceUri: z.optional(url),
  AzureWebJobsStorage__clientId: z.optional(text),
  BRIDGE_ROUTES: z._default(text, 'routes.yaml'),
  BRIDGE_ROUTE_SETTINGS: routeSettings,
  BRIDGE_UNSET_DESTINATIONS: z._default(z.enum(['refuse', 'skip']), 'refuse'),
  BRIDGE_LANES: whole(32, 0, 10_000),
  BRIDGE_MAX_BODY_BYTES: whole(131_072, 1_024, 200_000),
  BRIDGE_CALL_TIMEOUT_MS: whole(10_000, 100, 120_000),
  BRIDGE_RETRY_BASE_MS: whole(5_000, 10, 600_000),
  BRIDGE_RETRY_MAX_AGE_HOURS: whole(24, 0, 24 * 13),
  NIMBUS_BASE_URL: z.optional(url),
  NIMBUS_TENANT_ID: z.optional(text),
  NIMBUS_CLIENT_ID: z.optional(text),
  NIMBUS_AUTHORITY: z._default(url, 'https://login.microsoftonline.com'),
  NIMBUS_SCOPE: z._default(text, '23694b6c-5a4a-45ce-9c6a-37c5f1880d4e/.default'),
  NIMBUS_TOKEN_CACHE: z._default(text, '.local/nimbus-sign-in.json'),
  NIMBUS_TOKEN: z.optional(text),
  NIMBUS_CALLS_PER_MINUTE: whole(100, 1, 100_000),
  NIMBUS_CALLBACK_URL: z.optional(url),
  NIMBUS_CALLBACK_KEY: z.optional(text),
  NIMBUS_SERVICES: list,
  NIMBUS_TASK_EVENTS: list,
  NIMBUS_SCHEDULER_ENTRY_EVENTS: list,
  NIMBUS_MODALITIES: list,
  NIMBUS_DIRECTIONS: list,
  NIMBUS_QUIET_MINUTES: whole(0, 0, 60 * 24 * 31),
  NIMBUS_BUSINESS_HOURS: z.optional(businessHours),
  LUCS_BASE_URL: z.optional(url),
  LUCS_API_KEY: z.optional(text),
  LUCS_AUTH_HEADER: z._default(text.check(z.regex(/^[\w-]+$/, 'expected the name of a header')), 'Authorization'),
  LUCS_AUTH_PREFIX: z._default(z.string(), 'Bearer '),
  LUCS_PATHS: z._default(z.pipe(json, lucsPathsSchema), defaultLucsPaths),
  LUCS_RONA_PARAMETER: z._default(z.enum(['query', 'body']), 'query'),
  LUCS_ESTABLISHED_STATES: z._default(names.check(z.minLength(1, 'expected names with commas between')), [
    'Established',
  ]),
  LUCS_LONG_DESCRIPTION: z._default(z.enum(['cut', 'refuse']), 'cut'),
  ACD_BASE_URL: z.optional(url.check(z.regex(/\/rest\/v1\.0\/\d+\/?$/, 'expected to end with /rest/v1.0/{ClientsID}'))),
  ACD_TOKEN: z.optional(text),
  ACD_TIME_ZONE: z._default(timeZone, 'Europe/Berlin'),
  ACD_PHONE_FORMAT: z._default(z.enum(['digits', 'plus']), 'digits'),
  ACD_PATHS: z._default(z.pipe(json, acdPathsSchema), {}),
  CRM_KIND: z._default(z.enum(['dataverse']), 'dataverse'),
  CRM_BASE_URL: z.optional(url),
  CRM_TENANT_ID: z.optional(text),
  CRM_CLIENT_ID: z.optional(text),
  CRM_CLIENT_SECRET: z.optional(text),
  CRM_TOKEN: z.optional(text),
  ENREACH_DISCOVERY_URL: z.optional(url),
  ENREACH_USERNAME: z.optional(text),
  ENREACH_SECRET_KEY: z.optional(text),
  ENREACH_PASSWORD: z.optional(text),
  RTE_SUBSCRIPTIONS: z.optional(text),
  RELAY_MODE: z._default(z.enum(['single', 'standby', 'pair']), 'single'),
  RELAY_STATUS_PORT: whole(8_080, 0, 65_535),
  RELAY_BUFFER_BYTES: whole(33_554_432, 1_048_576, 1_073_741_824),
  RELAY_SPOOL_FOLDER: z._default(text, '.local/relay'),
  RELAY_SPOOL_MAX_BYTES: whole(1_073_741_824, 1_048_576, 1_099_511_627_776),
});

/** An empty setting counts as absent, because templates write empty ones; just this one says something by it. */
const MAY_BE_EMPTY = 'LUCS_AUTH_PREFIX';

type Settings = z.infer<typeof settingsSchema>;

/** The names of all settings that the bridge reads. */
export const settingNames: readonly string[] = Object.keys(settingsSchema.shape);

/** How to reach Azure storage or Service Bus: with a secret, or as the identity that the process runs under. */
export type Access<Endpoint extends string> =
  | { readonly connectionString: string }
  | ({ readonly [key in Endpoint]: string } & { readonly clientId: string | undefined });

export interface Config {
  readonly serviceBus: Access<'fullyQualifiedNamespace'>;
  readonly storage: Access<'tableServiceUri'>;
  /** Path of the routes file, relative to the app's folder. */
  readonly routesFile: string;
  readonly routeSettings: Readonly<Record<string, string | number | boolean>>;
  /** What becomes of routes to a destination that has no settings: they stop the start, or are left out. */
  readonly unsetDestinations: 'refuse' | 'skip';
  /** 0: one session per subject. */
  readonly lanes: number;
  readonly maxBodyBytes: number;
  readonly callTimeoutMs: number;
  readonly retryBaseMs: number;
  readonly retryMaxAgeMs: number;
  /** In which jtel ACD writes and reads local times, also in what it sends by itself. */
  readonly acdTimeZone: string;
  /** Undefined where a destination has no settings; routes can't use it then. */
  readonly nimbus: NimbusConfig | undefined;
  readonly lucs: LucsConfig | undefined;
  readonly acd: AcdConfig | undefined;
  readonly crm: CrmConfig | undefined;
  /** Undefined where the relay has nothing to connect to. */
  readonly enreach: EnreachConfig | undefined;
  readonly relay: RelayConfig;
}

export interface NimbusConfig {
  readonly baseUrl: string;
  readonly signIn: { readonly kind: 'token'; readonly token: string } | NimbusSignInConfig;
  /** Calls per 60 s that all processes together may make for this connection. */
  readonly callsPerMinute: number;
  /** What to be told by webhook; undefined where nothing is to be registered. */
  readonly webhooks: NimbusWebhooksConfig | undefined;
}

export interface NimbusWebhooksConfig {
  /** Address of the webhooks without their last part, such as `https://<app>.azurewebsites.net/api/nimbus`. */
  readonly callbackUrl: string;
  readonly callbackKey: string;
  /** Service UPNs. */
  readonly services: readonly string[];
  /** Names or values of the lookups; an empty list means all of them. */
  readonly taskEvents: readonly string[];
  readonly schedulerEntryEvents: readonly string[];
  readonly modalities: readonly string[];
  readonly directions: readonly string[];
  /** How long a service may be without events, counting business hours only; 0: for ever. */
  readonly quietMs: number;
  /** Undefined: always. */
  readonly businessHours: BusinessHours | undefined;
}

/** Sign-in on behalf of a user, whose account Nimbus matches with its own users. */
export interface NimbusSignInConfig {
  readonly kind: 'delegated';
  /** Such as `https://login.microsoftonline.com/<tenant>`. */
  readonly authority: string;
  readonly clientId: string;
  readonly scope: string;
  /** Where the tokens are kept: a file's path, or the address of a Key Vault secret or a blob. */
  readonly tokenCache: string;
}

export interface LucsConfig {
  /** Everything before `/v1.0`. */
  readonly baseUrl: string;
  /** Undefined when the site is protected in another way. */
  readonly apiKey: string | undefined;
  /** The published pages do not name the header; by default `Authorization`. */
  readonly authHeader: string;
  /** What stands before the key in that header, with its blank; may be empty. */
  readonly authPrefix: string;
  readonly paths: LucsPaths;
  /** Where `SetAgentOnRona` of a refresh goes: only its name is published. */
  readonly ronaParameter: 'query' | 'body';
  /** What LUCS calls the state of a task that an agent has taken, which is not published; at least one. */
  readonly establishedStates: readonly string[];
  /** What becomes of a callback's description that is longer than LUCS takes. */
  readonly longDescription: 'cut' | 'refuse';
}

export interface AcdConfig {
  readonly baseUrl: string;
  readonly token: string;
  /** IANA name, as `acdTimeZone` above. */
  readonly timeZone: string;
  readonly phoneFormat: PhoneFormat;
  /** Those that differ from the usual ones. */
  readonly paths: AcdPaths;
}

export interface CrmConfig {
  readonly baseUrl: string;
  readonly signIn:
    | { readonly kind: 'token'; readonly token: string }
    | { readonly kind: 'secret'; readonly tenantId: string; readonly clientId: string; readonly clientSecret: string }
    | { readonly kind: 'identity'; readonly clientId: string | undefined };
}

export interface EnreachConfig {
  readonly discoveryUrl: string;
  readonly username: string;
  /** A secret key that was issued beforehand, or the password that gets one. */
  readonly secret:
    | { readonly kind: 'secretKey'; readonly secretKey: string }
    | { readonly kind: 'password'; readonly password: string };
  /** The rules themselves as JSON, beginning with `[`, or the path of a file with them. */
  readonly subscriptions: string;
}

export interface RelayConfig {
  readonly mode: 'single' | 'standby' | 'pair';
  /** 0: any. */
  readonly statusPort: number;
  readonly bufferMaxBytes: number;
  /** Path, relative to the folder that the relay is started in. */
  readonly spoolFolder: string;
  readonly spoolMaxBytes: number;
}

/** Reads every setting. @throws ConfigurationError that lists all problems; values never appear in it. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const filled = Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value]) => value !== undefined && (value !== '' || name === MAY_BE_EMPTY),
    ),
  );
  const problems = unknownNames(filled);
  const parsed = z.safeParse(settingsSchema, filled);
  const wrong = parsed.error?.issues ?? [];
  for (const { path, message } of wrong) problems.push(`${path.join('.')}: ${message}`);
  // Gaps are looked for as if those were right, so that one start shows every problem.
  const settings = parsed.data ?? z.parse(settingsSchema, { ...filled, ...standIns(wrong.map(({ path }) => path[0])) });
  const need = (name: keyof Settings, hint: string) => {
    problems.push(`${name} is missing: ${hint}`);
    return '';
  };
  const config: Config = {
    serviceBus: serviceBusAccess(settings, need),
    storage: storageAccess(settings, need, problems),
    routesFile: settings.BRIDGE_ROUTES,
    routeSettings: settings.BRIDGE_ROUTE_SETTINGS,
    unsetDestinations: settings.BRIDGE_UNSET_DESTINATIONS,
    lanes: settings.BRIDGE_LANES,
    maxBodyBytes: settings.BRIDGE_MAX_BODY_BYTES,
    callTimeoutMs: settings.BRIDGE_CALL_TIMEOUT_MS,
    retryBaseMs: settings.BRIDGE_RETRY_BASE_MS,
    retryMaxAgeMs: settings.BRIDGE_RETRY_MAX_AGE_HOURS * 3_600_000,
    acdTimeZone: settings.ACD_TIME_ZONE,
    nimbus: nimbusConfig(settings, need),
    lucs: lucsConfig(settings),
    acd: acdConfig(settings, need),
    crm: crmConfig(settings, need),
    enreach: enreachConfig(settings, need),
    relay: {
      mode: settings.RELAY_MODE,
      statusPort: settings.RELAY_STATUS_PORT,
      bufferMaxBytes: settings.RELAY_BUFFER_BYTES,
      spoolFolder: settings.RELAY_SPOOL_FOLDER,
      spoolMaxBytes: settings.RELAY_SPOOL_MAX_BYTES,
    },
  };
  if (problems.length > 0) throw new ConfigurationError('Settings are wrong or missing', problems);
  return config;
}

/** Values that pass the schema, in place of those of wrong settings. Nothing ever gets to use them. */
function standIns(names: readonly (PropertyKey | undefined)[]): Record<string, string | undefined> {
  return Object.fromEntries(
    names.map(String).map((name) => [name, /_URL$|Uri$/.test(name) ? 'http://stand-in/rest/v1.0/0' : undefined]),
  );
}

type Need = (name: keyof Settings, hint: string) => string;

function serviceBusAccess(settings: Settings, need: Need): Config['serviceBus'] {
  if (settings.ServiceBus !== undefined) return { connectionString: settings.ServiceBus };
  const fullyQualifiedNamespace =
    settings.ServiceBus__fullyQualifiedNamespace ??
    need('ServiceBus', 'set it, or ServiceBus__fullyQualifiedNamespace for sign-in by identity');
  return { fullyQualifiedNamespace, clientId: settings.ServiceBus__clientId };
}

function storageAccess(settings: Settings, need: Need, problems: string[]): Config['storage'] {
  const account = settings.AzureWebJobsStorage__accountName;
  if (settings.AzureWebJobsStorage !== undefined) {
    // A command at a desk would else change the tables of this machine in place of those of the deployment.
    for (const name of ['AzureWebJobsStorage__accountName', 'AzureWebJobsStorage__tableServiceUri'] as const) {
      if (settings[name] === undefined) continue;
      problems.push(`AzureWebJobsStorage and ${name} are both set: take one away, or make it empty in the environment`);
    }
    return { connectionString: settings.AzureWebJobsStorage };
  }
  const tableServiceUri =
    settings.AzureWebJobsStorage__tableServiceUri ??
    (account === undefined
      ? need('AzureWebJobsStorage', 'set it, or AzureWebJobsStorage__accountName for sign-in by identity')
      : `https://${account}.table.core.windows.net`);
  return { tableServiceUri, clientId: settings.AzureWebJobsStorage__clientId };
}

function nimbusConfig(settings: Settings, need: Need): NimbusConfig | undefined {
  const { NIMBUS_BASE_URL: baseUrl, NIMBUS_CALLS_PER_MINUTE: callsPerMinute, NIMBUS_TOKEN: token } = settings;
  if (baseUrl === undefined) return undefined;
  const webhooks = nimbusWebhooksConfig(settings, need);
  if (token !== undefined) return { baseUrl, callsPerMinute, webhooks, signIn: { kind: 'token', token } };
  const tenantId = settings.NIMBUS_TENANT_ID ?? need('NIMBUS_TENANT_ID', 'it goes with NIMBUS_BASE_URL');
  return {
    baseUrl,
    callsPerMinute,
    webhooks,
    signIn: {
      kind: 'delegated',
      authority: `${settings.NIMBUS_AUTHORITY.replace(/\/+$/, '')}/${tenantId}`,
      clientId: settings.NIMBUS_CLIENT_ID ?? need('NIMBUS_CLIENT_ID', 'it goes with NIMBUS_BASE_URL'),
      scope: settings.NIMBUS_SCOPE,
      tokenCache: settings.NIMBUS_TOKEN_CACHE,
    },
  };
}

function nimbusWebhooksConfig(settings: Settings, need: Need): NimbusWebhooksConfig | undefined {
  const { NIMBUS_CALLBACK_URL: callbackUrl } = settings;
  if (callbackUrl === undefined) return undefined;
  if (settings.NIMBUS_SERVICES.length === 0) need('NIMBUS_SERVICES', 'it goes with NIMBUS_CALLBACK_URL');
  return {
    callbackUrl: callbackUrl.replace(/\/+$/, ''),
    callbackKey: settings.NIMBUS_CALLBACK_KEY ?? need('NIMBUS_CALLBACK_KEY', 'it goes with NIMBUS_CALLBACK_URL'),
    services: settings.NIMBUS_SERVICES,
    taskEvents: settings.NIMBUS_TASK_EVENTS,
    schedulerEntryEvents: settings.NIMBUS_SCHEDULER_ENTRY_EVENTS,
    modalities: settings.NIMBUS_MODALITIES,
    directions: settings.NIMBUS_DIRECTIONS,
    quietMs: settings.NIMBUS_QUIET_MINUTES * 60_000,
    businessHours: settings.NIMBUS_BUSINESS_HOURS,
  };
}

function lucsConfig(settings: Settings): LucsConfig | undefined {
  if (settings.LUCS_BASE_URL === undefined) return undefined;
  return {
    baseUrl: settings.LUCS_BASE_URL,
    apiKey: settings.LUCS_API_KEY,
    authHeader: settings.LUCS_AUTH_HEADER,
    authPrefix: settings.LUCS_AUTH_PREFIX,
    paths: settings.LUCS_PATHS,
    ronaParameter: settings.LUCS_RONA_PARAMETER,
    establishedStates: settings.LUCS_ESTABLISHED_STATES,
    longDescription: settings.LUCS_LONG_DESCRIPTION,
  };
}

function acdConfig(settings: Settings, need: Need): AcdConfig | undefined {
  if (settings.ACD_BASE_URL === undefined) return undefined;
  const token = settings.ACD_TOKEN ?? need('ACD_TOKEN', 'ACD_BASE_URL is set, and jtel ACD takes no call without it');
  return {
    baseUrl: settings.ACD_BASE_URL,
    token,
    timeZone: settings.ACD_TIME_ZONE,
    phoneFormat: settings.ACD_PHONE_FORMAT,
    paths: settings.ACD_PATHS,
  };
}

function crmConfig(settings: Settings, need: Need): CrmConfig | undefined {
  const {
    CRM_BASE_URL: baseUrl,
    CRM_TOKEN: token,
    CRM_CLIENT_SECRET: clientSecret,
    CRM_CLIENT_ID: clientId,
  } = settings;
  if (baseUrl === undefined) return undefined;
  if (token !== undefined) return { baseUrl, signIn: { kind: 'token', token } };
  if (clientSecret === undefined) return { baseUrl, signIn: { kind: 'identity', clientId } };
  return {
    baseUrl,
    signIn: {
      kind: 'secret',
      tenantId: settings.CRM_TENANT_ID ?? need('CRM_TENANT_ID', 'it goes with CRM_CLIENT_SECRET'),
      clientId: clientId ?? need('CRM_CLIENT_ID', 'it goes with CRM_CLIENT_SECRET'),
      clientSecret,
    },
  };
}

function enreachConfig(settings: Settings, need: Need): EnreachConfig | undefined {
  const { ENREACH_DISCOVERY_URL: discoveryUrl, ENREACH_USERNAME: username, ENREACH_SECRET_KEY: secretKey } = settings;
  if (discoveryUrl === undefined && username === undefined) return undefined;
  const password = () =>
    settings.ENREACH_PASSWORD ?? need('ENREACH_SECRET_KEY', 'set it, or ENREACH_PASSWORD to sign in with');
  return {
    discoveryUrl: discoveryUrl ?? 'https://discover.enreachvoice.com/api/user',
    username: username ?? need('ENREACH_USERNAME', 'it goes with ENREACH_DISCOVERY_URL'),
    secret: secretKey === undefined ? { kind: 'password', password: password() } : { kind: 'secretKey', secretKey },
    subscriptions:
      settings.RTE_SUBSCRIPTIONS ?? need('RTE_SUBSCRIPTIONS', 'without it the relay would hear nothing of Enreach'),
  };
}

/** A misspelt name would silently leave a default in force. */
function unknownNames(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set(settingNames);
  return Object.keys(environment)
    .filter((name) => name.startsWith('BRIDGE_') && !known.has(name))
    .map(
      (name) => `${name}: no such setting; known are ${settingNames.filter((n) => n.startsWith('BRIDGE_')).join(', ')}`,
    );
}
