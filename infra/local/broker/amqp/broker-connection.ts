import type { Socket } from 'node:net';
import type { Connection, Container, EventContext, Session } from 'rhea';
import type { Engine, Entity } from '../engine/engine.ts';
import { BrokerError, CONDITION } from '../engine/errors.ts';
import type { MessageQueue } from '../engine/message-queue.ts';
import { ConsumerLink, type ConsumerLinkOptions } from './consumer-link.ts';
import { managementNode } from './management/management-node.ts';
import { describeError } from './outcomes.ts';
import { serveProducer } from './producer-link.ts';
import { RequestNode } from './request-node.ts';
import {
  asServerReceiver,
  asServerSender,
  receiveRaw,
  type ServerReceiver,
  type ServerSender,
} from './rhea-internals.ts';
import { requestedSession, SessionLink } from './session-link.ts';
import { tuneSocket } from './socket-tuning.ts';

const CBS = '$cbs';
const MANAGEMENT = '/$management';
/** Clients open a session per link, and wait on many sessions at once. */
const MAX_CHANNEL = 65_535;
const MAX_FRAME_BYTES = 65_536;
const IDLE_TIMEOUT_MS = 60_000;
/** Clients stop for a whole second when a sender runs out of credit. */
const PRODUCER_CREDIT = 5_000;

export interface BrokerConnectionOptions {
  readonly container: Container;
  readonly socket: Socket;
  readonly engine: Engine;
  readonly newToken: () => string;
  readonly answerAtOnce: boolean;
  /** Something failed that is not the client's fault. */
  readonly unexpected: (error: unknown) => void;
}

/** One client's connection: gives each link that it opens to the entity that the link names. */
export class BrokerConnection {
  readonly #options: BrokerConnectionOptions;
  readonly #connection: Connection;
  readonly #requests: RequestNode;
  readonly #consumers = new Map<ServerSender, ConsumerLink>();

  constructor(options: BrokerConnectionOptions) {
    this.#options = options;
    this.#requests = new RequestNode(options.unexpected);
    const { container, socket } = options;
    const connection = container.create_connection({
      ...{ host: 'localhost', port: 0, reconnect: false },
      channel_max: MAX_CHANNEL,
      max_frame_size: MAX_FRAME_BYTES,
      idle_time_out: IDLE_TIMEOUT_MS,
      receiver_options: { autoaccept: false, credit_window: PRODUCER_CREDIT },
      // rhea would settle what the client settles before the store has it.
      sender_options: { autosettle: false, ...{ treat_modified_as_released: false } },
    });
    this.#connection = connection;
    connection.on('session_open', ({ session }: EventContext) => receiveRaw(session));
    connection.on('session_close', ({ session }: EventContext) => this.#leaveSession(session));
    connection.on('sender_open', ({ sender }: EventContext) => this.#senderOpened(asServerSender(sender)));
    connection.on('receiver_open', ({ receiver }: EventContext) => this.#receiverOpened(asServerReceiver(receiver)));
    connection.on('sender_close', ({ sender }: EventContext) => this.#leave(asServerSender(sender)));
    connection.on('connection_close', () => this.#leaveAll());
    connection.on('disconnected', () => this.#leaveAll());
    // What the peer reports ends its link, session or connection; nothing else is to be done.
    for (const event of ['sender_error', 'receiver_error', 'session_error', 'connection_error']) {
      connection.on(event, () => undefined);
    }
    for (const event of ['protocol_error', 'error']) connection.on(event, options.unexpected);
    socket.on('close', () => {
      // Ends rhea's timers, which it leaves running when the two sides part in order.
      connection._disconnected();
      this.#leaveAll();
    });
    tuneSocket(socket, () => connection.is_open(), options.answerAtOnce);
    connection.accept(socket);
    socket.resume();
  }

  /** Tells the client that the broker goes away, and hangs up. */
  close(): void {
    this.#connection.close({ condition: CONDITION.connectionForced, description: 'The embedded Service Bus stops.' });
    // rhea writes at the end of this turn.
    setImmediate(() => this.#options.socket.destroySoon());
  }

  #senderOpened(link: ServerSender): void {
    const address = link.source?.address ?? '';
    if (isRequestAddress(address)) {
      this.#requests.addReplyLink(link);
      link.set_source({ address });
      link.set_target({ address: link.target?.address ?? '' });
      return;
    }
    this.#orRefuse(link, () => {
      const queue = queueAt(this.#options.engine.entity(address));
      link.set_source({ address });
      link.set_target({ address: link.target?.address ?? '' });
      this.#openConsumer(link, queue, address);
    });
  }

  #openConsumer(link: ServerSender, queue: MessageQueue, address: string): void {
    const { engine, newToken, unexpected } = this.#options;
    const options: ConsumerLinkOptions = { link, queue, engine, newToken, unexpected };
    const session = requestedSession(link.source?.filter);
    if (queue.sessions === undefined) {
      if (session !== undefined) throw wrongKind(`'${queue.path}' has no sessions: receive from it without one.`);
      this.#consumers.set(link, new ConsumerLink(options));
      return;
    }
    if (session === undefined) throw wrongKind(`'${queue.path}' requires sessions: it needs a session receiver.`);
    const consumer = new SessionLink(options, address);
    if (session !== null) consumer.accept(queue.sessions, session);
    this.#consumers.set(link, consumer);
    if (session === null) consumer.seek(queue.sessions);
  }

  #receiverOpened(link: ServerReceiver): void {
    const { engine, newToken, unexpected } = this.#options;
    const address = link.target?.address ?? '';
    this.#orRefuse(link, () => {
      if (address === CBS) {
        // Who can reach the loopback interface may do everything: every token is good.
        this.#requests.serve(link, (_request, reply) => reply({ status: 202, description: 'Accepted' }));
      } else if (isRequestAddress(address)) {
        const entity = engine.entity(address.slice(0, -MANAGEMENT.length));
        this.#requests.serve(link, managementNode({ entity, engine, newToken, unexpected }));
      } else {
        const { ingress, path } = engine.entity(address);
        if (ingress === undefined) throw wrongKind(`'${path}' takes no messages: send to its queue or topic.`);
        link.local.attach.max_message_size = ingress.options.maxMessageBytes;
        serveProducer({ link, ingress, engine, newToken, unexpected });
      }
      link.set_target({ address });
      link.set_source({ address: link.source?.address ?? '' });
    });
  }

  /** What cannot be served is attached and detached again, with the reason: so the protocol wants it. */
  #orRefuse(link: ServerSender | ServerReceiver, open: () => void): void {
    try {
      open();
    } catch (error) {
      link.close(describeError(error, this.#options.unexpected));
    }
  }

  #leave(link: ServerSender): void {
    this.#consumers.get(link)?.dispose();
    this.#consumers.delete(link);
  }

  #leaveSession(session: Session | undefined): void {
    for (const link of [...this.#consumers.keys()]) if (link.session === session) this.#leave(link);
  }

  #leaveAll(): void {
    for (const link of [...this.#consumers.keys()]) this.#leave(link);
  }
}

function isRequestAddress(address: string): boolean {
  return address === CBS || address.toLowerCase().endsWith(MANAGEMENT);
}

function queueAt(entity: Entity): MessageQueue {
  if (entity.queue !== undefined) return entity.queue;
  throw wrongKind(`'${entity.path}' is a topic: receive from one of its subscriptions.`);
}

function wrongKind(message: string): BrokerError {
  return new BrokerError(CONDITION.notAllowed, message);
}
