import { resolve } from 'node:path';
import { app } from '@azure/functions';
import { createBridge } from '../shared/bridge.ts';
import { loadConfig } from '../shared/config.ts';

/** The one bridge of this process. Wrong settings or routes end the start here, with every problem listed. */
export const bridge = createBridge(loadConfig(), resolve(import.meta.dirname, '..'));

app.hook.appTerminate(() => bridge.close());
