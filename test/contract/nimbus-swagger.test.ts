import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { createNimbusClient, type NimbusClient } from '../../shared/destinations/nimbus/client.ts';
import { PermanentError, TransientError } from '../../shared/errors.ts';
import { recase } from '../helpers/casing.ts';
import { fakeFetch, type PlannedAnswer } from '../helpers/fake-fetch.ts';
import { keysIn, keysOf, type PublishedOperation, publishedOperations, sampleOf } from './swagger.ts';

/** How the client is asked for an operation with everything that it can be given. */
interface Example {
  readonly call: (client: NimbusClient) => Promise<unknown>;
  /** Values of the path's parameters, as given to the client. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Headers that come with a success. */
  readonly headers?: Readonly<Record<string, string>>;
}

const named = [{ name: 'Language', value: 'de' }, { name: 'Empty' }];

const customer = {
  firstName: 'Nora',
  lastName: 'Blake',
  displayName: 'Nora Blake',
  company: 'Northwind Bikes',
  jobTitle: 'Buyer',
  department: 'Purchasing',
  streetAddress: '4 Mill Lane',
  postCode: 'LS1 4AP',
  city: 'Leeds',
  state: 'Yorkshire',
  country: 'GB',
  primaryTelNumber: '+441632960123',
  telNumbers: named,
  UPN: 'nora.blake@northwind.example',
  imAddress: 'sip:nora.blake@northwind.example',
  email: 'nora.blake@northwind.example',
  customFields: named,
};

const preferredUsers = [{ upn: 'mia.keller@contoso.example', priority: 1 }, { upn: 'sam.ito@contoso.example' }];

const schedulerEntry = {
  ReferenceId: 'CAMP-7-0042',
  destination: '+441632960188',
  distributionPriority: 'High',
  dueDateTimeUtc: '2025-03-05T09:00:00Z',
  serviceUpn: 'sales@contoso.example',
  maxAttempts: 10,
  attemptTimeoutInSeconds: 30,
  maxQueueTimeInSeconds: 3600,
  ronaTimeoutInSeconds: 5,
  customCallContextParameters: named,
  customer,
};

const contact = {
  externalId: 'the externalId',
  firstName: 'Nora',
  lastName: 'Blake',
  displayName: 'Nora Blake',
  initials: 'NB',
  company: 'Northwind Bikes',
  department: 'Purchasing',
  jobTitle: 'Buyer',
  userPrincipalName: 'nora.blake@northwind.example',
  imAddresses: ['nora.blake@northwind.example'],
  emailAddresses: ['nora.blake@northwind.example'],
  businessPhones: ['+441632960123'],
  mobilePhones: ['+447700900123'],
  homePhones: ['+441632960124'],
  addresses: [{ street: '4 Mill Lane', city: 'Leeds', country: 'GB', state: 'Yorkshire', postalCode: 'LS1 4AP' }],
  customFields: named,
};

const trigger = { url: 'https://bridge.example/api/nimbus/tasks?code=1', services: ['helpdesk@contoso.example'] };
const registered = (path: string) => ({ location: `https://api.luware.cloud${path}/trigger-1` });

/** A value that shows whether it was encoded exactly once. */
const ID = 'a/b c%2Fd?#ü';

