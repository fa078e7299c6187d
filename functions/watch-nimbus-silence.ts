import { app, type InvocationContext, type Timer } from '@azure/functions';
import { bridge } from './bridge.ts';
import { functionLog } from './function-log.ts';

/** Looks whether the webhooks of Nimbus still come; does nothing where none are configured. */
export async function watchNimbusSilence(_timer: Timer, context: InvocationContext): Promise<void> {
  await bridge.watchNimbusSilence(functionLog(context));
}

/** Minutes after each quarter of an hour, so that what happens at the full quarter is over. */
app.timer('watch-nimbus-silence', { schedule: '0 5,20,35,50 * * * *', handler: watchNimbusSilence });
