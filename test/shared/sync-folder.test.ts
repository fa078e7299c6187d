import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { syncFolder } from '../../shared/sync-folder.ts';
import { pretendPlatform } from '../helpers/pretend-platform.ts';

afterEach(() => vi.restoreAllMocks());

/** What all open files share. */
async function fileMethods(): Promise<Pick<FileHandle, 'sync'>> {
  const file = await open(import.meta.filename);
  await file.close();
  return Object.getPrototypeOf(file);
}

describe('syncing a folder', () => {
  // Windows refuses it.
  it.skipIf(process.platform === 'win32')('waits for the disk, and passes its failure on', async () => {
    const failure = Object.assign(new Error('the disk is gone'), { code: 'EIO' });
    const sync = vi
      .spyOn(await fileMethods(), 'sync')
      .mockResolvedValueOnce()
      .mockRejectedValueOnce(failure);
    await syncFolder(tmpdir());
    expect(sync).toHaveBeenCalledOnce();
    await expect(syncFolder(tmpdir())).rejects.toBe(failure);
    await expect(syncFolder(join(tmpdir(), 'nowhere'))).rejects.toThrow('ENOENT');
  });

  it('is left out on Windows, which refuses it', async () => {
    pretendPlatform('win32');
    const refusal = Object.assign(new Error('operation not permitted, fsync'), { code: 'EPERM' });
    vi.spyOn(await fileMethods(), 'sync').mockRejectedValue(refusal);
    await expect(syncFolder(tmpdir())).resolves.toBeUndefined();
  });
});
