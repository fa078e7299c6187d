import type { Table } from '../../storage/table.ts';
import { createGroupIdentifier, type GroupIdentifierOptions } from './group-identifier.ts';
import type { Identifier, RelayMode } from './identifier.ts';
import { createSingleIdentifier } from './single-identifier.ts';

/** A relay that is alone uses no more than `emit`. */
export interface IdentifierOptions extends Omit<GroupIdentifierOptions, 'mode' | 'table' | 'timing'> {
  readonly mode: RelayMode;
  /** Where relays agree with each other; not asked for by one that is alone. */
  readonly table: () => Table;
}

export function createIdentifier({ mode, table, ...options }: IdentifierOptions): Identifier {
  if (mode === 'single') return createSingleIdentifier(options.emit);
  return createGroupIdentifier({ ...options, mode, table: table() });
}
