import { buildApp, buildRelay } from '../../infra/tools/build.ts';

/** The scenario tests run the bundles that are deployed; they are built once for the whole run. */
export default async function buildOnce(): Promise<void> {
  await Promise.all([buildApp(), buildRelay()]);
}
