import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TransientError } from '../errors.ts';
import type { CachedText, TokenCache } from './token-cache.ts';

/** A write takes milliseconds; whoever left its file behind for so long was killed while writing. */
const ABANDONED_AFTER_MS = 5_000;

const POLL_MS = 20;

/**
 * Keeps the text in a file that only its owner may read (mode 600, in a folder that is made with 700).
 *
 * A write goes to `<path>.new` first. That file can be created by one process only, so it is the lock as well, and
 * renaming it makes the change visible and lets go of the lock in one step.
 */
export function fileTokenCache(path: string): TokenCache {
  const newPath = `${path}.new`;

  async function read(): Promise<CachedText | undefined> {
    try {
      const text = await readFile(path, 'utf8');
      return { text, version: versionOf(text) };
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined;
      throw failure('read', path, error);
    }
  }

  return {
    read,
    async write(text, version) {
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        const handle = await createAlone(newPath);
        let isOurs = true;
        try {
          if ((await read())?.version !== version) return undefined;
          await handle.writeFile(text);
          await handle.sync();
          await rename(newPath, path);
          // The name is free again: a file that has it from now on is somebody else's lock.
          isOurs = false;
          return versionOf(text);
        } finally {
          await handle.close();
          if (isOurs) await rm(newPath, { force: true });
        }
      } catch (error) {
        throw failure('written', path, error);
      }
    },
  };
}

async function createAlone(path: string): Promise<FileHandle> {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    try {
      return await open(path, 'wx', 0o600);
    } catch (error) {
      if (!isErrno(error, 'EEXIST') || waitedMs > ABANDONED_AFTER_MS) throw error;
      await removeIfAbandoned(path);
      await delay(POLL_MS);
    }
  }
}

async function removeIfAbandoned(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS) await rm(path, { force: true });
}

function versionOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function failure(verb: 'read' | 'written', path: string, cause: unknown): TransientError {
  if (cause instanceof TransientError) return cause;
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new TransientError(`the sign-in at ${path} can't be ${verb}${code}: check NIMBUS_TOKEN_CACHE`, { cause });
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
