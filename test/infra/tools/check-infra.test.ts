import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { appFolder } from '../../../infra/tools/build.ts';

it('npm run infra:check counts what was checked, and says what was not', () => {
  const tool = resolve(appFolder, 'infra/tools/check-infra.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', tool], {
    cwd: appFolder,
    encoding: 'utf8',
    // Without a compiler, whatever is installed here.
    env: { ...process.env, PATH: '', Path: '' },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(
    /^infra: \d+ templates, \d+ resources, 0 problems\nNot compiled: there is no Bicep CLI on PATH\.\n/,
  );
});