/** The client's tests' table: an operation of the published definition that is not in it fails below. */
const examples: Readonly<Record<string, Example>> = {
  RegisterTaskWebHook: {
    call: (client) =>
      client.registerTaskWebHook({
        ...trigger,
        taskEvents: ['SystemAccepted'],
        modalities: ['Audio'],
        directions: ['Inbound'],
      }),
    headers: registered('/v1/triggers/tasks'),
  },
  DeleteTaskEventsTrigger: { call: (client) => client.deleteTaskEventsTrigger(ID), path: { triggerId: ID } },
  RegisterSchedulerEntryTrigger: {
    call: (client) => client.registerSchedulerEntryTrigger({ ...trigger, schedulerEntryEvents: ['Completed'] }),
    headers: registered('/v1/triggers/scheduler-entries'),
  },
  DeleteSchedulerEntriesTrigger: {
    call: (client) => client.deleteSchedulerEntriesTrigger(ID),
    path: { triggerId: ID },
  },
  UpdateTask: {
    call: (client) => client.updateTask(ID, { customer, customContextParameters: named, preferredUsers }),
    path: { taskId: ID },
  },
  AddExternalTask: {
    call: (client) =>
      client.addExternalTask({
        serviceUpn: 'helpdesk@contoso.example',
        customerIdentifier: 'CUST-1009',
        customer,
        customContextParameters: named,
        distributionPriority: 'High',
        preferredUsers,
      }),
  },
  RemoveExternalTask: { call: (client) => client.removeExternalTask(ID), path: { externalTaskId: ID } },
  GetSchedulerEntries: {
    call: (client) => client.getSchedulerEntries('sales+eu@contoso.example'),
    query: { serviceUpn: 'sales+eu@contoso.example' },
  },
  CreateSchedulerEntry: { call: (client) => client.createSchedulerEntry(schedulerEntry) },
  UpdateSchedulerEntry: {
    call: (client) => client.updateSchedulerEntry(ID, schedulerEntry),
    path: { SchedulerEntryID: ID },
  },
  DeleteSchedulerEntry: { call: (client) => client.deleteSchedulerEntry(ID), path: { SchedulerEntryID: ID } },
  GetContacts: {
    call: (client) => client.getContacts(ID, ['the externalId', 'b&c=d']),
    path: { AddressBook: ID },
    query: { externalIds: 'the externalId,b&c=d' },
  },
  AddContact: { call: (client) => client.addContact(ID, contact), path: { AddressBook: ID } },
  UpdateContact: { call: (client) => client.updateContact(ID, contact), path: { AddressBook: ID } },
  RemoveContacts: { call: (client) => client.removeContacts(ID, ['a', 'b']), path: { AddressBook: ID } },
  ClearContacts: { call: (client) => client.clearContacts(ID), path: { AddressBook: ID } },
  GetServices: { call: (client) => client.getServices() },
  GetTaskEvents: { call: (client) => client.getTaskEvents() },
  GetTaskModalities: { call: (client) => client.getTaskModalities() },
  GetTaskDirections: { call: (client) => client.getTaskDirections() },
  GetUsersForPreferredRouting: { call: (client) => client.getUsersForPreferredRouting() },
  GetSchedulerEntryServices: { call: (client) => client.getSchedulerEntryServices() },
  GetSchedulerEntriesEvents: { call: (client) => client.getSchedulerEntriesEvents() },
  GetDistributionPriorities: { call: (client) => client.getDistributionPriorities() },
  GetExternalTasksServices: { call: (client) => client.getExternalTasksServices() },
  GetExternalTasksDistributionPriorities: { call: (client) => client.getExternalTasksDistributionPriorities() },
  GetAddressBooks: { call: (client) => client.getAddressBooks() },
  TestConnection: { call: (client) => client.testConnection() },
};

type Outcome = 'success' | typeof PermanentError | typeof TransientError;

/** What a documented status means; a status that is not here fails below. */
const outcomes: Readonly<Record<string, Outcome>> = {
  200: 'success',
  201: 'success',
  204: 'success',
  400: PermanentError,
  // Access is restored by a person; deliveries wait for it.
  401: TransientError,
  403: TransientError,
  404: PermanentError,
  500: TransientError,
  504: TransientError,
};

/** Statuses that an operation may answer by its `default`, beside those it documents. */
const undocumented: Readonly<Record<string, Outcome>> = {
  409: PermanentError,
  429: TransientError,
  503: TransientError,
};

const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });

function nimbus(...answers: PlannedAnswer[]) {
  const net = fakeFetch(...answers);
  const client = createNimbusClient({
    baseUrl: 'https://api.luware.example/',
    credentials: { headers: async () => ({ authorization: 'Bearer token-1' }) },
    beforeCall: async () => undefined,
    fetch: net.fetch,
    clock: () => 0,
    timeoutMs: 1_000,
  });
  return { net, client };
}

/** The success that the definition documents, with everything in it. */
function successOf({ answer, success }: PublishedOperation, { headers = {} }: Example): PlannedAnswer {
  return { status: success, headers, ...(answer && { json: sampleOf(answer) }) };
}

function exampleOf({ id }: PublishedOperation): Example {
  const example = examples[id];
  if (example === undefined) throw new Error(`the table has no example of ${id}`);
  return example;
}

