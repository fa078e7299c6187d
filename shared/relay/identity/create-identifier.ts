import type { Log } from '../../log.ts';
import type { Table } from '../../storage/table.ts';
import { createGroupIdentifier } from './group-identifier.ts';
import type { Emit, Identifier, RelayMode } from './identifier.ts';
import { createSingleIdentifier } from './single-identifier.ts';

export interface IdentifierOptions {
  readonly mode: RelayMode;
  /** Where relays agree with each other; not asked for by one that is alone. */
  readonly table: () => Table;
  /** Relays with the same name hear the same hub with the same subscriptions. */
  readonly group?: string;
  readonly emit: Emit;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

export function createIdentifier({ mode, table, group = 'rte', ...options }: IdentifierOptions): Identifier {
  if (mode === 'single') return createSingleIdentifier(options.emit);
  return createGroupIdentifier({ ...options, mode, table: table(), group });
}
