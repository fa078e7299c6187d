import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log.ts';

const FILE_NAME = 'last-alive';

/** Remembers on disk until when the hub was heard, for the process that comes after this one. */
export interface LastAlive {
  /** What the process before this one left, in milliseconds since the epoch; undefined when there was none. */
  readonly previousMs: number | undefined;
  /** Notes a sign of life. Never rejects: a disk that fails costs the next process its knowledge, not this one its work. */
  note(atMs: number): Promise<void>;
}

/** @param folder is made when it is missing */
export async function openLastAlive(folder: string, log: Log): Promise<LastAlive> {
  const file = join(folder, FILE_NAME);
  const previousMs = Date.parse((await readFile(file, 'utf8').catch(() => '')).trim());
  let isFailing = false;
  return {
    previousMs: Number.isNaN(previousMs) ? undefined : previousMs,
    async note(atMs) {
      const text = `${new Date(atMs).toISOString()}\n`;
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(`${file}.new`, text);
        // In one step: a process that dies meanwhile leaves the old time or the new one.
        await rename(`${file}.new`, file);
        isFailing = false;
      } catch (error) {
        if (!isFailing)
          log.warn('last sign of life not kept', { reason: error instanceof Error ? error.name : undefined });
        isFailing = true;
      }
    },
  };
}