describe('the published definition of the Nimbus connector', () => {
  it('has the operations of the client, and no others', () => {
    expect(publishedOperations).toHaveLength(28);
    expect(publishedOperations.map(({ id }) => id).sort()).toEqual(Object.keys(examples).sort());
    const named = publishedOperations.map(({ id }) => id.charAt(0).toLowerCase() + id.slice(1));
    expect(Object.keys(nimbus().client).sort()).toEqual(named.sort());
  });

  it('is read strictly enough to tell a misspelt key', () => {
    const { body } = publishedOperations.find(({ id }) => id === 'CreateSchedulerEntry') ?? {};
    const { ReferenceId, ...rest } = schedulerEntry;
    expect(ajv.validate(body ?? {}, schedulerEntry)).toBe(true);
    expect(ajv.validate(body ?? {}, { ...rest, referenceId: ReferenceId })).toBe(false);
    expect(ajv.validate(body ?? {}, { ...schedulerEntry, customer: { upn: 'x' } })).toBe(false);
    expect(ajv.validate(body ?? {}, { ...schedulerEntry, maxAttempts: 11 })).toBe(false);
  });
});

describe.each(publishedOperations.map((operation) => [operation.id, operation] as const))('%s', (_id, operation) => {
  it('goes to its method and path, with its parameters by their names', async () => {
    const example = exampleOf(operation);
    const { path = {}, query = {} } = example;
    const { net, client } = nimbus(successOf(operation, example));
    await example.call(client);

    const sent = net.only();
    expect(Object.keys(path)).toEqual(operation.pathNames);
    expect(Object.keys(query)).toEqual(operation.queryNames);
    const filled = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''));
    expect([sent.method, sent.url.pathname]).toEqual([operation.method, filled]);
    expect(Object.fromEntries(sent.url.searchParams)).toEqual(query);
    expect(sent.headers.authorization).toBe('Bearer token-1');
  });

  it('sends a body that the definition takes, with every key that it describes', async () => {
    const example = exampleOf(operation);
    const { net, client } = nimbus(successOf(operation, example));
    await example.call(client);

    const { body, headers } = net.only();
    if (operation.body === undefined) {
      expect(body).toBeUndefined();
    } else {
      expect(ajv.validate(operation.body, body), JSON.stringify(ajv.errors)).toBe(true);
      expect(keysIn(body).sort()).toEqual(keysOf(operation.body).sort());
      expect(headers['content-type']).toBe('application/json');
    }
  });

  it('takes the documented answer in whatever casing, and loses nothing of it', async () => {
    const example = exampleOf(operation);
    const given = successOf(operation, example);
    const { client } = nimbus(given, ...casings.map((casing) => inCasing(given, casing)));
    const published = await example.call(client);
    if (operation.answer !== undefined) {
      expect(valuesIn(published)).toEqual(valuesIn(sampleOf(operation.answer)));
    }
    for (const _ of casings) expect(await example.call(client)).toEqual(published);
  });

  it.each([...operation.statuses.filter((status) => status !== 'default'), ...Object.keys(undocumented)])(
    'answered %s',
    async (status) => {
      const example = exampleOf(operation);
      const expected = { ...outcomes, ...undocumented }[status];
      expect(expected, `the table says nothing of ${status}`).toBeDefined();
      const { client } = nimbus(
        expected === 'success' ? successOf(operation, example) : { status: Number(status), text: 'SECRET-4711' },
      );
      const outcome = await example.call(client).then(
        () => 'success',
        (error: unknown) => error,
      );
      if (typeof expected === 'function') {
        expect(outcome).toBeInstanceOf(expected);
        expect(outcome).toMatchObject({ httpStatus: Number(status), message: expect.not.stringContaining('SECRET') });
      } else {
        expect(outcome).toBe('success');
      }
    },
  );
});

const casings = [(key: string) => key.toLowerCase(), (key: string) => key.toUpperCase()];

function inCasing(answer: PlannedAnswer, casing: (key: string) => string): PlannedAnswer {
  if (typeof answer !== 'object' || !('json' in answer)) return answer;
  return { ...answer, json: recase({ answer: answer.json }, casing, () => true)[casing('answer')] };
}

/** Every single value below `value`, whatever its key is called, in order. */
function valuesIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [value];
  return Object.values(value).flatMap(valuesIn).sort();
}
