import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openListener } from '../../../../../infra/local/broker/amqp/listener.ts';
import { claimDataFolder } from '../../../../../infra/local/broker/store/data-folder.ts';

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'data-folder-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function listeningPort(): Promise<number> {
  const listener = await openListener('127.0.0.1', 0);
  onTestFinished(() => listener.close());
  return listener.port;
}

it('refuses a folder that a living broker has', async () => {
  const dir = await folder();
  const port = await listeningPort();
  await claimDataFolder(dir, port);
  await expect(claimDataFolder(dir, port + 1)).rejects.toThrow(`port ${port} (process ${process.pid})`);
});

it('gives a folder to the next when the first lets go', async () => {
  const dir = await folder();
  const release = await claimDataFolder(dir, await listeningPort());
  await release();
  expect(await readdir(dir)).toEqual([]);
  await claimDataFolder(dir, 2);
});

it('ignores the claim of a process that is gone, of a port that is silent, and half a claim', async () => {
  const dir = await folder();
  const path = join(dir, 'broker.lock');
  const port = await listeningPort();
  for (const claim of [
    { pid: 2 ** 30, port },
    { pid: process.pid, port: 1 },
  ]) {
    await writeFile(path, JSON.stringify(claim));
    await claimDataFolder(dir, 2);
  }
  await writeFile(path, '{"pid":');
  await claimDataFolder(dir, 2);
});
