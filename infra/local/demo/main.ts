import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { appFolder, buildApp } from '../../tools/build.ts';
import { anyPorts, defaultPorts } from '../stack/addresses.ts';
import type { SimulatorUrls } from '../stack/parts.ts';
import { startStack } from '../stack/stack.ts';
import { type DemoSimulators, playStory } from './play-story.ts';
import { makeStories } from './stories.ts';

/** `npm run demo`: plays every story against the running bridge, or one of its own when none runs. */
async function main(): Promise<void> {
  const running = await findRunningSimulators();
  if (running) {
    console.log('Playing against the bridge that runs on this machine.');
    return play(running);
  }
  console.log('No bridge runs on this machine; one is started for the demo.');
  await buildApp();
  const dataFolder = await mkdtemp(join(tmpdir(), 'bridge-demo-'));
  const stack = await startStack({
    appFolder,
    settingsFile: resolve(appFolder, 'local.settings.sample.json'),
    dataFolder,
    ports: anyPorts,
    environment: withoutVendors(process.env),
    useFunc: false,
    relays: 0,
    onLine: () => undefined,
    onGivenUp: (error) => console.error(error),
  });
  try {
    await play(allOf(stack.simulators));
  } finally {
    await stack.stop();
    await rm(dataFolder, { recursive: true, force: true });
  }
}

async function play(simulators: DemoSimulators): Promise<void> {
  let passed = 0;
  let failed = 0;
  for (const story of makeStories(new Date())) {
    const ok = await playStory(story, { simulators, print: console.log }).catch((error: unknown) => {
      console.log(`  FAILED: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    });
    if (ok) passed++;
    else failed++;
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

/** The simulators on their usual ports, when all of them and the bridge answer. */
async function findRunningSimulators(): Promise<DemoSimulators | undefined> {
  const { http, nimbus, lucs, acd, crm } = defaultPorts;
  const simulators = { nimbus: at(nimbus), lucs: at(lucs), acd: at(acd), crm: at(crm) };
  const probes = [`${at(http)}/api/health`, ...Object.values(simulators).map((url) => `${url}/_simulator/state`)];
  const answers = await Promise.all(probes.map(answersAt));
  return answers.every(Boolean) ? simulators : undefined;
}

function at(port: number): string {
  return `http://127.0.0.1:${port}`;
}

async function answersAt(url: string): Promise<boolean> {
  try {
    await fetch(url, { signal: AbortSignal.timeout(5_000) });
    return true;
  } catch {
    return false;
  }
}

/** The demo shows what vendors receive, so it never talks to real ones. */
function withoutVendors(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.endsWith('_BASE_URL')));
}

function allOf({ nimbus, lucs, acd, crm }: SimulatorUrls): DemoSimulators {
  if (nimbus === undefined || lucs === undefined || acd === undefined || crm === undefined) {
    throw new Error('the demo needs a simulator of every vendor');
  }
  return { nimbus, lucs, acd, crm };
}

await main();
