import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { RelayFigures } from './relay-status.ts';

type Read = (figures: RelayFigures) => number | undefined;

interface Metric {
  readonly kind: typeof Counter | typeof Gauge;
  readonly help: string;
  readonly read: Read;
}

const counter = (help: string, read: Read): Metric => ({ kind: Counter, help, read });
const gauge = (help: string, read: Read): Metric => ({ kind: Gauge, help, read });
const flag = (value: boolean) => (value ? 1 : 0);
const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1_000);

/** By name, in base units. */
const metrics: Readonly<Record<string, Metric>> = {
  relay_hub_connected: gauge('Whether the relay is connected to the RTE hub and subscribed.', (f) =>
    flag(f.connectedSinceMs !== undefined),
  ),
  relay_hub_connected_since_seconds: gauge('When the present connection came up, in Unix time.', (f) =>
    seconds(f.connectedSinceMs),
  ),
  relay_hub_reconnects_total: counter('Connections to the RTE hub that came up after the first.', (f) => f.reconnects),
  relay_hub_last_gap_start_seconds: gauge('Beginning of the last gap, in Unix time.', (f) =>
    seconds(f.lastGap?.fromMs),
  ),
  relay_hub_last_gap_end_seconds: gauge('End of the last gap, in Unix time.', (f) => seconds(f.lastGap?.toMs)),
  relay_subscriptions_active: gauge('Subscriptions that the hub has taken.', (f) => f.subscriptions.active),
  relay_subscriptions_refused: gauge('Subscriptions that the hub has refused.', (f) => f.subscriptions.refused.length),
  relay_messages_received_total: counter('Messages from the RTE hub.', (f) => f.received),
  relay_messages_unparsed_total: counter('Messages that could not be read.', (f) => f.unparsed),
  relay_messages_unknown_event_total: counter('Messages of undocumented events.', (f) => f.unknownEvents),
  relay_message_unknown_fields_total: counter('Undocumented fields in messages.', (f) => f.unknownFields),
  relay_events_sent_total: counter('Events that the bus has confirmed.', (f) => f.sent),
  relay_events_merged_total: counter('Snapshots that a newer one has replaced.', (f) => f.merged),
  relay_events_discarded_total: counter('Events that were given up.', (f) => f.discarded),
  relay_events_set_aside_total: counter('Events that the bus can not take, kept as files.', (f) => f.setAside),
  relay_events_damaged_total: counter('Events that were destroyed on disk.', (f) => f.damaged),
  relay_buffer_events: gauge('Unsent events that are in memory only.', (f) => f.buffered),
  relay_buffer_bytes: gauge('Memory that unsent events take.', (f) => f.bufferedBytes),
  relay_spool_events: gauge('Unsent events on disk.', (f) => f.spooled),
  relay_spool_bytes: gauge('Size of the spool on disk.', (f) => f.spoolBytes),
  relay_spool_full: gauge('Whether the spool has reached its limit or can not be written.', (f) => flag(f.isSpoolFull)),
  relay_bus_reachable: gauge('Whether the bus confirmed the latest send.', (f) => flag(f.isBusReachable)),
  relay_identity_sending: gauge('Whether this relay sends; a standby does not.', (f) => flag(f.identity.isSending)),
  relay_identity_synced: gauge('Whether this relay is in step with the others.', (f) =>
    flag(f.identity.state === 'synced'),
  ),
  relay_identity_held: gauge('Messages that wait for the other relays.', (f) => f.identity.held),
  relay_identity_forgotten_total: counter(
    'Events that a standby could not keep until they were confirmed.',
    (f) => f.identity.forgotten,
  ),
  relay_identity_peers: gauge('Other relays that are alive.', (f) => f.identity.peers),
};

/** The relay's figures and those of its process in the Prometheus text format; what is not known is left out. */
export function createRelayMetrics(figures: () => RelayFigures): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const [name, { kind, help, read }] of Object.entries(metrics)) {
    new kind({
      name,
      help,
      registers: [registry],
      collect() {
        // A counter takes increments only, but the relay counts by itself.
        this.reset();
        const value = read(figures());
        if (value === undefined) this.remove();
        else this.inc(value);
      },
    });
  }
  return registry;
}
