import { open } from 'node:fs/promises';

/**
 * Resolves once the names in a folder are safe on disk: a file that was made or renamed is safe only then. Windows lets
 * nobody sync a folder (EPERM), and NTFS keeps names in a journal of its own; there it does nothing.
 *
 * @throws what the file system answers.
 */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
