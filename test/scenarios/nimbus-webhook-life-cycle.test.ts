import { afterAll, beforeAll, expect, it } from 'vitest';
import { nimbusBearerToken } from '../../infra/local/simulators/credentials.ts';
import { triggers } from '../../infra/tools/nimbus-triggers.ts';
import { connectTable } from '../../shared/storage/connect-table.ts';
import { eventually, startTestStack, type TestStack } from '../helpers/stack.ts';
import { freePort } from '../infra/local/processes.ts';

const KEY = 'local-function-key';
const HELPDESK = 'helpdesk@contoso.example';
const SALES = 'sales@contoso.example';

/** One route, which shows that an event came all the way. */
const ROUTES = `
routes:
  - id: shown-in-acd
    when: { event: com.luware.nimbus.task.created }
    do:
      - step: acd.createEvent
        with: { type: 5, groupId: 41, sender: =data.taskId, subject: =data.taskId }
`;

let test: TestStack;
let callbackUrl: string;

beforeAll(async () => {
  const port = await freePort();
  callbackUrl = `http://127.0.0.1:${port}/api/nimbus`;
  test = await startTestStack({
    routes: ROUTES,
    registers: false,
    port,
    settings: {
      NIMBUS_CALLBACK_URL: callbackUrl,
      NIMBUS_CALLBACK_KEY: KEY,
      NIMBUS_SERVICES: `${HELPDESK},${SALES}`,
    },
  });
});

afterAll(() => test?.stop());

const registered = () => test.simulators.nimbus.state().triggers;
const postedTriggers = () =>
  test.simulators.nimbus.requests().filter(({ method, path }) => method === 'POST' && path.startsWith('/v1/triggers'));
const linesWith = (text: string) => test.lines.filter((line) => line.includes(text));

/** Runs the timer function, and waits until it gave its lease back, which it does last. */
async function runTimer(): Promise<void> {
  const table = connectTable({ storage: { connectionString: test.stack.storageConnectionString } }, 'nimbustriggers');
  const lease = () => table.get('triggers', 'lease');
  const before = (await lease())?.version;
  const response = await fetch(`${test.stack.bridgeUrl}/admin/functions/keep-nimbus-webhooks`, {
    method: 'POST',
    headers: { 'x-functions-key': test.stack.masterKey, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(response.status).toBe(202);
  await eventually(async () => {
    const now = await lease();
    const isFree = Date.parse(String(now?.columns.until)) === 0;
    return (now?.version !== before && isFree) || undefined;
  }, 'the timer function has run');
}

/** Runs the command with the stack's storage. */
async function command(name: string, settings: Readonly<Record<string, string>> = {}) {
  const lines: string[] = [];
  const environment = {
    AzureWebJobsStorage: test.stack.storageConnectionString,
    NIMBUS_BASE_URL: test.simulators.nimbus.baseUrl,
    NIMBUS_TOKEN: nimbusBearerToken,
    NIMBUS_CALLBACK_URL: callbackUrl,
    NIMBUS_CALLBACK_KEY: KEY,
    NIMBUS_SERVICES: `${HELPDESK},${SALES}`,
    ...settings,
  };
  const isFine = await triggers([name], environment, (line) => lines.push(line));
  return { isFine, text: lines.join('\n') };
}

async function startedTaskArrives(): Promise<void> {
  const { id } = test.simulators.nimbus.startTask({ serviceUpn: HELPDESK, direction: 'Inbound' });
  const sent = () => JSON.stringify(test.simulators.acd.requests().map(({ body }) => body));
  await eventually(() => sent().includes(id) || undefined, 'the event of the task reached the ACD');
}

it('registers at start, and events arrive', async () => {
  await eventually(() => registered().length === 2 || undefined, 'both webhooks are registered');
  // The run at start may still be writing down the second one.
  await runTimer();
  await startedTaskArrives();
});

it('registers once, however often it runs', async () => {
  const before = registered();
  await runTimer();
  await runTimer();
  expect(registered()).toEqual(before);
  expect(postedTriggers()).toHaveLength(2);
});

it('is seen by the command, which changes nothing either', async () => {
  const { isFine, text } = await command('register');
  expect(isFine).toBe(true);
  expect(text).toContain('All triggers are as the settings want them.');
  for (const { id } of registered()) expect(text).toContain(`Trigger id: ${id}`);
  expect(postedTriggers()).toHaveLength(2);
});

it('replaces the trigger whose settings changed, without a gap', async () => {
  const before = registered().map(({ id }) => id);
  const { isFine } = await command('register', { NIMBUS_DIRECTIONS: 'inbound' });
  expect(isFine).toBe(true);
  expect(registered()).toHaveLength(2);
  expect(registered().filter(({ id }) => before.includes(id))).toHaveLength(1);
  await startedTaskArrives();
  const [last, secondToLast] = test.simulators.nimbus
    .requests()
    .filter(({ path }) => path.startsWith('/v1/triggers'))
    .toReversed();
  expect([secondToLast?.method, last?.method]).toEqual(['POST', 'DELETE']);
});

it('goes back to its own settings with the next run', async () => {
  await runTimer();
  expect(registered().map(({ config }) => config.directions)).toEqual([undefined, undefined]);
});

it('says when the account has lost its role, and goes on when it has it back', async () => {
  const before = registered();
  test.simulators.nimbus.removeRole('TenantAdmin');
  await runTimer();
  const words =
    'Nimbus no longer shows helpdesk@contoso.example, sales@contoso.example to the signed-in account for tasks';
  await eventually(() => linesWith(words).length > 0 || undefined, 'the lost role is in the log');
  const { isFine, text } = await command('register');
  expect(isFine).toBe(false);
  expect(text).toContain(`Problem: ${words}`);
  test.simulators.nimbus.grantRole('TenantAdmin');
  await runTimer();
  expect(registered()).toEqual(before);
});

it('stays removed until somebody registers by hand', async () => {
  expect(await command('remove')).toMatchObject({ isFine: true });
  await runTimer();
  expect(registered()).toEqual([]);
  expect((await command('list')).text).toContain('Webhook for tasks: not registered, because it was removed by hand.');
  expect(await command('register')).toMatchObject({ isFine: true });
  await startedTaskArrives();
});

it('lets no key out', async () => {
  const { text } = await command('list');
  expect(text + test.lines.join('\n')).not.toMatch(/code=|local-function-key/);
});
