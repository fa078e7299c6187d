import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Config, loadConfig, settingNames } from '../../shared/config.ts';
import { defaultLucsPaths } from '../../shared/destinations/lucs/paths.ts';
import { ConfigurationError } from '../../shared/errors.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

type Environment = Readonly<Record<string, string>>;

const minimal = { ServiceBus: 'Endpoint=sb://bus.example', AzureWebJobsStorage: 'UseDevelopmentStorage=true' };
const byIdentity = { ServiceBus__fullyQualifiedNamespace: 'bus.example', AzureWebJobsStorage__accountName: 'account' };
const crm = { ...minimal, CRM_BASE_URL: 'https://org.crm.example' };
const crmSecret = { ...crm, CRM_TENANT_ID: 'tenant', CRM_CLIENT_ID: 'client', CRM_CLIENT_SECRET: 'hush' };
const lucs = { ...minimal, LUCS_BASE_URL: 'https://lucs.example/api' };
const nimbus = {
  ...minimal,
  NIMBUS_BASE_URL: 'https://api.nimbus.example',
  NIMBUS_TENANT_ID: 'tenant',
  NIMBUS_CLIENT_ID: 'client',
};
const webhooks = {
  ...nimbus,
  NIMBUS_CALLBACK_URL: 'https://bridge.example/api/nimbus/',
  NIMBUS_CALLBACK_KEY: 'hush',
  NIMBUS_SERVICES: 'helpdesk@contoso.example',
};
const enreach = {
  ...minimal,
  ENREACH_USERNAME: 'a.berg@corp.example',
  ENREACH_SECRET_KEY: 'hush',
  RTE_SUBSCRIPTIONS: 'subscriptions.yaml',
};
const acd = { ...minimal, ACD_BASE_URL: 'https://acd.example/rest/v1.0/7', ACD_TOKEN: 'hush' };

function problemsOf(environment: Environment): readonly string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('the settings that must be there', () => {
  it('suffice, and all else has a default', () => {
    expect(loadConfig(minimal)).toEqual({
      serviceBus: { connectionString: 'Endpoint=sb://bus.example' },
      storage: { connectionString: 'UseDevelopmentStorage=true' },
      routesFile: 'routes.yaml',
      routeSettings: {},
      unsetDestinations: 'refuse',
      lanes: 32,
      maxBodyBytes: 131_072,
      callTimeoutMs: 10_000,
      retryBaseMs: 5_000,
      retryMaxAgeMs: 24 * 3_600_000,
      relay: {
        mode: 'single',
        statusPort: 8_080,
        bufferMaxBytes: 33_554_432,
        spoolFolder: '.local/relay',
        spoolMaxBytes: 1_073_741_824,
      },
      acdTimeZone: 'Europe/Berlin',
      nimbus: undefined,
      lucs: undefined,
      acd: undefined,
      crm: undefined,
      enreach: undefined,
    } satisfies Config);
  });

  it('are named when they are missing, empty ones among them', () => {
    const missing = [
      'ServiceBus is missing: set it, or ServiceBus__fullyQualifiedNamespace for sign-in by identity',
      'AzureWebJobsStorage is missing: set it, or AzureWebJobsStorage__accountName for sign-in by identity',
    ];
    expect(problemsOf({})).toEqual(missing);
    expect(problemsOf({ ServiceBus: '', AzureWebJobsStorage: '' })).toEqual(missing);
  });

  it('come from the process when nothing else is given', () => {
    vi.stubEnv('ServiceBus', 'Endpoint=sb://process.example');
    vi.stubEnv('AzureWebJobsStorage', 'UseDevelopmentStorage=true');
    expect(loadConfig().serviceBus).toEqual({ connectionString: 'Endpoint=sb://process.example' });
  });
});

const signIn = (config: Config) => config.nimbus?.signIn;
const webhooksOf = (config: Config) => config.nimbus?.webhooks;

