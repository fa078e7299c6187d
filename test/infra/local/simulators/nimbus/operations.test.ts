import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from '../../../../../shared/zod.ts';
import { helpdesk, type NimbusUnderTest, startNimbusUnderTest } from './nimbus-under-test.ts';

const operationSchema = z.object({ operationId: z.string(), responses: z.record(z.string(), z.unknown()) });
const definitionSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
const definition = definitionSchema.parse(
  JSON.parse(readFileSync(new URL('../../../../fixtures/nimbus/connector.swagger.json', import.meta.url), 'utf8')),
);

/** Every operation of the published definition with its first declared success. */
const operations = Object.entries(definition.paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, operation]) => {
    if (method.startsWith('x-')) return [];
    const { operationId, responses } = operationSchema.parse(operation);
    const success = Number(Object.keys(responses).find((status) => status.startsWith('2')));
    return [{ operationId, method: method.toUpperCase(), path, success }];
  }),
);

let test: NimbusUnderTest;
let ids: Record<string, string> = {};

beforeAll(async () => {
  test = await startNimbusUnderTest();
});
afterEach(() => test.reset());
afterAll(() => test.close());

const url = 'http://127.0.0.1:1/hook';
const entry = { destination: '+441632960188', dueDateTimeUtc: '2026-03-07T09:00:00Z', serviceUpn: helpdesk };

const bodies: Readonly<Record<string, unknown>> = {
  RegisterTaskWebHook: { config: { url, services: [helpdesk], taskEvents: ['Created'] } },
  RegisterSchedulerEntryTrigger: { config: { url, services: [helpdesk], schedulerEntryEvents: ['Created'] } },
  UpdateTask: { customContextParameters: [{ name: 'Language', value: 'de' }] },
  AddExternalTask: { serviceUpn: helpdesk },
  CreateSchedulerEntry: entry,
  UpdateSchedulerEntry: entry,
  AddContact: { externalId: 'c-2' },
  UpdateContact: { externalId: 'c-1', firstName: 'Nora' },
  RemoveContacts: ['c-1'],
};

/** One object of each kind, so that every operation has something to work on. */
async function seed(): Promise<void> {
  const [taskTrigger = '', entryTrigger = ''] = await test.listen();
  const added = z.object({ id: z.string() });
  const book = z.array(added).parse((await test.send('GET', '/v2/AddressBooks')).body)[0]?.id ?? '';
  await test.send('POST', `/v2/AddressBooks/${book}/contacts`, { externalId: 'c-1' });
  const scheduled = z.object({ schedulerEntryId: z.string() });
  ids = {
    taskTrigger,
    entryTrigger,
    AddressBook: book,
    taskId: test.nimbus.startTask().id,
    externalTaskId: added.parse((await test.send('POST', '/v1/ExternalTasks', { serviceUpn: helpdesk })).body).id,
    SchedulerEntryID: scheduled.parse((await test.send('POST', '/v1/scheduler-entries', entry)).body).schedulerEntryId,
  };
}

function fill(path: string): string {
  if (path.startsWith('/v1/triggers/tasks/')) return ids.taskTrigger ?? '';
  if (path.startsWith('/v1/triggers/scheduler-entries/')) return ids.entryTrigger ?? '';
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? `{${name}}`);
}

describe('the published definition', () => {
  it('has the operations that the bridge knows', () => {
    expect(operations).toHaveLength(28);
  });

  it.each(operations)('$operationId is served', async ({ operationId, method, path, success }) => {
    await seed();
    const query = operationId === 'GetSchedulerEntries' ? `?serviceUpn=${encodeURIComponent(helpdesk)}` : '';
    const answer = await test.send(method, fill(path) + query, bodies[operationId]);
    expect(answer).toMatchObject({ status: success });
  });
});
