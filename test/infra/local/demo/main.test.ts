import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { descendantsOf } from '../processes.ts';

const main = resolve(import.meta.dirname, '../../../../infra/local/demo/main.ts');

it('npm run demo plays every story to its end, and leaves nothing behind', async () => {
  const before = descendantsOf(process.pid);

  // A vendor's own address does not lead the demo there.
  const env = { PATH: process.env.PATH, LUCS_BASE_URL: 'http://127.0.0.1:1', CRM_BASE_URL: 'http://127.0.0.1:1' };
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', main], { env });

  expect(stdout).toMatch(/\n3 passed, 0 failed\n$/);
  expect(stdout.match(/^ {2}passed$/gm)).toHaveLength(3);
  expect(descendantsOf(process.pid)).toEqual(before);
});
