import { vi } from 'vitest';
import type { RteMessage } from '../../../../shared/events/rte/rte-message.ts';
import { createGroupIdentifier } from '../../../../shared/relay/identity/group-identifier.ts';
import type { GroupTiming } from '../../../../shared/relay/identity/group-timing.ts';
import type { Identifier } from '../../../../shared/relay/identity/identifier.ts';
import type { LostEvents } from '../../../../shared/relay/identity/recent-events.ts';
import type { Table } from '../../../../shared/storage/table.ts';
import { MemoryTable } from '../../../helpers/memory-table.ts';
import { RecordingLog } from '../../../helpers/recording-log.ts';

/** A message whose content is the text, as the reader of RTE messages gives it. */
export function aMessage(content: string): RteMessage {
  const contentHash = content.padEnd(43, '_');
  return {
    event: {
      specversion: '1.0',
      source: '/enreach/user/u1',
      type: 'com.enreach.rte.usercallincoming',
      subject: content,
      time: '2025-03-05T14:07:00.000Z',
      datacontenttype: 'application/json',
      data: { content },
    },
    contentHash,
    mergeKey: undefined,
    kind: 'known',
    unknownFields: 0,
  };
}

export interface GroupOptions {
  readonly mode?: 'pair' | 'standby';
  readonly random?: () => number;
  /** The way from the hub to a relay takes from 0 to so many milliseconds, each time another. */
  readonly latencyMs?: number;
  readonly tableLatencyMs?: number;
  /** The bus confirms so long after an event was emitted; a relay that is killed before takes the event with it. */
  readonly busDelayMs?: number;
  readonly keptMaxBytes?: number;
  readonly timing?: Partial<GroupTiming>;
  readonly maxHeld?: number;
  readonly maxContents?: number;
}

/** A hub, the relays that hear it, and the bus that drops copies, in simulated time (fake timers must be on). */
export class RelayGroup {
  readonly table = new MemoryTable();
  readonly log = new RecordingLog();
  /** Ids by content: what the bus has after dropping copies. */
  readonly arrived = new Map<string, Set<string>>();
  /** Occurrences by content. */
  readonly raised = new Map<string, number>();
  /** Everything that was sent, copies included. */
  sent = 0;
  /** The row does not say what is confirmed. */
  isOfEarlierVersion = false;
  readonly relays: SimulatedRelay[] = [];
  readonly options: Required<Pick<GroupOptions, 'random' | 'latencyMs' | 'tableLatencyMs'>> & GroupOptions;

  constructor(options: GroupOptions = {}) {
    this.options = { random: () => 0.5, latencyMs: 0, tableLatencyMs: 10, ...options };
  }

  add(): SimulatedRelay {
    const relay = new SimulatedRelay(this);
    this.relays.push(relay);
    return relay;
  }

  /** An occurrence, which all subscribed relays are told of. */
  raise(content: string): void {
    this.raised.set(content, (this.raised.get(content) ?? 0) + 1);
    for (const relay of this.relays) relay.tell(content);
  }

  take(content: string, id: string): void {
    this.sent += 1;
    const ids = this.arrived.get(content) ?? new Set();
    this.arrived.set(content, ids.add(id));
  }

  /** Until all living relays are in step. */
  async settle(): Promise<void> {
    for (let step = 0; !this.isSettled(); step += 1) {
      if (step > 300) throw new Error('the relays do not come together');
      await vi.advanceTimersByTimeAsync(100);
    }
  }

  isSettled(): boolean {
    const epochs = new Set(this.relays.map((relay) => relay.identifier.status().epoch));
    const isSteady = this.relays.every(({ identifier }) => {
      const { state, held } = identifier.status();
      return state === 'synced' && held === 0;
    });
    return isSteady && epochs.size <= 1;
  }

  /** Occurrences that did not arrive. */
  lost(): string[] {
    return [...this.raised].filter(([c, count]) => (this.arrived.get(c)?.size ?? 0) < count).map(([c]) => c);
  }

  /** Contents that arrived more often than they occurred. */
  doubled(): string[] {
    return [...this.arrived].filter(([c, ids]) => ids.size > (this.raised.get(c) ?? 0)).map(([c]) => c);
  }
}

export class SimulatedRelay {
  readonly identifier: Identifier;
  readonly #group: RelayGroup;
  #isAlive = true;
  #session = 0;
  #isSubscribed = false;
  isTableReachable = true;
  /** Messages by content. */
  readonly received = new Map<string, number>();
  /** Since when nobody heard the hub, by its own words. */
  readonly unheard: number[] = [];
  /** What it told to be lost. */
  readonly lost: LostEvents[] = [];
  readonly #unconfirmed: { readonly content: string; readonly id: string; readonly emittedMs: number }[] = [];

