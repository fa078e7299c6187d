import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTokenCache } from '../../../shared/auth/token-cache.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'token-cache-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

describe('a token cache in a file', () => {
  it('is empty at first, then keeps what was written', async () => {
    const cache = openTokenCache(join(folder, 'sign-in.json'));
    expect(await cache.read()).toBeUndefined();
    const version = await cache.write('one', undefined);
    expect(await cache.read()).toEqual({ text: 'one', version });
    expect(await cache.write('two', version)).not.toBe(version);
    expect((await cache.read())?.text).toBe('two');
  });

  // Windows knows no modes: who may read follows from the folder.
  it.skipIf(process.platform === 'win32')('is for its owner only, and so is a folder made for it', async () => {
    const path = join(folder, 'a', 'b', 'sign-in.json');
    const cache = openTokenCache(path);
    await cache.write('two', await cache.write('one', undefined));
    expect([await modeOf(path), await modeOf(join(folder, 'a', 'b')), await modeOf(join(folder, 'a'))]).toEqual([
      '600',
      '700',
      '700',
    ]);
  });

  it('does not write onto what somebody else wrote, and leaves nothing behind', async () => {
    const path = join(folder, 'sign-in.json');
    const cache = openTokenCache(path);
    const version = await cache.write('first', undefined);
    await writeFile(path, 'theirs');
    expect(await cache.write('ours', version)).toBeUndefined();
    expect(await cache.write('ours', undefined)).toBeUndefined();
    expect(await readFile(path, 'utf8')).toBe('theirs');
    expect(await readdir(folder)).toEqual(['sign-in.json']);
  });

  it('lets one of many writers through, whole', async () => {
    const path = join(folder, 'sign-in.json');
    const version = await openTokenCache(path).write('first', undefined);
    const texts = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => letter.repeat(100_000));
    const written = await Promise.all(texts.map((text) => openTokenCache(path).write(text, version)));
    expect(written.filter((each) => each !== undefined)).toHaveLength(1);
    const winner = written.findIndex((each) => each !== undefined);
    expect(await readFile(path, 'utf8')).toBe(texts[winner]);
  });

  it('goes on where a writer was killed', async () => {
    const path = join(folder, 'sign-in.json');
    const cache = openTokenCache(path);
    const version = await cache.write('first', undefined);
    await writeFile(`${path}.new`, 'half a tok');
    await utimes(`${path}.new`, new Date(0), new Date(0));
    expect(await cache.write('second', version)).toBeDefined();
    expect(await readFile(path, 'utf8')).toBe('second');
    expect(await readdir(folder)).toEqual(['sign-in.json']);
  });

  it('says which setting to look at when it can not be read or written', async () => {
    const path = join(folder, 'sign-in.json');
    await mkdir(path);
    const cache = openTokenCache(path);
    await expect(cache.read()).rejects.toMatchObject({
      name: 'TransientError',
      message: `the sign-in at ${path} can't be read (EISDIR): check NIMBUS_TOKEN_CACHE`,
    });
    await writeFile(join(folder, 'no-folder'), '');
    await expect(openTokenCache(join(folder, 'no-folder', 'x')).write('text', undefined)).rejects.toMatchObject({
      name: 'TransientError',
      message: expect.stringMatching(/can't be written \(\w+\): check NIMBUS_TOKEN_CACHE$/),
    });
  });
});
