import * as z from '../../../../shared/zod.ts';

/**
 * What nobody knows about the real service, what differs from tenant to tenant, and what goes wrong.
 *
 * - `tokenLifetimeMs`: of new tokens (not published; an hour is assumed). Below 0, they have expired when issued.
 * - `transports`: what negotiation offers, in the order in which clients try.
 * - `refuseWebSockets`: their requests are answered 400, as by a proxy that does not let them through.
 * - `handshakeError`: every handshake is answered with this text and the connection is closed.
 * - `pingIntervalMs`: of silence, before the hub pings. `clientTimeoutMs`: of a client's silence, before it is dropped.
 * - `maxReceiveBytes`: for one record of a client (ASP.NET Core's default; the vendor's value is not known).
 * - `arguments`: whether `UnsubscribeAll` and `AvailableSubscriptions` take an argument that nobody needs. `exact` is
 *   what a hub method of ASP.NET Core does; `lenient` (assumed, because the vendor's sample and older clients differ)
 *   takes 0 or 1.
 * - `results`: `messages` is the older style, where results come as messages and calls return null.
 * - `activeSubscriptions`: whether there is a hub method `GetActiveSubscriptions`, which is not documented.
 * - `dataKeys`, `subscriptionKeys`: spelling of the members of `data` and of `subscription`.
 * - `userNameKey`: `swapped` writes `username` where `userName` is documented, and the other way round.
 * - `dates`: real hubs were seen to leave the `Z` out.
 * - `eventType`: the undocumented member; a number when it was last seen, and announced to become text.
 * - `extraFields`: whether `data` has members that are not documented.
 * - `serialField`: a further member of `data` for the message's serial number; empty for none.
 * - `duplicates`: how many more times each message is sent at once.
 */
const behaviourSchema = z.strictObject({
  tokenLifetimeMs: z.number(),
  transports: z.array(z.enum(['WebSockets', 'ServerSentEvents', 'LongPolling'])),
  refuseWebSockets: z.boolean(),
  handshakeError: z.string(),
  pingIntervalMs: z.number().check(z.positive()),
  clientTimeoutMs: z.number().check(z.positive()),
  maxReceiveBytes: z.int().check(z.positive()),
  arguments: z.enum(['lenient', 'exact']),
  results: z.enum(['returned', 'messages']),
  activeSubscriptions: z.boolean(),
  dataKeys: z.enum(['camel', 'pascal']),
  subscriptionKeys: z.enum(['camel', 'pascal']),
  userNameKey: z.enum(['documented', 'swapped']),
  dates: z.enum(['withoutZ', 'withZ']),
  eventType: z.enum(['number', 'text', 'absent']),
  extraFields: z.boolean(),
  serialField: z.string(),
  duplicates: z.int().check(z.nonnegative()),
});

export type BehaviourSettings = z.infer<typeof behaviourSchema>;

const defaults: BehaviourSettings = {
  tokenLifetimeMs: 3_600_000,
  transports: ['WebSockets', 'ServerSentEvents', 'LongPolling'],
  refuseWebSockets: false,
  handshakeError: '',
  pingIntervalMs: 15_000,
  clientTimeoutMs: 30_000,
  maxReceiveBytes: 32 * 1024,
  arguments: 'lenient',
  results: 'returned',
  activeSubscriptions: false,
  dataKeys: 'camel',
  subscriptionKeys: 'camel',
  userNameKey: 'documented',
  dates: 'withoutZ',
  eventType: 'number',
  extraFields: false,
  serialField: '',
  duplicates: 0,
};

/** The behaviour in force; changes hold until `reset`. */
export class Behaviour {
  readonly #initial: BehaviourSettings;
  #current: BehaviourSettings;

  constructor(changes: Partial<BehaviourSettings> = {}) {
    this.#initial = read({ ...defaults, ...changes });
    this.#current = this.#initial;
  }

  get current(): BehaviourSettings {
    return this.#current;
  }

  /** Throws an Error that lists the settings that are unknown or wrong. */
  change(changes: object): BehaviourSettings {
    this.#current = read({ ...this.#current, ...changes });
    return this.#current;
  }

  reset(): void {
    this.#current = this.#initial;
  }
}

function read(settings: object): BehaviourSettings {
  const parsed = behaviourSchema.safeParse(settings);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return parsed.data;
}
