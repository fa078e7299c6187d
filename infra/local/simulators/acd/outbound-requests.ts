import * as z from '../../../../shared/zod.ts';
import { defaultPriority } from './create-event-request.ts';
import type { AcdRecord } from './envelopes.ts';
import type { AcdEvents } from './events.ts';
import { withoutPlus } from './fields.ts';
import { formatLocalTimestamp } from './local-time.ts';
import { acdServiceNumbers } from './master-data.ts';
import { type AcdGroup, callbackTypeId, voiceMailTypeId } from './seed.ts';

/** How long a receiver may take. The real limit is not published. */
const receiverTimeoutMs = 30_000;

const phoneNumberSchema = z.string().check(z.regex(/^\+?[1-9]\d{3,14}$/));

export const raiseSchema = z.strictObject({
  caller: phoneNumberSchema,
  /** Default: the caller's. */
  callbackNumber: z.optional(phoneNumberSchema),
  /** Default: the first service number. */
  serviceNumber: z.optional(phoneNumberSchema),
  acdGroupsId: z.int(),
  subject: z.optional(z.string()),
  body: z.optional(z.string()),
  /** How long the call lasted that left the request (default 30 s). */
  callSeconds: z.optional(z.int().check(z.nonnegative())),
});

/** A caller who asks for a callback, or leaves a voice mail. */
export type RaiseOutbound = z.infer<typeof raiseSchema>;

export type OutboundKind = 'callback' | 'voicemail';

/** What became of one request to the outside. */
export interface OutboundResult {
  readonly kind: OutboundKind;
  readonly eventId: number;
  /** What was posted. */
  readonly request: AcdRecord;
  /** Null when no answer came. */
  readonly status: number | null;
  /** The answer's text, or why there was none. */
  readonly body: string;
  /** The receiver took it, which it says by 200. */
  readonly isHandled: boolean;
}

export interface OutboundOptions {
  readonly events: AcdEvents;
  readonly groups: readonly AcdGroup[];
  readonly now: () => number;
  readonly timeZone: string;
  /** Null where the groups have no address set. */
  readonly receiver: (kind: OutboundKind) => {
    readonly url: string | null;
    readonly headers: Readonly<Record<string, string>>;
  };
}

/**
 * New callback requests and voice mails, which the ACD keeps as events and posts to an address that its groups have
 * set. Content type, access and repetition are not documented: JSON, the headers that are set, and once.
 */
export class OutboundRequests {
  #results: OutboundResult[] = [];
  #stop = new AbortController();
  readonly #options: OutboundOptions;

  constructor(options: OutboundOptions) {
    this.#options = options;
  }

  /** In the order of the answers. */
  results(): readonly OutboundResult[] {
    return this.#results;
  }

  /** Throws an Error for an unknown group or service number, and where no address is set. */
  async raise(kind: OutboundKind, raised: RaiseOutbound): Promise<OutboundResult> {
    const { url, headers } = this.#options.receiver(kind);
    if (url === null) throw new Error('Set callbackUrl first.');
    const { eventId, request } = this.#store(kind, raised);
    const { signal } = this.#stop;
    const answer = await post(url, headers, request, signal);
    const result = { kind, eventId, request, ...answer, isHandled: answer.status === 200 };
    if (!signal.aborted) this.#results.push(result);
    return result;
  }

  /** Gives up what is under way and forgets what was. */
  clear(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#results = [];
  }

  #store(kind: OutboundKind, raised: RaiseOutbound): { eventId: number; request: AcdRecord } {
    const { events, groups, now, timeZone } = this.#options;
    const group = groups.find(({ id }) => id === raised.acdGroupsId);
    if (group === undefined) throw new Error(`The ACD has no group ${raised.acdGroupsId}.`);
    const dialled = withoutPlus(raised.serviceNumber ?? acdServiceNumbers[0]?.number ?? '');
    const serviceNumber = acdServiceNumbers.find(({ number }) => number === dialled);
    if (serviceNumber === undefined) throw new Error('The ACD has no such service number.');
    const caller = withoutPlus(raised.caller);
    const isCallback = kind === 'callback';
    const subject = raised.subject ?? (isCallback ? 'Callback request' : 'Voice mail');
    const { event } = events.create({
      typeId: isCallback ? callbackTypeId : voiceMailTypeId,
      target: { AcdGroupsID: group.id },
      usersId: null,
      sender: caller,
      receiver: serviceNumber.number,
      subject,
      body: isCallback ? (raised.body ?? null) : null,
      crmUrl: null,
      userData: null,
      priority: defaultPriority,
      appointmentDate: null,
      appointmentTime: null,
    });
    const endedAtMs = now();
    const startedAtMs = endedAtMs - (raised.callSeconds ?? 30) * 1_000;
    const local = (epochMs: number) => formatLocalTimestamp(epochMs, timeZone).slice(0, 19);
    const request = {
      Caller: caller,
      CallbackNumber: withoutPlus(raised.callbackNumber ?? caller),
      ServiceNumbersNumber: serviceNumber.number,
      ServiceNumbersName: serviceNumber.name,
      AcdGroupsID: group.id,
      AcdGroupsName: group.name,
      AcdGroupsForeignSystemID: group.foreignSystemId,
      dtCallStart: local(startedAtMs),
      dtCallEnd: local(endedAtMs),
      AcdEventsID: event.id,
      Subject: subject,
      Body: raised.body ?? '',
    };
    return { eventId: event.id, request };
  }
}

async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: AcdRecord,
  stopped: AbortSignal,
): Promise<{ status: number | null; body: string }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.any([stopped, AbortSignal.timeout(receiverTimeoutMs)]),
    });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { status: null, body: `No answer: ${reason instanceof Error ? reason.message : String(reason)}` };
  }
}
