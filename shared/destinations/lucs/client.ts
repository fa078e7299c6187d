import { type CallbackOperations, callbackOperations } from './callbacks/client.ts';
import { createLucsConnection, type LucsOptions } from './connection.ts';
import { type ServiceOperations, serviceOperations } from './services/client.ts';
import { type TaskOperations, taskOperations } from './tasks/client.ts';

export type { LucsOptions };

/** The LUCS Control API: external tasks, callback requests, and the lookups that they need. */
export interface LucsClient extends TaskOperations, CallbackOperations, ServiceOperations {
  /** What to do with a description that is longer than LUCS takes. */
  readonly longDescription: LucsOptions['longDescription'];
  /** What LUCS calls the state of a task that somebody is at work on. */
  readonly establishedStates: LucsOptions['establishedStates'];
  /** Milliseconds since the epoch. */
  readonly clock: LucsOptions['clock'];
}

export function createLucsClient(options: LucsOptions): LucsClient {
  const connection = createLucsConnection(options);
  return {
    longDescription: options.longDescription,
    establishedStates: options.establishedStates,
    clock: options.clock,
    ...taskOperations(connection, options),
    ...callbackOperations(connection, options.paths),
    ...serviceOperations(connection, options.paths),
  };
}
