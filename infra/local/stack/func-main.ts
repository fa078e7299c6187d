import { parseArgs } from 'node:util';
import { ConfigurationError } from '../../../shared/errors.ts';
import { startFunc } from './func.ts';

/**
 * Azure Functions Core Tools as a program of the stack: `--app <folder> --port 7071`. They know nothing of a parent, so
 * this process tells the parent when they are ready, and ends them when it is told to or the parent is gone.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { app: { type: 'string', default: '.' }, port: { type: 'string', default: '7071' } },
  });
  const port = Number(values.port);
  const stopping = new AbortController();
  for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.on(event, () => stopping.abort());

  try {
    const func = await startFunc({
      appFolder: values.app,
      port,
      env: process.env,
      onLine: console.log,
      signal: stopping.signal,
    });
    process.send?.({ type: 'ready', port });
    await func.ended;
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  }
  process.exit(stopping.signal.aborted ? 0 : 1);
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigurationError ? error.message : error);
  process.exit(1);
});
