import rhea, { type EventContext } from 'rhea';
import { MalformedAmqpError } from '../codec/values.ts';
import { ACCEPTED } from './outcomes.ts';
import { type AmqpRequest, decodeRequest } from './request.ts';
import type { ServerReceiver, ServerSender } from './rhea-internals.ts';

/** A map of values that rhea knows how to encode. */
export type ReplyBody = Readonly<Record<string, unknown>>;

export interface Reply {
  /** Like HTTP's: 2xx for success. */
  readonly status: number;
  readonly description: string;
  /** The condition of an error. */
  readonly condition?: string | undefined;
  readonly body?: ReplyBody | undefined;
}

export type RequestHandler = (request: AmqpRequest, reply: (reply: Reply) => void) => void;

const SETTLED_WHEN_SENT = 1;

/** Requests and replies on one connection: which reply link belongs to which request is up to the client. */
export class RequestNode {
  readonly #replyLinks = new Map<string, ServerSender>();
  readonly #unexpected: (error: unknown) => void;

  constructor(unexpected: (error: unknown) => void) {
    this.#unexpected = unexpected;
  }

  /** A link for replies. Clients name it by its target or, without one, by its own name. */
  addReplyLink(link: ServerSender): void {
    link.local.attach.snd_settle_mode = SETTLED_WHEN_SENT;
    const name = link.target?.address || link.name;
    this.#replyLinks.set(name, link);
    link.on('sender_close', () => this.#replyLinks.delete(name));
  }

  /** A link for requests. */
  serve(link: ServerReceiver, handle: RequestHandler): void {
    link.on('message', ({ message: bytes, delivery }: EventContext) => {
      delivery?.update(true, ACCEPTED);
      try {
        if (!Buffer.isBuffer(bytes)) throw new MalformedAmqpError('the request arrived decoded');
        const request = decodeRequest(bytes);
        handle(request, (reply) => this.#reply(request, reply));
      } catch (error) {
        this.#unexpected(error);
      }
    });
  }

  #reply(request: AmqpRequest, { status, description, condition, body }: Reply): void {
    const link = this.#replyLinks.get(request.replyTo);
    if (link === undefined || !link.is_open()) return;
    const statusCode = rhea.types.wrap_int(status);
    link.send({
      correlation_id: request.messageId,
      // The two kinds of request spell the same thing differently.
      application_properties: {
        'status-code': statusCode,
        'status-description': description,
        statusCode,
        statusDescription: description,
        ...(condition !== undefined && { errorCondition: condition }),
      },
      body: body === undefined ? null : rhea.types.wrap_map(body),
    });
  }
}
