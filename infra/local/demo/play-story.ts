import { setTimeout as delay } from 'node:timers/promises';
import { type ArrivedRequest, arrivedAt, raise } from './simulator-client.ts';
import type { ExpectedRequest, Story, StoryEvent } from './stories.ts';

/** Base URLs of the simulators that stories are about. */
export type DemoSimulators = Readonly<Record<'nimbus' | ExpectedRequest['vendor'], string>>;

export interface PlayOptions {
  readonly simulators: DemoSimulators;
  readonly print: (line: string) => void;
  /** How long taking in an event, and then all deliveries, may take (default: a broker that was killed comes back). */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 60_000;

/** A second copy would arrive in this time. */
const SETTLE_MS = 300;

const RAISE_AGAIN_MS = 500;
const LOOK_AGAIN_MS = 20;

/** Plays a story and tells what came of it. @returns whether every vendor got just what it should, once. */
export async function playStory(
  story: Story,
  { simulators, print, timeoutMs = TIMEOUT_MS }: PlayOptions,
): Promise<boolean> {
  const startedMs = Date.now();
  const elapsed = (ms = Date.now()) => `${String(ms - startedMs).padStart(6)} ms`;
  print(`\n${story.title}`);

  for (const event of story.events) {
    const eventId = await raiseUntilTaken(event, simulators.nimbus, timeoutMs, (problem) =>
      print(`  ${elapsed()}  in   ${problem}`),
    );
    print(`  ${elapsed()}  in   Nimbus ${event.webhook} ${String(event.payload.event)} → 202 ${eventId}`);
  }

  const deadlineMs = Date.now() + timeoutMs;
  for (const expected of story.expected) await waitFor(expected, simulators[expected.vendor], deadlineMs);
  await delay(SETTLE_MS);
  let passed = true;
  for (const expected of story.expected) {
    const arrived = await matching(expected, simulators[expected.vendor]);
    const [first, ...others] = arrived.filter(wasTaken);
    if (first === undefined) {
      passed = false;
      const { vendor, method, path, body } = expected;
      const refused = arrived.at(-1);
      const what = refused === undefined ? 'MISSING' : `REFUSED with ${refused.answer?.status ?? 'no answer'}`;
      print(`  ${elapsed()}  ${what}  ${vendor} ${method} ${path} ${JSON.stringify(body)}`);
      continue;
    }
    print(
      `  ${elapsed(Date.parse(first.at))}  out  ${expected.vendor} ${first.method} ${first.path} → ${first.answer?.status}`,
    );
    for (const [name, value] of Object.entries(expected.body))
      print(`${' '.repeat(18)}${name}: ${JSON.stringify(value)}`);
    if (others.length > 0) {
      passed = false;
      print(`  ${elapsed()}  DOUBLED  taken ${1 + others.length} times`);
    }
  }
  print(passed ? '  passed' : '  FAILED');
  return passed;
}

/** A sender that is told to come back does so; nothing else makes an event arrive. */
async function raiseUntilTaken(
  { webhook, payload }: StoryEvent,
  nimbusUrl: string,
  timeoutMs: number,
  onProblem: (problem: string) => void,
): Promise<string> {
  for (const deadlineMs = Date.now() + timeoutMs; Date.now() < deadlineMs; await delay(RAISE_AGAIN_MS)) {
    const [callback] = await raise(nimbusUrl, webhook, payload);
    if (callback === undefined) throw new Error('no webhook is registered with the Nimbus simulator');
    if (callback.status === 202) return String(Reflect.get(JSON.parse(callback.body), 'id'));
    onProblem(`Nimbus ${webhook} ${String(payload.event)} → ${callback.status ?? 'no answer'}, raised again`);
    if (callback.status !== null && callback.status < 500) break;
  }
  throw new Error(`the bridge did not take the ${webhook} webhook`);
}

async function waitFor(expected: ExpectedRequest, baseUrl: string, deadlineMs: number): Promise<void> {
  while (!(await matching(expected, baseUrl)).some(wasTaken) && Date.now() < deadlineMs) await delay(LOOK_AGAIN_MS);
}

async function matching(expected: ExpectedRequest, baseUrl: string): Promise<ArrivedRequest[]> {
  const arrived = await arrivedAt(baseUrl);
  return arrived.filter(
    ({ method, path, body }) =>
      method === expected.method && path.startsWith(expected.path) && hasFields(body, expected.body),
  );
}

function wasTaken({ answer }: ArrivedRequest): boolean {
  return answer !== null && answer.status < 300;
}

function hasFields(body: unknown, fields: Readonly<Record<string, unknown>>): boolean {
  if (typeof body !== 'object' || body === null) return false;
  return Object.entries(fields).every(([name, value]) => Reflect.get(body, name) === value);
}