/** What each setting does: an environment that has it, and the part of the configuration that shows it. */
const effects: Record<string, [environment: Environment, shown: (config: Config) => unknown, expected: unknown]> = {
  ServiceBus: [minimal, (config) => config.serviceBus, { connectionString: 'Endpoint=sb://bus.example' }],
  ServiceBus__fullyQualifiedNamespace: [
    byIdentity,
    (config) => config.serviceBus,
    { fullyQualifiedNamespace: 'bus.example', clientId: undefined },
  ],
  ServiceBus__clientId: [
    { ...byIdentity, ServiceBus__clientId: 'id-1' },
    (config) => config.serviceBus,
    { fullyQualifiedNamespace: 'bus.example', clientId: 'id-1' },
  ],
  AzureWebJobsStorage: [minimal, (config) => config.storage, { connectionString: 'UseDevelopmentStorage=true' }],
  AzureWebJobsStorage__accountName: [
    byIdentity,
    (config) => config.storage,
    { tableServiceUri: 'https://account.table.core.windows.net', clientId: undefined },
  ],
  AzureWebJobsStorage__tableServiceUri: [
    { ...byIdentity, AzureWebJobsStorage__tableServiceUri: 'https://tables.example' },
    (config) => config.storage,
    { tableServiceUri: 'https://tables.example', clientId: undefined },
  ],
  AzureWebJobsStorage__clientId: [
    { ...byIdentity, AzureWebJobsStorage__clientId: 'id-2' },
    (config) => config.storage,
    { tableServiceUri: 'https://account.table.core.windows.net', clientId: 'id-2' },
  ],
  BRIDGE_ROUTES: [{ ...minimal, BRIDGE_ROUTES: 'mine.yaml' }, (config) => config.routesFile, 'mine.yaml'],
  BRIDGE_ROUTE_SETTINGS: [
    { ...minimal, BRIDGE_ROUTE_SETTINGS: '{"queue":"a","limit":3,"on":true}' },
    (config) => config.routeSettings,
    { queue: 'a', limit: 3, on: true },
  ],
  BRIDGE_UNSET_DESTINATIONS: [
    { ...minimal, BRIDGE_UNSET_DESTINATIONS: 'skip' },
    (config) => config.unsetDestinations,
    'skip',
  ],
  BRIDGE_LANES: [{ ...minimal, BRIDGE_LANES: '0' }, (config) => config.lanes, 0],
  BRIDGE_MAX_BODY_BYTES: [{ ...minimal, BRIDGE_MAX_BODY_BYTES: '2048' }, (config) => config.maxBodyBytes, 2_048],
  BRIDGE_CALL_TIMEOUT_MS: [{ ...minimal, BRIDGE_CALL_TIMEOUT_MS: '250' }, (config) => config.callTimeoutMs, 250],
  BRIDGE_RETRY_BASE_MS: [{ ...minimal, BRIDGE_RETRY_BASE_MS: '20' }, (config) => config.retryBaseMs, 20],
  BRIDGE_RETRY_MAX_AGE_HOURS: [
    { ...minimal, BRIDGE_RETRY_MAX_AGE_HOURS: '2' },
    (config) => config.retryMaxAgeMs,
    7_200_000,
  ],
  NIMBUS_BASE_URL: [nimbus, (config) => config.nimbus?.baseUrl, 'https://api.nimbus.example'],
  NIMBUS_TENANT_ID: [
    nimbus,
    signIn,
    expect.objectContaining({ authority: 'https://login.microsoftonline.com/tenant' }),
  ],
  NIMBUS_CLIENT_ID: [nimbus, signIn, expect.objectContaining({ clientId: 'client' })],
  NIMBUS_AUTHORITY: [
    { ...nimbus, NIMBUS_AUTHORITY: 'https://login.example/' },
    signIn,
    expect.objectContaining({ authority: 'https://login.example/tenant' }),
  ],
  NIMBUS_SCOPE: [
    { ...nimbus, NIMBUS_SCOPE: 'api/.default' },
    signIn,
    expect.objectContaining({ scope: 'api/.default' }),
  ],
  NIMBUS_TOKEN_CACHE: [
    { ...nimbus, NIMBUS_TOKEN_CACHE: 'cache.json' },
    signIn,
    expect.objectContaining({ tokenCache: 'cache.json' }),
  ],
  NIMBUS_TOKEN: [{ ...nimbus, NIMBUS_TOKEN: 'hush' }, signIn, { kind: 'token', token: 'hush' }],
  NIMBUS_CALLS_PER_MINUTE: [
    { ...nimbus, NIMBUS_CALLS_PER_MINUTE: '40' },
    (config) => config.nimbus?.callsPerMinute,
    40,
  ],
  NIMBUS_CALLBACK_URL: [
    webhooks,
    webhooksOf,
    {
      callbackUrl: 'https://bridge.example/api/nimbus',
      callbackKey: 'hush',
      services: ['helpdesk@contoso.example'],
      taskEvents: [],
      schedulerEntryEvents: [],
      modalities: [],
      directions: [],
      quietMs: 0,
      businessHours: undefined,
    },
  ],
  NIMBUS_CALLBACK_KEY: [
    { ...webhooks, NIMBUS_CALLBACK_KEY: 'other' },
    (config) => webhooksOf(config)?.callbackKey,
    'other',
  ],
  NIMBUS_SERVICES: [
    { ...webhooks, NIMBUS_SERVICES: ' a@contoso.example,, b@contoso.example ' },
    (config) => webhooksOf(config)?.services,
    ['a@contoso.example', 'b@contoso.example'],
  ],
  NIMBUS_TASK_EVENTS: [
    { ...webhooks, NIMBUS_TASK_EVENTS: 'System accepted,Created' },
    (config) => webhooksOf(config)?.taskEvents,
    ['System accepted', 'Created'],
  ],
  NIMBUS_SCHEDULER_ENTRY_EVENTS: [
    { ...webhooks, NIMBUS_SCHEDULER_ENTRY_EVENTS: 'Completed' },
    (config) => webhooksOf(config)?.schedulerEntryEvents,
    ['Completed'],
  ],
  NIMBUS_MODALITIES: [
    { ...webhooks, NIMBUS_MODALITIES: 'Audio' },
    (config) => webhooksOf(config)?.modalities,
    ['Audio'],
  ],
  NIMBUS_DIRECTIONS: [
    { ...webhooks, NIMBUS_DIRECTIONS: 'Inbound' },
    (config) => webhooksOf(config)?.directions,
    ['Inbound'],
  ],
  NIMBUS_QUIET_MINUTES: [
    { ...webhooks, NIMBUS_QUIET_MINUTES: '90' },
    (config) => webhooksOf(config)?.quietMs,
    5_400_000,
  ],
  NIMBUS_BUSINESS_HOURS: [
    { ...webhooks, NIMBUS_BUSINESS_HOURS: 'Mon-Fri 08:00-18:00 Europe/Berlin' },
    (config) => webhooksOf(config)?.businessHours,
    { days: new Set([0, 1, 2, 3, 4]), fromMinute: 480, toMinute: 1_080, timeZone: 'Europe/Berlin' },
  ],
  LUCS_BASE_URL: [
    lucs,
    (config) => config.lucs,
    {
      baseUrl: 'https://lucs.example/api',
      apiKey: undefined,
      authHeader: 'Authorization',
      authPrefix: 'Bearer ',
      paths: defaultLucsPaths,
      ronaParameter: 'query',
      establishedStates: ['Established'],
      longDescription: 'cut',
    },
  ],
  LUCS_API_KEY: [{ ...lucs, LUCS_API_KEY: 'hush' }, (config) => config.lucs?.apiKey, 'hush'],
  LUCS_AUTH_HEADER: [{ ...lucs, LUCS_AUTH_HEADER: 'X-Api-Key' }, (config) => config.lucs?.authHeader, 'X-Api-Key'],
  LUCS_AUTH_PREFIX: [{ ...lucs, LUCS_AUTH_PREFIX: '' }, (config) => config.lucs?.authPrefix, ''],
  LUCS_PATHS: [
    { ...lucs, LUCS_PATHS: '{"terminateTask":"/v1.0/end/{taskIdentifier}"}' },
    (config) => config.lucs?.paths,
    { ...defaultLucsPaths, terminateTask: '/v1.0/end/{taskIdentifier}' },
  ],
  LUCS_RONA_PARAMETER: [{ ...lucs, LUCS_RONA_PARAMETER: 'body' }, (config) => config.lucs?.ronaParameter, 'body'],
  LUCS_ESTABLISHED_STATES: [
    { ...lucs, LUCS_ESTABLISHED_STATES: 'Connected, In Conversation' },
    (config) => config.lucs?.establishedStates,
    ['Connected', 'In Conversation'],
  ],
  LUCS_LONG_DESCRIPTION: [
    { ...lucs, LUCS_LONG_DESCRIPTION: 'refuse' },
    (config) => config.lucs?.longDescription,
    'refuse',
  ],
  ACD_BASE_URL: [acd, (config) => config.acd?.baseUrl, 'https://acd.example/rest/v1.0/7'],
  ACD_TOKEN: [acd, (config) => config.acd?.token, 'hush'],
  ACD_TIME_ZONE: [
    { ...acd, ACD_TIME_ZONE: 'Europe/Lisbon' },
    (config) => [config.acdTimeZone, config.acd?.timeZone],
    ['Europe/Lisbon', 'Europe/Lisbon'],
  ],
  ACD_PHONE_FORMAT: [{ ...acd, ACD_PHONE_FORMAT: 'plus' }, (config) => config.acd?.phoneFormat, 'plus'],
  ACD_PATHS: [
    { ...acd, ACD_PATHS: '{"listEventStatuses":"/acd/events/statuses"}' },
    (config) => config.acd?.paths,
    { listEventStatuses: '/acd/events/statuses' },
  ],
  CRM_KIND: [{ ...crm, CRM_KIND: 'dataverse' }, (config) => config.crm?.baseUrl, 'https://org.crm.example'],
  CRM_BASE_URL: [
    crm,
    (config) => config.crm,
    { baseUrl: 'https://org.crm.example', signIn: { kind: 'identity', clientId: undefined } },
  ],
  CRM_TENANT_ID: [crmSecret, (config) => config.crm?.signIn, expect.objectContaining({ tenantId: 'tenant' })],
  CRM_CLIENT_ID: [
    { ...crm, CRM_CLIENT_ID: 'id-3' },
    (config) => config.crm?.signIn,
    { kind: 'identity', clientId: 'id-3' },
  ],
  CRM_CLIENT_SECRET: [
    crmSecret,
    (config) => config.crm?.signIn,
    { kind: 'secret', tenantId: 'tenant', clientId: 'client', clientSecret: 'hush' },
  ],
  RELAY_MODE: [{ ...minimal, RELAY_MODE: 'pair' }, (config) => config.relay.mode, 'pair'],
  RELAY_STATUS_PORT: [{ ...minimal, RELAY_STATUS_PORT: '0' }, (config) => config.relay.statusPort, 0],
  RELAY_BUFFER_BYTES: [
    { ...minimal, RELAY_BUFFER_BYTES: '1048576' },
    (config) => config.relay.bufferMaxBytes,
    1_048_576,
  ],
  RELAY_SPOOL_FOLDER: [{ ...minimal, RELAY_SPOOL_FOLDER: '/spool' }, (config) => config.relay.spoolFolder, '/spool'],
  RELAY_SPOOL_MAX_BYTES: [
    { ...minimal, RELAY_SPOOL_MAX_BYTES: '2097152' },
    (config) => config.relay.spoolMaxBytes,
    2_097_152,
  ],
  ENREACH_DISCOVERY_URL: [
    { ...enreach, ENREACH_DISCOVERY_URL: 'http://127.0.0.1:4010' },
    (config) => config.enreach?.discoveryUrl,
    'http://127.0.0.1:4010',
  ],
  ENREACH_USERNAME: [
    enreach,
    (config) => config.enreach,
    {
      discoveryUrl: 'https://discover.enreachvoice.com/api/user',
      username: 'a.berg@corp.example',
      secret: { kind: 'secretKey', secretKey: 'hush' },
      subscriptions: 'subscriptions.yaml',
    },
  ],
  ENREACH_SECRET_KEY: [
    { ...enreach, ENREACH_PASSWORD: 'other' },
    (config) => config.enreach?.secret,
    { kind: 'secretKey', secretKey: 'hush' },
  ],
  ENREACH_PASSWORD: [
    { ...enreach, ENREACH_SECRET_KEY: '', ENREACH_PASSWORD: 'hush' },
    (config) => config.enreach?.secret,
    { kind: 'password', password: 'hush' },
  ],
  RTE_SUBSCRIPTIONS: [
    { ...enreach, RTE_SUBSCRIPTIONS: '[{"queuesOf":"me","events":"*"}]' },
    (config) => config.enreach?.subscriptions,
    '[{"queuesOf":"me","events":"*"}]',
  ],
  CRM_TOKEN: [{ ...crmSecret, CRM_TOKEN: 'fixed' }, (config) => config.crm?.signIn, { kind: 'token', token: 'fixed' }],
};

