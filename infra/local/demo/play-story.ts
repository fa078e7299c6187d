import { setTimeout as delay } from 'node:timers/promises';
import type { SimulatorName } from '../stack/parts.ts';
import { type ArrivedRequest, arrivedAt, raise } from './simulator-client.ts';
import type { ExpectedRequest, Story, StoryEvent } from './stories.ts';

export interface PlayOptions {
  readonly simulators: Record<SimulatorName, string>;
  readonly print: (line: string) => void;
}

/** Long enough for a broker or host that was killed to come back and catch up. */
const ARRIVAL_TIMEOUT_MS = 60_000;

/** A second copy would arrive in this time. */
const SETTLE_MS = 300;

const RAISE_AGAIN_MS = 500;

/** Plays a story and tells what came of it. @returns whether every vendor got just what it should, once. */
export async function playStory(story: Story, { simulators, print }: PlayOptions): Promise<boolean> {
  const startedMs = Date.now();
  const elapsed = (ms = Date.now()) => `${String(ms - startedMs).padStart(6)} ms`;
  print(`\n${story.title}`);

  for (const event of story.events) {
    const eventId = await raiseUntilTaken(event, simulators.nimbus, (problem) =>
      print(`  ${elapsed()}  in   ${problem}`),
    );
    print(`  ${elapsed()}  in   Nimbus ${event.webhook} ${String(event.payload.event)} → 202 ${eventId}`);
  }

  let passed = true;
  const found: { expected: ExpectedRequest; arrived: readonly ArrivedRequest[] }[] = [];
  for (const expected of story.expected) {
    found.push({ expected, arrived: await waitFor(expected, simulators[expected.vendor], startedMs) });
  }
  await delay(SETTLE_MS);
  for (const { expected } of found) {
    const arrived = await matching(expected, simulators[expected.vendor]);
    const [first] = arrived;
    if (first === undefined) {
      passed = false;
      print(
        `  ${elapsed()}  MISSING  ${expected.vendor} ${expected.method} ${expected.path} ${JSON.stringify(expected.body)}`,
      );
      continue;
    }
    print(
      `  ${elapsed(Date.parse(first.at))}  out  ${expected.vendor} ${first.method} ${first.path} → ${first.answer?.status ?? 'no answer'}`,
    );
    for (const [name, value] of Object.entries(expected.body))
      print(`${' '.repeat(18)}${name}: ${JSON.stringify(value)}`);
    if (arrived.length > 1) {
      passed = false;
      print(`  ${elapsed()}  DOUBLED  arrived ${arrived.length} times`);
    }
  }
  print(passed ? '  passed' : '  FAILED');
  return passed;
}

/** A sender that is told to come back does so; nothing else makes an event arrive. */
async function raiseUntilTaken(
  { webhook, payload }: StoryEvent,
  nimbusUrl: string,
  onProblem: (problem: string) => void,
): Promise<string> {
  for (const deadlineMs = Date.now() + ARRIVAL_TIMEOUT_MS; Date.now() < deadlineMs; await delay(RAISE_AGAIN_MS)) {
    const [callback] = await raise(nimbusUrl, webhook, payload);
    if (callback === undefined) throw new Error('no webhook is registered with the Nimbus simulator');
    if (callback.status === 202) return String(Reflect.get(JSON.parse(callback.body), 'id'));
    onProblem(`Nimbus ${webhook} ${String(payload.event)} → ${callback.status ?? 'no answer'}, raised again`);
    if (callback.status !== null && callback.status < 500) break;
  }
  throw new Error(`the bridge did not take the ${webhook} webhook`);
}

async function waitFor(expected: ExpectedRequest, baseUrl: string, startedMs: number): Promise<ArrivedRequest[]> {
  const deadlineMs = startedMs + ARRIVAL_TIMEOUT_MS;
  let arrived = await matching(expected, baseUrl);
  while (arrived.length === 0 && Date.now() < deadlineMs) {
    await delay(20);
    arrived = await matching(expected, baseUrl);
  }
  return arrived;
}

async function matching(expected: ExpectedRequest, baseUrl: string): Promise<ArrivedRequest[]> {
  const arrived = await arrivedAt(baseUrl);
  return arrived.filter(
    ({ method, path, body }) =>
      method === expected.method && path.startsWith(expected.path) && hasFields(body, expected.body),
  );
}

function hasFields(body: unknown, fields: Readonly<Record<string, unknown>>): boolean {
  if (typeof body !== 'object' || body === null) return false;
  return Object.entries(fields).every(([name, value]) => Reflect.get(body, name) === value);
}
