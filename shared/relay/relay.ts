import { hash } from 'node:crypto';
import { resolve } from 'node:path';
import type { Bus } from '../bus/bus.ts';
import { EVENTS_TOPIC } from '../bus/connect-bus.ts';
import type { Config, EnreachConfig } from '../config.ts';
import { createEnreachClient } from '../enreach/enreach-client.ts';
import { readRteMessage } from '../events/rte/rte-message.ts';
import type { Log } from '../log.ts';
import type { Table } from '../storage/table.ts';
import { documentedEventNames } from './event-names.ts';
import { type HubLink, openHubLink } from './hub-link.ts';
import type { HubLinkTiming } from './hub-link-options.ts';
import { createIdentifier } from './identity/create-identifier.ts';
import type { Emit } from './identity/identifier.ts';
import { openLastAlive } from './last-alive.ts';
import { gapEvents, queueSnapshotEvent } from './link-events.ts';
import { openOutbox } from './outbox/outbox.ts';
import type { RelayFigures } from './relay-status.ts';
import type { Gap } from './subscription-keeper.ts';
import { loadSubscriptionRules } from './subscription-rules.ts';
import { within } from './within.ts';

export interface RelayOptions {
  readonly config: Pick<Config, 'relay' | 'lanes' | 'callTimeoutMs'>;
  readonly enreach: EnreachConfig;
  /** What relative paths of settings begin at. */
  readonly folder: string;
  readonly bus: Bus;
  /** Where relays that share the work agree with each other; not used by one that is alone. */
  readonly table: () => Table;
  readonly log: Log;
  readonly fetch: typeof fetch;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Between 0 and 1. */
  readonly random: () => number;
  readonly timing?: Partial<HubLinkTiming>;
}

/** Passes on what the RTE hub tells to the topic `events`. */
export interface Relay {
  /** See {@link HubLink.firstUp}. */
  readonly firstUp: Promise<void>;
  figures(): RelayFigures;
  /** Reads the wish list again, and subscribes and unsubscribes the difference. @throws ConfigurationError */
  reloadSubscriptions(): Promise<void>;
  /** Unsubscribes, sends what it has or keeps it in the spool, and ends within about nine seconds. */
  close(): Promise<void>;
}

/** Of the ten seconds that a container has to stop, what is left after the goodbye to the hub. */
const FLUSH_MS = 4_000;
const CLOSE_BUS_MS = 1_000;

/** How far behind the note of the last sign of life may be. */
const NOTE_ALIVE_MS = 2_000;

/** Starts the relay. @throws ConfigurationError when the wish list or the spool's folder can't be used. */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const { config, enreach, folder, bus, log, clock, random, fetch } = options;
  const loadRules = () => loadSubscriptionRules(inFolder(enreach.subscriptions, folder));
  const rules = await loadRules();
  const spoolFolder = resolve(folder, config.relay.spoolFolder);
  const outbox = await openOutbox({
    bus,
    topic: EVENTS_TOPIC,
    lanes: config.lanes,
    folder: spoolFolder,
    bufferMaxBytes: config.relay.bufferMaxBytes,
    spoolMaxBytes: config.relay.spoolMaxBytes,
    log,
    clock,
    random,
  });
  const oddities = { unknownEvents: 0, unknownFields: 0, unparsed: 0 };
  const emit: Emit = (event, mergeKey) => outbox.put({ event, mergeKey });
  const identifier = createIdentifier({
    mode: config.relay.mode,
    table: options.table,
    group: groupOf(enreach),
    emit,
    unconfirmedSinceMs: () => outbox.unconfirmedSinceMs(),
    lastAliveMs: () => link.status().lastAliveMs,
    onUnheard: (sinceMs) => link.missedSince(sinceMs),
    onLost: ({ fromMs, toMs }) => tellGap({ fromMs, toMs, subscriptions: link.activeSubscriptions() }),
    keptMaxBytes: config.relay.bufferMaxBytes,
    log,
    clock,
  });
  let lastGap: RelayFigures['lastGap'];
  const tellGap = (gap: Gap) => {
    lastGap = { fromMs: gap.fromMs, toMs: gap.toMs };
    log.warn('alarm', { name: 'rte-gap', ms: gap.toMs - gap.fromMs, subscriptions: gap.subscriptions.length });
    for (const event of gapEvents(gap)) emit(event, undefined);
  };
  // Where relays share the work, the others have heard what this one missed, or their table tells that there were none.
  const lastAlive = config.relay.mode === 'single' ? await openLastAlive(spoolFolder, log) : undefined;
  const link: HubLink = openHubLink({
    enreach: createEnreachClient({ ...enreach, fetch, clock, timeoutMs: config.callTimeoutMs }),
    rules,
    eventNames: documentedEventNames,
    onMessage: (raw, receivedAtMs) => {
      const message = readRteMessage(raw, receivedAtMs);
      if (message.kind === 'unparsed') oddities.unparsed += 1;
      else if (message.kind === 'unknownEvent') oddities.unknownEvents += 1;
      oddities.unknownFields += message.unknownFields;
      identifier.receive(message, receivedAtMs);
    },
    onGap: tellGap,
    onSnapshot: (snapshot) => emit(queueSnapshotEvent(snapshot), undefined),
    onUp: () => identifier.up(),
    onDown: () => identifier.down(),
    log,
    fetch,
    clock,
    random,
    ...(options.timing && { timing: options.timing }),
  });
  if (lastAlive?.previousMs !== undefined) link.missedSince(lastAlive.previousMs);

  const noteAlive = async () => {
    const { connectedSinceMs, lastAliveMs } = link.status();
    if (connectedSinceMs === undefined || lastAliveMs === undefined) return;
    // What is nowhere else dies with this process, as if it had not been heard.
    await lastAlive?.note(Math.min(lastAliveMs, outbox.unsavedSinceMs() ?? lastAliveMs));
  };
  const noting = setInterval(() => void noteAlive(), NOTE_ALIVE_MS);

  let closing: Promise<void> | undefined;
  const close = async () => {
    clearInterval(noting);
    await noteAlive();
    await link.close();
    await identifier.close();
    await outbox.close(clock() + FLUSH_MS);
    await within(bus.close(), CLOSE_BUS_MS, 'closing the bus').catch(() => undefined);
  };

  return {
    firstUp: link.firstUp,
    figures: () => ({ ...link.status(), lastGap, ...oddities, ...outbox.status(), identity: identifier.status() }),
    reloadSubscriptions: async () => link.resubscribe(await loadRules()),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** Relays that sign in as the same user with the same wishes share their work, whatever else uses the storage account. */
function groupOf({ discoveryUrl, username, subscriptions }: EnreachConfig): string {
  return hash('sha256', JSON.stringify([discoveryUrl, username.toLowerCase(), subscriptions]), 'base64url');
}

/** A path of a setting begins at the folder that the relay is started in; rules themselves stay as they are. */
function inFolder(subscriptions: string, folder: string): string {
  return subscriptions.trimStart().startsWith('[') ? subscriptions : resolve(folder, subscriptions);
}