describe('a setting', () => {
  it.each(settingNames)('%s has its effect', (name) => {
    const [environment, shown, expected] = effects[name] ?? [];
    expect(environment).toHaveProperty(name);
    expect(shown?.(loadConfig(environment))).toEqual(expected);
  });

  it('prefers a connection string of Service Bus to an identity', () => {
    const { AzureWebJobsStorage__accountName: _, ...identity } = byIdentity;
    expect(loadConfig({ ...identity, ...minimal }).serviceBus).toEqual({ connectionString: minimal.ServiceBus });
  });

  it.each([
    ['AzureWebJobsStorage__accountName', 'account'],
    ['AzureWebJobsStorage__tableServiceUri', 'https://tables.example'],
  ])('never has a connection string of the storage beside %s, which may be another one', (name, value) => {
    expect(problemsOf({ ...minimal, [name]: value })).toEqual([
      `AzureWebJobsStorage and ${name} are both set: take one away, or make it empty in the environment`,
    ]);
    expect(loadConfig({ ...minimal, AzureWebJobsStorage: '', [name]: value }).storage).toHaveProperty(
      'tableServiceUri',
    );
    expect(loadConfig({ ...minimal, [name]: '' }).storage).toEqual({ connectionString: minimal.AzureWebJobsStorage });
  });

  it.each([
    ['BRIDGE_LANES', 0, 10_000],
    ['BRIDGE_MAX_BODY_BYTES', 1_024, 200_000],
    ['BRIDGE_CALL_TIMEOUT_MS', 100, 120_000],
    ['BRIDGE_RETRY_BASE_MS', 10, 600_000],
    ['BRIDGE_RETRY_MAX_AGE_HOURS', 0, 312],
    ['NIMBUS_QUIET_MINUTES', 0, 44_640],
  ])('%s is a whole number from %i to %i', (name, min, max) => {
    const problems = (value: string) => problemsOf({ ...minimal, [name]: value });
    expect([problems(`${min}`), problems(`${max}`)]).toEqual([[], []]);
    expect(problems(`${max + 1}`)).toEqual([expect.stringContaining(`${name}: Too big`)]);
    expect(problems(`${min - 1}`)).toEqual([expect.stringMatching(`${name}: (Too small|expected a whole number)`)]);
    for (const value of ['ten', '1.5', '1e3', '0x10', ' 7', '9999999999999999']) {
      expect(problems(value)).toEqual([`${name}: expected a whole number`]);
    }
  });

  it.each([
    [
      { AzureWebJobsStorage: '', AzureWebJobsStorage__tableServiceUri: 'tables.example' },
      'AzureWebJobsStorage__tableServiceUri: Invalid URL',
    ],
    [{ LUCS_BASE_URL: 'lucs.example' }, 'LUCS_BASE_URL: Invalid URL'],
    [{ LUCS_BASE_URL: 'file:///etc' }, 'LUCS_BASE_URL: Invalid URL'],
    [{ LUCS_AUTH_HEADER: 'X Api Key' }, 'LUCS_AUTH_HEADER: expected the name of a header'],
    [{ LUCS_PATHS: '{"a":' }, 'LUCS_PATHS: expected a JSON object'],
    [{ LUCS_PATHS: '[]' }, 'LUCS_PATHS: Invalid input: expected object, received array'],
    [
      { LUCS_PATHS: '{"refresh":"/v1.0/refresh/{taskIdentifier}"}' },
      'LUCS_PATHS: no such operation; known are createTask, getServiceTasks, refreshTask, setTaskEstablished, terminateTask, createCallback, getCallback, cancelCallback, getServiceUsers',
    ],
    [
      { LUCS_PATHS: '{"refreshTask":"/v1.0/refresh"}' },
      'LUCS_PATHS.refreshTask: expected a path such as /v1.0/tasks/{taskIdentifier}/refresh, without query',
    ],
    [{ LUCS_RONA_PARAMETER: 'header' }, 'LUCS_RONA_PARAMETER: Invalid option: expected one of "query"|"body"'],
    [{ LUCS_ESTABLISHED_STATES: ' , ' }, 'LUCS_ESTABLISHED_STATES: expected names with commas between'],
    [{ LUCS_LONG_DESCRIPTION: 'keep' }, 'LUCS_LONG_DESCRIPTION: Invalid option: expected one of "cut"|"refuse"'],
    [
      { ACD_TOKEN: 'x', ACD_BASE_URL: 'https://acd.example/rest/v1.0' },
      'ACD_BASE_URL: expected to end with /rest/v1.0/{ClientsID}',
    ],
    [{ ...webhooks, NIMBUS_CALLBACK_URL: 'bridge' }, 'NIMBUS_CALLBACK_URL: Invalid URL'],
    [{ ...webhooks, NIMBUS_CALLBACK_KEY: '' }, 'NIMBUS_CALLBACK_KEY is missing: it goes with NIMBUS_CALLBACK_URL'],
    [{ ...webhooks, NIMBUS_SERVICES: ' , ' }, 'NIMBUS_SERVICES is missing: it goes with NIMBUS_CALLBACK_URL'],
    [{ NIMBUS_BUSINESS_HOURS: 'always' }, 'NIMBUS_BUSINESS_HOURS: expected days, hours and a time zone'],
    [{ ACD_TIME_ZONE: 'Europe/Atlantis' }, 'ACD_TIME_ZONE: expected a time zone, such as Europe/Berlin'],
    [{ ACD_PHONE_FORMAT: 'e164' }, 'ACD_PHONE_FORMAT: Invalid option: expected one of "digits"|"plus"'],
    [{ ACD_PATHS: '/acd' }, 'ACD_PATHS: expected a JSON object'],
    [{ ACD_PATHS: '["/acd"]' }, 'ACD_PATHS: Invalid input: expected record, received array'],
    [
      { ACD_PATHS: '{"deleteContact":"/dialler/contacts"}' },
      'ACD_PATHS.deleteContact: expected a path with {contactId}',
    ],
    [{ CRM_BASE_URL: 'crm' }, 'CRM_BASE_URL: Invalid URL'],
    [{ ...enreach, ENREACH_DISCOVERY_URL: 'discover' }, 'ENREACH_DISCOVERY_URL: Invalid URL'],
    [
      { ...enreach, ENREACH_USERNAME: '', ENREACH_DISCOVERY_URL: 'https://discover.example' },
      'ENREACH_USERNAME is missing: it goes with ENREACH_DISCOVERY_URL',
    ],
    [
      { ...enreach, ENREACH_SECRET_KEY: '' },
      'ENREACH_SECRET_KEY is missing: set it, or ENREACH_PASSWORD to sign in with',
    ],
    [
      { ...enreach, RTE_SUBSCRIPTIONS: '' },
      'RTE_SUBSCRIPTIONS is missing: without it the relay would hear nothing of Enreach',
    ],
    [{ CRM_KIND: 'other' }, 'CRM_KIND: Invalid input: expected "dataverse"'],
    [{ BRIDGE_ROUTE_SETTINGS: '{"a":' }, 'BRIDGE_ROUTE_SETTINGS: expected a JSON object'],
    [{ BRIDGE_ROUTE_SETTINGS: '[1]' }, 'BRIDGE_ROUTE_SETTINGS: Invalid input: expected record, received array'],
    [{ BRIDGE_ROUTE_SETTINGS: '{"a":{}}' }, 'BRIDGE_ROUTE_SETTINGS.a: Invalid input'],
    [
      { BRIDGE_UNSET_DESTINATIONS: 'ignore' },
      'BRIDGE_UNSET_DESTINATIONS: Invalid option: expected one of "refuse"|"skip"',
    ],
    [
      { ACD_BASE_URL: 'https://acd.example/rest/v1.0/7' },
      'ACD_TOKEN is missing: ACD_BASE_URL is set, and jtel ACD takes no call without it',
    ],
    [{ ...crmSecret, CRM_TENANT_ID: '' }, 'CRM_TENANT_ID is missing: it goes with CRM_CLIENT_SECRET'],
    [{ ...crmSecret, CRM_CLIENT_ID: '' }, 'CRM_CLIENT_ID is missing: it goes with CRM_CLIENT_SECRET'],
  ] satisfies [Environment, string][])('that is wrong is named: %j', (environment, problem) => {
    expect(problemsOf({ ...minimal, ...environment })).toEqual([problem]);
  });

  it('that says nothing of jtel ACD leaves what is usual', () => {
    expect(loadConfig(acd).acd).toEqual({
      baseUrl: 'https://acd.example/rest/v1.0/7',
      token: 'hush',
      timeZone: 'Europe/Berlin',
      phoneFormat: 'digits',
      paths: {},
    });
  });

  it('of the time zone holds for webhooks of jtel ACD too, without its address', () => {
    expect(loadConfig({ ...minimal, ACD_TIME_ZONE: 'America/New_York' })).toMatchObject({
      acdTimeZone: 'America/New_York',
      acd: undefined,
    });
  });

  it('of the bridge that does not exist is named, and those of others are not', () => {
    const problems = problemsOf({
      ...minimal,
      BRIDGE_LANE: '8',
      BRIDGE_: '',
      BRIDGED: 'x',
      PATH: '/bin',
      Bridge_X: 'y',
    });
    expect(problems).toEqual([
      expect.stringMatching(/^BRIDGE_LANE: no such setting; known are BRIDGE_ROUTES, .*BRIDGE_LANES/),
    ]);
  });
});

