import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { patiently } from '../patiently.ts';
import { descendantsOf, isRunning } from '../processes.ts';

const watchEveryMs = process.platform === 'win32' ? 2_000 : 100;
const main = resolve(import.meta.dirname, '../../../../infra/local/demo/main.ts');

it('npm run demo plays every story to its end, and leaves nothing behind', { timeout: 40_000 }, async () => {
  // A vendor's own address does not lead the demo there.
  const env = { PATH: process.env.PATH, LUCS_BASE_URL: 'http://127.0.0.1:1', CRM_BASE_URL: 'http://127.0.0.1:1' };
  const demo = spawn(process.execPath, ['--import', 'tsx', main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const seen = new Set<number>();
  // On Windows it takes a second to look, and nothing else is done meanwhile.
  const watching = setInterval(() => {
    for (const pid of descendantsOf(demo.pid ?? 0)) seen.add(pid);
  }, watchEveryMs);
  const [output, [code]] = await Promise.all([text(demo.stdout), once(demo, 'exit')]);
  clearInterval(watching);

  expect(output).toMatch(/\n3 passed, 0 failed\n$/);
  expect(output.match(/^ {2}passed$/gm)).toHaveLength(3);
  expect(code).toBe(0);
  expect(seen.size).toBeGreaterThan(0);
  await patiently(() => [...seen].filter(isRunning)).toEqual([]);
});
