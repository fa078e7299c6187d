import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { appFolder } from '../../../infra/tools/build.ts';

it('the tool writes just the schemas that are checked in', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rte-schemas-'));
  try {
    const file = join(folder, 'schemas.ts');
    const tool = resolve(appFolder, 'infra/tools/write-rte-schemas.ts');
    const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', tool, file], { encoding: 'utf8' });

    expect({ status, stdout }).toEqual({ status: 0, stdout: `wrote ${file}\n` });
    const published = await readFile(resolve(appFolder, 'shared/events/rte/schemas.ts'), 'utf8');
    expect(await readFile(file, 'utf8')).toBe(published);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