describe('wrong and missing settings', () => {
  it('are listed all at once', () => {
    const names = problemsOf({
      AzureWebJobsStorage__tableServiceUri: 'x',
      BRIDGE_LANES: 'many',
      BRIDGE_LANEZ: '8',
      BRIDGE_ROUTE_SETTINGS: '{',
      LUCS_BASE_URL: 'x',
      ACD_BASE_URL: 'x',
      CRM_BASE_URL: 'x',
      CRM_CLIENT_SECRET: 'x',
    }).map((problem) => /^\w+/.exec(problem)?.[0]);
    expect([...new Set(names)].sort()).toEqual([
      'ACD_BASE_URL',
      'ACD_TOKEN',
      'AzureWebJobsStorage__tableServiceUri',
      'BRIDGE_LANES',
      'BRIDGE_LANEZ',
      'BRIDGE_ROUTE_SETTINGS',
      'CRM_BASE_URL',
      'CRM_CLIENT_ID',
      'CRM_TENANT_ID',
      'LUCS_BASE_URL',
      'ServiceBus',
    ]);
  });

  it('are reported without any value', () => {
    const value = fc.stringMatching(/^[!-~]{1,20}$/).map((text) => `Zq7${text}Zq7`);
    const environment = fc.dictionary(fc.constantFrom(...settingNames, 'BRIDGE_NONE', 'OTHER'), value, {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(environment, (settings) => {
        try {
          loadConfig(settings);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigurationError);
          expect(String(error)).not.toContain('Zq7');
        }
      }),
      { numRuns: 300 },
    );
  });
});
