import { app, type InvocationContext, type Timer } from '@azure/functions';
import { bridge } from './bridge.ts';
import { functionLog } from './function-log.ts';

/** Registers with Nimbus what the settings want, at start and every 15 minutes: Nimbus tells nobody when that changes. */
export async function keepNimbusWebhooks(_timer: Timer, context: InvocationContext): Promise<void> {
  await bridge.keepNimbusWebhooks(functionLog(context));
}

app.timer('keep-nimbus-webhooks', {
  schedule: '0 */15 * * * *',
  runOnStartup: true,
  handler: keepNimbusWebhooks,
});
