import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Keeps an event that can't be sent as a JSON file, named by its content; twice the same is one file. Synced to disk. */
export async function setEventAside(folder: string, body: Buffer): Promise<string> {
  const name = `event-${createHash('sha256').update(body).digest('hex').slice(0, 32)}.json`;
  await writeFile(join(folder, name), body, { flush: true });
  return name;
}
