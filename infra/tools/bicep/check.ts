import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { appFolder } from '../build.ts';
import { checkParameterFile, checkReferences } from './check-references.ts';
import { type Deployment, deploy } from './deploy.ts';
import { parameterFiles, publishedTypesFile, templateFiles } from './files.ts';
import { openSyntaxCheck } from './independent-syntax-check.ts';
import { parseBicep } from './parse.ts';
import { checkResource, checkRuntimeRead, type PublishedTypes, readPublishedTypes } from './resource-types.ts';
import { BicepError } from './syntax-tree.ts';

export interface InfraReport {
  readonly problems: readonly string[];
  readonly templates: number;
  /** Resources of all parameter files together. */
  readonly resources: number;
  /** Whether properties were compared with what Azure publishes. */
  readonly isCompared: boolean;
}

/** Checks everything in infra/ that can be checked without the Bicep compiler. */
export async function checkInfra(typesFile = publishedTypesFile): Promise<InfraReport> {
  const read = (file: string) => readFileSync(resolve(appFolder, file), 'utf8');
  const published = existsSync(typesFile) ? readPublishedTypes(readFileSync(typesFile, 'utf8')) : undefined;
  const checkSyntax = await openSyntaxCheck();
  const report = { templates: templateFiles.length, resources: 0, isCompared: false };
  const syntaxProblems = [...templateFiles, ...parameterFiles].flatMap((file) => checkSyntax(read(file), file));
  if (syntaxProblems.length > 0) return { ...report, problems: syntaxProblems };
  try {
    const templates = new Map(templateFiles.map((file) => [file, parseBicep(read(file), file)]));
    const deployments = parameterFiles.map((file) =>
      deploy(resolve(appFolder, file), { environment: { DEPLOY_RELAY: 'true' } }),
    );
    const problems = [
      ...templateFiles.flatMap((file) => checkReferences(file, templates)),
      ...parameterFiles.flatMap((file) => checkParameterFile(file, parseBicep(read(file), file), templates)),
      ...(published === undefined ? [] : deployments.flatMap((deployment) => compare(deployment, published))),
    ];
    const resources = deployments.reduce((total, each) => total + each.resources.length, 0);
    return { ...report, resources, isCompared: published !== undefined, problems: [...new Set(problems)] };
  } catch (error) {
    if (!(error instanceof BicepError)) throw error;
    return { ...report, problems: [error.message] };
  }
}

function compare({ resources, runtimeReads }: Deployment, published: PublishedTypes): string[] {
  return [
    ...resources.flatMap((each) => checkResource(each, published)),
    ...runtimeReads.flatMap((each) => checkRuntimeRead(each, published)),
  ];
}
