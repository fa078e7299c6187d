/**
 * What esbuild puts before SignalR in the relay's bundle. SignalR loads its Node dependencies through webpack's names for
 * `require` when those exist, and else through a `require` whose argument no bundler can see.
 */
import eventsource from 'eventsource';
import * as ws from 'ws';

const modules: Readonly<Record<string, unknown>> = { ws, eventsource };

export const __webpack_require__ = () => undefined;
export const __non_webpack_require__ = (name: string) => modules[name];
