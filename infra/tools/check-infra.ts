import { spawnSync } from 'node:child_process';
import { checkInfra } from './bicep/check.ts';
import { compileAll } from './bicep/compile.ts';
import { parameterFiles, templateFiles } from './bicep/files.ts';
import { appFolder } from './build.ts';

/**
 * Checks infra/: `npm run infra:check`. With the Bicep CLI (`bicep`, or `az bicep`) on PATH every file is compiled and linted; in
 * any case it is read, worked out and compared with the resource types that Azure publishes.
 */
const { problems, templates, resources, isCompared } = await checkInfra();
const compiled = compileAll(templateFiles, parameterFiles, ([program = '', ...args]) => {
  const { error, status, stderr, stdout } = spawnSync(program, args, { cwd: appFolder, encoding: 'utf8' });
  return error === undefined ? { failed: status !== 0, output: `${stdout}${stderr}` } : undefined;
});
const all = [...problems, ...compiled.problems];
for (const problem of all) console.error(problem);
if (all.length > 0) process.exitCode = 1;
console.log(`infra: ${templates} templates, ${resources} resources, ${all.length} problems`);
if (compiled.compiler === undefined) console.log('Not compiled: there is no Bicep CLI on PATH.');
if (!isCompared) console.log('Not compared with the resource types that Azure publishes: infra/README.md says how.');
