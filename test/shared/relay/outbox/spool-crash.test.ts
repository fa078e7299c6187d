import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { openOutbox } from '../../../../shared/relay/outbox/outbox.ts';
import { RecordingLog } from '../../../helpers/recording-log.ts';
import { useTempFolders } from './temp-folder.ts';
import { TopicBus } from './topic-bus.ts';

const tempFolder = useTempFolders();

/** Lets a process spool until it says that it has so many, kills it, and gives what it said last. */
async function spoolAndKill(folder: string, run: number, killAt: number): Promise<number> {
  const script = join(import.meta.dirname, 'spooling-child.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder, String(run)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const closed = once(child, 'close');
  let spooled = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    spooled = Number(line);
    if (spooled >= killAt) child.kill('SIGKILL');
  }
  await closed;
  return spooled;
}

it('a killed process loses nothing that it called spooled, and the next one sends it in order', async () => {
  const folder = await tempFolder();
  const said: number[] = [];
  for (const [run, killAt] of [1, 700, 2_500].entries()) said.push(await spoolAndKill(folder, run, killAt));

  const bus = new TopicBus();
  const outbox = await openOutbox({
    ...{ bus, topic: 'events', lanes: 1, folder, bufferMaxBytes: 1_000_000, spoolMaxBytes: 100_000_000 },
    ...{ log: new RecordingLog(), clock: Date.now, random: Math.random },
  });
  await outbox.close(Date.now() + 10_000);
  const runs = said.map((_, run) => bus.ids.filter((id) => id.startsWith(`${run}-`)));
  expect(bus.ids).toEqual(runs.flat());
  for (const [run, ids] of runs.entries()) {
    expect(ids.length).toBeGreaterThanOrEqual(said[run] ?? 0);
    expect(ids).toEqual(ids.map((_, index) => `${run}-${index}`));
  }
  expect(bus.copies).toBe(0);
});
