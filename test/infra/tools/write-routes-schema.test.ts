import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { appFolder } from '../../../infra/tools/build.ts';

it('npm run routes:schema writes just the file that is published', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'routes-schema-'));
  try {
    const file = join(folder, 'routes.schema.json');
    const tool = resolve(appFolder, 'infra/tools/write-routes-schema.ts');
    const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', tool, file], { encoding: 'utf8' });

    expect({ status, stdout }).toEqual({ status: 0, stdout: `wrote ${file}\n` });
    const published = await readFile(resolve(appFolder, 'shared/routes/routes.schema.json'), 'utf8');
    expect(await readFile(file, 'utf8')).toBe(published);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