  constructor(group: RelayGroup) {
    this.#group = group;
    const { mode = 'pair', timing = {}, maxHeld, maxContents, keptMaxBytes = 32_000_000 } = group.options;
    this.identifier = createGroupIdentifier({
      mode,
      timing,
      ...(maxHeld !== undefined && { maxHeld }),
      ...(maxContents !== undefined && { maxContents }),
      table: this.#table(),
      group: 'test',
      emit: ({ id, data }) => this.#emit(String(data.content), id),
      unconfirmedSinceMs: () => this.#unconfirmed[0]?.emittedMs,
      lastAliveMs: () => undefined,
      onUnheard: (sinceMs) => this.unheard.push(sinceMs),
      onLost: (lost) => this.lost.push(lost),
      keptMaxBytes,
      log: group.log,
      clock: Date.now,
    });
  }

  /** The hub tells it from now on; a moment later it knows that it is subscribed. */
  connect(): void {
    this.#isSubscribed = true;
    const session = this.#session;
    setTimeout(() => {
      if (session === this.#session && this.#isAlive) this.identifier.up();
    }, this.#group.options.random() * 50);
  }

  disconnect(): void {
    this.#session += 1;
    this.#isSubscribed = false;
    this.identifier.down();
  }

  /** From one moment to the next it does nothing any more. */
  kill(): void {
    this.#isAlive = false;
    this.#remove();
  }

  async close(): Promise<void> {
    this.#remove();
    await this.identifier.close();
    // What is not confirmed is safe on disk.
    for (const { content, id } of this.#unconfirmed.splice(0)) this.#group.take(content, id);
    this.#isAlive = false;
  }

  /** Loses the hub without noticing: nothing comes, nothing is said. */
  goDeaf(): void {
    this.#session += 1;
    this.#isSubscribed = false;
  }

  tell(content: string): void {
    if (!this.#isSubscribed) return;
    const session = this.#session;
    const { random, latencyMs } = this.#group.options;
    setTimeout(() => {
      if (session !== this.#session) return;
      this.received.set(content, (this.received.get(content) ?? 0) + 1);
      this.identifier.receive(aMessage(content), Date.now());
    }, random() * latencyMs);
  }

  #emit(content: string, id: string): void {
    if (!this.#isAlive) return;
    const { busDelayMs } = this.#group.options;
    if (busDelayMs === undefined) {
      this.#group.take(content, id);
      return;
    }
    this.#unconfirmed.push({ content, id, emittedMs: Date.now() });
    if (this.#unconfirmed.length === 1) setTimeout(() => this.#confirm(busDelayMs), busDelayMs);
  }

  /** One timer for all: fake ones get slow when they are many. */
  #confirm(busDelayMs: number): void {
    if (!this.#isAlive) return;
    const end = this.#unconfirmed.findIndex(({ emittedMs }) => emittedMs + busDelayMs > Date.now());
    const confirmed = this.#unconfirmed.splice(0, end === -1 ? this.#unconfirmed.length : end);
    for (const { content, id } of confirmed) this.#group.take(content, id);
    const [next] = this.#unconfirmed;
    if (next !== undefined) setTimeout(() => this.#confirm(busDelayMs), next.emittedMs + busDelayMs - Date.now());
  }

  #remove(): void {
    this.#session += 1;
    this.#isSubscribed = false;
    this.#group.relays.splice(this.#group.relays.indexOf(this), 1);
  }

  #table(): Table {
    const { table, options } = this.#group;
    const reach = async <Result>(operation: () => Promise<Result>): Promise<Result> => {
      await new Promise((resolve) => setTimeout(resolve, options.random() * options.tableLatencyMs));
      if (!this.#isAlive || !this.isTableReachable) return new Promise(() => {});
      return operation();
    };
    return {
      get: async (partition, key) => {
        const row = await reach(() => table.get(partition, key));
        if (row === undefined || !this.#group.isOfEarlierVersion) return row;
        const json = String(row.columns.json).replaceAll(/,"confirmedMs":\d+/g, '');
        return { ...row, columns: { ...row.columns, json } };
      },
      insert: (row) => reach(() => table.insert(row)),
      replace: (row, version) => reach(() => table.replace(row, version)),
    };
  }
}
