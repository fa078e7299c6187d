import { randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { ConfigurationError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import * as z from '../../zod.ts';
import { fileErrorCode, hasFileErrorCode } from './file-error.ts';
import { SEGMENT_SUFFIX } from './spool-segment.ts';

const LOCK = 'lock';
const HEARTBEAT_MS = 5_000;
/** A holder that has not touched its lock for so long is dead. */
const STALE_MS = 30_000;

/** Events hold personal data. */
const OWNER_ONLY = 0o700;

const SET_ASIDE = 'set-aside';
/** Folders of instances sort by the time they were made. */
const INSTANCE = /^\d{15}-[\da-f]{8}$/;

const holderSchema = z.object({ host: z.string(), pid: z.int() });

/** Folders that this very process holds: its own id in a lock may also be left from a container's earlier life. */
const held = new Set<string>();

/** A process's own part of the folder that all instances of the relay may share. */
export interface SpoolFolder {
  /** Where this process writes. */
  readonly path: string;
  /** Segments that dead instances left, oldest first. They are within this process's folder now. */
  readonly orphans: readonly string[];
  /** Where files go that people have to look at. */
  readonly setAside: string;
  /** Ends the claim. What is still in the folder is adopted by the next process that opens one. */
  release(): Promise<void>;
}

export interface SpoolFolderOptions {
  readonly folder: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
}

/**
 * Makes a folder for this process in `folder`, and moves the folders of dead instances into it: moving a folder is one
 * step, in which only one process succeeds. An instance is dead when its lock is gone, was not touched for 30 s, or
 * names a process of this machine that is gone. (Process ids mean nothing in other containers.)
 *
 * @throws ConfigurationError when the folder can't be written.
 */
export async function claimSpoolFolder({ folder, clock, log }: SpoolFolderOptions): Promise<SpoolFolder> {
  const name = `${String(clock()).padStart(15, '0')}-${randomUUID().slice(0, 8)}`;
  const path = join(folder, name);
  const setAside = join(folder, SET_ASIDE);
  const lock = join(path, LOCK);
  try {
    await mkdir(setAside, { recursive: true, mode: OWNER_ONLY });
    // Without a lock it would be adopted at once, so it gets its name last.
    const draft = join(folder, `new-${name}`);
    await mkdir(draft, { mode: OWNER_ONLY });
    await writeFile(join(draft, LOCK), JSON.stringify({ host: hostname(), pid: process.pid }));
    await touch(join(draft, LOCK), clock());
    held.add(path);
    await rename(draft, path);
  } catch (cause) {
    held.delete(path);
    throw new ConfigurationError('The spool has no place', [`${folder} can't be written (${fileErrorCode(cause)})`], {
      cause,
    });
  }
  const heartbeat = setInterval(() => {
    touch(lock, clock()).catch((error: unknown) => {
      log.error('the lock of the spool can not be renewed', { code: fileErrorCode(error) });
    });
  }, HEARTBEAT_MS);
  heartbeat.unref();
  const release = async () => {
    clearInterval(heartbeat);
    await rm(lock, { force: true });
    await removeEmptyFolders(path);
    held.delete(path);
  };
  try {
    await adoptDead(folder, path, clock(), log);
    return { path, orphans: await segmentsIn(path), setAside, release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function adoptDead(folder: string, path: string, nowMs: number, log: Log): Promise<void> {
  for (const instance of await instancesIn(folder)) {
    if (instance === path || !(await isDead(instance, nowMs))) continue;
    const adopted = join(path, basename(instance));
    try {
      await rename(instance, adopted);
    } catch (error) {
      // Somebody else was faster.
      if (hasFileErrorCode(error, 'ENOENT')) continue;
      throw error;
    }
    // What that instance had adopted itself moves up, so that folders do not nest deeper with each restart.
    for (const inner of await instancesIn(adopted)) await rename(inner, join(path, basename(inner)));
    await rm(join(adopted, LOCK), { force: true });
    await removeEmptyFolders(adopted);
    log.info('adopted the spool of an instance that is gone', { instance: basename(instance) });
  }
}

async function isDead(instance: string, nowMs: number): Promise<boolean> {
  const lock = join(instance, LOCK);
  try {
    const { mtimeMs } = await stat(lock);
    if (nowMs - mtimeMs > STALE_MS) return true;
    const holder = z.safeParse(holderSchema, JSON.parse(await readFile(lock, 'utf8')));
    if (!holder.success || holder.data.host !== hostname()) return false;
    const { pid } = holder.data;
    return pid === process.pid ? !held.has(instance) : !isRunning(pid);
  } catch (error) {
    if (hasFileErrorCode(error, 'ENOENT')) return true;
    // A lock that can't be read is judged by its age alone.
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasFileErrorCode(error, 'EPERM');
  }
}

/** Oldest folder first; a crash while adopting may have left folders within folders. */
async function segmentsIn(path: string): Promise<string[]> {
  const instances = await allInstancesIn(path);
  const segments: string[] = [];
  for (const instance of instances.sort(byName)) {
    const files = (await entriesOf(instance)).filter(({ name }) => name.endsWith(SEGMENT_SUFFIX));
    segments.push(...files.map(({ name }) => join(instance, name)).sort());
  }
  return segments;
}

function byName(a: string, b: string): number {
  return basename(a) < basename(b) ? -1 : 1;
}

async function allInstancesIn(path: string): Promise<string[]> {
  const instances = await instancesIn(path);
  const inner = await Promise.all(instances.map(allInstancesIn));
  return [...instances, ...inner.flat()];
}

async function instancesIn(path: string): Promise<string[]> {
  const entries = (await entriesOf(path)).filter((entry) => entry.isDirectory() && INSTANCE.test(entry.name));
  return entries.map(({ name }) => join(path, name)).sort();
}

function entriesOf(path: string): Promise<Dirent[]> {
  return readdir(path, { withFileTypes: true });
}

/** Leaves whatever still holds a file. Another process may be adopting the folder, or have done so. */
async function removeEmptyFolders(path: string): Promise<void> {
  try {
    for (const inner of await instancesIn(path)) await removeEmptyFolders(inner);
    await rmdir(path);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(fileErrorCode(error))) throw error;
  }
}

function touch(path: string, nowMs: number): Promise<void> {
  return utimes(path, nowMs / 1_000, nowMs / 1_000);
}
