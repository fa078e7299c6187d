import type { Bus } from '../../bus/bus.ts';
import type { CloudEvent } from '../../events/cloud-event.ts';
import type { Log } from '../../log.ts';
import { BusOutbox } from './bus-outbox.ts';
import { claimSpoolFolder } from './spool-folder.ts';

export interface OutboxEntry {
  readonly event: CloudEvent;
  /** Snapshots only: a newer one with the same key may replace this one while it waits. */
  readonly mergeKey: string | undefined;
}

export interface OutboxStatus {
  /** Unsent events that are in memory only: a killed process loses these. */
  readonly buffered: number;
  /** About what unsent events take in memory, whether on disk as well or not. */
  readonly bufferedBytes: number;
  /** Unsent events that are safe on disk. */
  readonly spooled: number;
  readonly spoolBytes: number;
  /** The spool has reached its limit or can't be written: events stay in memory, beyond its bound if need be. */
  readonly isSpoolFull: boolean;
  /** Events that the bus has confirmed. */
  readonly sent: number;
  /** Snapshots that a newer one has replaced. */
  readonly merged: number;
  /** Events that were given up: put after `close`, impossible to write as JSON, or on no disk at the end. */
  readonly discarded: number;
  /** Events that the bus can't take, too large or unreadable: kept as files in the folder `set-aside`. */
  readonly setAside: number;
  /** Events that were destroyed on disk, at least; their files are kept in `set-aside`. */
  readonly damaged: number;
  /** Why the latest send failed; stays when later ones succeed. */
  readonly lastSendError: string | undefined;
  /** Whether the latest send was confirmed, and none hangs. True before the first. */
  readonly isBusReachable: boolean;
}

export interface Outbox {
  /** Takes an event. Never throws, never waits. */
  put(entry: OutboxEntry): void;
  status(): OutboxStatus;
  /**
   * The bus has confirmed what was put before, or it needs no more care; undefined: all of it. Milliseconds since the
   * epoch. What an earlier process left counts as put when this one began.
   */
  unconfirmedSinceMs(): number | undefined;
  /** What was put before is confirmed or safe on disk; undefined: all of it. Milliseconds since the epoch. */
  unsavedSinceMs(): number | undefined;
  /** Sends what it can until `deadlineMs` (milliseconds since the epoch) and keeps the rest in the spool. */
  close(deadlineMs: number): Promise<void>;
}

export interface OutboxOptions {
  readonly bus: Pick<Bus, 'send'>;
  readonly topic: string;
  /** Sessions that all subjects share; 0: each subject has its own. */
  readonly lanes: number;
  /** Where spools are; all instances of the relay may share it. */
  readonly folder: string;
  /** Unsent events that take more than this in memory go to the spool. */
  readonly bufferMaxBytes: number;
  readonly spoolMaxBytes: number;
  /** Messages of one send. */
  readonly maxBatch?: number;
  /** An event waits at most so long for others to share its send. */
  readonly maxWaitMs?: number;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly random: () => number;
}

/**
 * Sends events to the bus in batches, in order per lane, and keeps them when the bus is away.
 *
 * Events wait in memory while the bus keeps up. As soon as a send fails, an event has waited for a second (because the bus
 * hangs, or is slow), or memory holds `bufferMaxBytes`, all that is unsent goes to the spool, and later events behind it,
 * until the bus keeps up again. So `kill -9` loses what came within about the last second and was not confirmed. What was
 * sent may be sent once more after a crash: ids are the same, and the bus drops copies that come within ten minutes.
 *
 * Opening adopts what dead instances left in `folder` and sends that first, in order.
 *
 * @throws ConfigurationError when the folder can't be written.
 */
export async function openOutbox(options: OutboxOptions): Promise<Outbox> {
  const folder = await claimSpoolFolder(options);
  try {
    return await BusOutbox.open(options, folder);
  } catch (error) {
    await folder.release();
    throw error;
  }
}
