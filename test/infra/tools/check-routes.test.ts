import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appFolder } from '../../../infra/tools/build.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'check-routes-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function check(...args: string[]) {
  const tool = resolve(appFolder, 'infra/tools/check-routes.ts');
  const options = { cwd: appFolder, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', tool, ...args], options);
  return { status, stdout, stderr };
}

describe('npm run routes:check', () => {
  it('counts what is in the shipped file', () => {
    expect(check()).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^routes\.yaml: \d+ routes with \d+ steps, no problems\n$/),
      stderr: '',
    });
  });

  it('prints every problem with its line, and exits 1', async () => {
    const file = join(folder, 'wrong.yaml');
    const lines = [
      'routes:',
      '  - id: one',
      '    when: { event: "*", if: "data.(" }',
      '    do:',
      '      - step: fax.send',
    ];
    await writeFile(file, lines.join('\n'));

    const { status, stdout, stderr } = check(file);

    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(`${file}:3: routes[0].when.if: `);
    expect(stderr).toContain(`${file}:5: routes[0].do[0].step: `);
  });

  it('names a file that is not there, and exits 1', () => {
    const { status, stderr } = check(join(folder, 'nowhere.yaml'));

    expect(status).toBe(1);
    expect(stderr).toMatch(/^ENOENT.*nowhere\.yaml'\n$/);
  });
});
