import type { Delivery, Receiver, Sender, Session } from 'rhea';

/**
 * The parts of rhea that its typings leave out and a server needs. Each function checks that they are there,
 * so that another version of rhea fails at once and by name instead of misbehaving.
 */

interface LinkState {
  local_open: boolean;
  open_requests: number;
}

type AttachField = 'snd_settle_mode' | 'rcv_settle_mode' | 'properties' | 'max_message_size';

interface LinkInternals {
  readonly local: { readonly attach: Record<AttachField, unknown> };
  readonly state: LinkState;
}

/** A link on which the broker sends. */
export type ServerSender = Sender &
  LinkInternals & {
    /** Transfers that may be written: counts down when one is written, not when it is sent. */
    credit: number;
    /** Transfers that were written. */
    delivery_count: number;
    /** True: a flow frame is due. */
    issue_flow: boolean;
    /** Called when a flow frame is written: whether it says that all credit is used up. */
    _get_drain: () => boolean;
    readonly session: { readonly outgoing: { available(): number } };
  };

/** A link on which the broker receives. */
export type ServerReceiver = Receiver & LinkInternals;

/** rhea forgets an outgoing delivery only when it is marked as settled on both sides. */
export type OutgoingDelivery = Omit<Delivery, 'remote_settled'> & { remote_settled: boolean };

interface TransferFrame {
  readonly performative: { message_format?: number | null };
}

interface IncomingTransfers {
  on_transfer: (frame: TransferFrame, receiver: unknown) => void;
}

export function asServerSender(link: Sender | undefined): ServerSender {
  if (link !== undefined && isServerSender(link)) return link;
  throw incompatible('sender');
}

export function asServerReceiver(link: Receiver | undefined): ServerReceiver {
  if (link !== undefined && hasLinkInternals(link)) return link;
  throw incompatible('receiver');
}

export function asOutgoingDelivery(delivery: Delivery | undefined): OutgoingDelivery {
  if (delivery !== undefined && isOutgoingDelivery(delivery)) return delivery;
  throw incompatible('delivery');
}

/** The message format under which whole messages arrive as bytes. */
export const RAW_FORMAT = 1;

/**
 * Makes all messages of a session arrive undecoded. rhea decodes those of format 0 and hands out the bytes of others,
 * so format 0 is renamed on arrival.
 */
export function receiveRaw(session: Session | undefined): void {
  if (session === undefined || !hasIncoming(session)) throw incompatible('session');
  const { incoming } = session;
  const onTransfer = incoming.on_transfer;
  incoming.on_transfer = (frame, receiver) => {
    if (!frame.performative.message_format) frame.performative.message_format = RAW_FORMAT;
    onTransfer.call(incoming, frame, receiver);
  };
}

/** Keeps the answer to an attach back until `link.open()`. Possible only while the link is being opened. */
export function withholdAttach(link: ServerSender): void {
  link.state.local_open = false;
  link.state.open_requests = 0;
}

function incompatible(part: string): Error {
  return new Error(`This rhea's ${part} is not the one that the embedded Service Bus was made for: pin rhea 3.0.5.`);
}

function isServerSender(link: Sender): link is ServerSender {
  return (
    hasLinkInternals(link) &&
    'credit' in link &&
    'delivery_count' in link &&
    'issue_flow' in link &&
    '_get_drain' in link &&
    'outgoing' in link.session
  );
}

function hasLinkInternals<T extends Sender | Receiver>(link: T): link is T & LinkInternals {
  return 'local' in link && 'state' in link;
}

function isOutgoingDelivery(delivery: Delivery): delivery is Delivery & OutgoingDelivery {
  return typeof delivery.remote_settled === 'boolean' && typeof delivery.id === 'number';
}

function hasIncoming(session: Session): session is Session & { incoming: IncomingTransfers } {
  if (!('incoming' in session)) return false;
  const { incoming } = session;
  return typeof incoming === 'object' && incoming !== null && 'on_transfer' in incoming;
}
