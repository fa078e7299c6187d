import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { resolve } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type RunningAzurite, startAzurite } from '../../helpers/azurite.ts';
import { mostInAnyWindow } from './virtual-time.ts';

const CALLS_PER_WINDOW = 100;
const WINDOW_MS = 2_000;
const CALLS = 400;
const PROCESSES = 3;

let azurite: RunningAzurite | undefined;
let server: Server | undefined;
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  server?.closeAllConnections();
  server?.close();
  await azurite?.stop();
});

it('holds for three processes and a real table: no window has too many calls, and all have their share', async () => {
  azurite = await startAzurite();
  const calls: { readonly path: string; readonly atMs: number }[] = [];
  const counting = createServer((request, response) => {
    const atMs = performance.now();
    const path = request.url ?? '';
    const isOver = calls.length >= CALLS;
    if (path.startsWith('/call/') && !isOver) calls.push({ path, atMs });
    response.writeHead(isOver ? 410 : 200).end();
  });
  server = counting;
  counting.listen(0, '127.0.0.1');
  await once(counting, 'listening');
  const address = counting.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}`;

  for (let index = 0; index < PROCESSES; index += 1) {
    children.push(
      fork(
        resolve(import.meta.dirname, 'fixtures/calling-process.ts'),
        [azurite.connectionString, url, String(CALLS_PER_WINDOW), String(WINDOW_MS)],
        { execArgv: ['--import', 'tsx'] },
      ),
    );
  }
  await Promise.all(children.map((child) => once(child, 'message')));
  const ended = children.map((child) => once(child, 'exit'));
  for (const child of children) child.send({ type: 'go' });
  expect(await Promise.all(ended)).toEqual(children.map(() => [0, null]));

  const timesMs = calls.map(({ atMs }) => atMs);
  expect(timesMs).toHaveLength(CALLS);
  expect(mostInAnyWindow(timesMs, WINDOW_MS)).toBeLessThanOrEqual(CALLS_PER_WINDOW);
  for (const { pid } of children) {
    const share = calls.filter(({ path }) => path === `/call/${pid}`).length / CALLS;
    expect(share).toBeGreaterThan(0.1);
  }
  // Four windows of calls need three pauses between them; much more would mean that turns are wasted.
  const tookMs = Math.max(...timesMs) - Math.min(...timesMs);
  expect(tookMs).toBeGreaterThan(3 * WINDOW_MS);
  expect(tookMs).toBeLessThan(6 * WINDOW_MS);
}, 60_000);
