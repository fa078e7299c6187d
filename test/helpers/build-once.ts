import { buildApp } from '../../infra/tools/build.ts';

/** The scenario tests serve the bundle that is deployed; it is built once for the whole run. */
export default async function buildOnce(): Promise<void> {
  await buildApp();
}
