import type * as z from '../zod.ts';

/** What a step knows about the delivery it is carried out for. */
export interface StepCall {
  /**
   * Names this delivery and no other, the same on every attempt: 43 characters of base64url. Steps hand it to the
   * destination as their reference, so that a doubtful attempt can be looked up later.
   */
  readonly deliveryId: string;
  readonly traceparent: string | undefined;
  /** Time since the first attempt of this delivery. */
  readonly ageMs: number;
  /**
   * What a {@link StepDefinition.remembered} step made for an event of the same subject, or is about to make; the latest
   * when there are several. Undefined when no delivery of such a step has begun.
   *
   * @throws TransientError when the ledger does not answer.
   */
  readonly findCreated: (step: string) => Promise<Created | undefined>;
}

/** What became of a delivery that another one builds on. */
export type Created =
  | { readonly kind: 'done'; readonly result: unknown }
  /** It will be tried, is being tried now, or waits to be tried again. */
  | { readonly kind: 'underway' }
  /** It was given up. */
  | { readonly kind: 'failed' };

/** How a step is written down. */
export interface StepDefinition<Client, Args, Result> {
  /** One sentence for the editor that completes routes.yaml. */
  readonly summary: string;
  /** What the route must give, after its expressions are evaluated. */
  readonly args: z.ZodMiniType<Args>;
  /**
   * `warnings` of the result, a list of texts, are logged: so are the texts of errors, and neither holds personal data.
   *
   * @throws PermanentError | TransientError
   */
  readonly run: (client: Client, args: Args, call: StepCall) => Promise<Result>;
  /** Whether carrying it out twice has no more effect than once: reads, and writes under an id of our own. */
  readonly repeatable: boolean;
  /**
   * Asks the destination whether an earlier attempt of this delivery took effect, and gives its result, or undefined
   * when it did not. Absent where the destination can't tell, and not needed where the step is repeatable.
   */
  readonly findExisting?: (client: Client, args: Args, call: StepCall) => Promise<Result | undefined>;
  /** Later deliveries about the same subject can find its result by {@link StepCall.findCreated}. */
  readonly remembered?: true;
}

/** Something a route may ask of a destination that is reached through `Client`. */
export interface Step<Client> {
  readonly summary: string;
  readonly args: z.ZodMiniType;
  readonly bind: (client: Client) => BoundStep;
}

/** A step with its client filled in, as the delivery engine sees it. */
export interface BoundStep {
  readonly isRemembered: boolean;
  /** Reads arguments for this step. Problems name the argument, never its value. */
  readonly prepare: (args: unknown) => { ok: true; call: PreparedCall } | { ok: false; problems: readonly string[] };
}

export interface PreparedCall {
  readonly repeatable: boolean;
  readonly run: (call: StepCall) => Promise<unknown>;
  readonly findExisting: ((call: StepCall) => Promise<unknown>) | undefined;
}

/** Makes a step of its definition, whose types of arguments and result are closed off from then on. */
export function defineStep<Client, Args, Result>(definition: StepDefinition<Client, Args, Result>): Step<Client> {
  const { summary, args: schema, run, repeatable, findExisting, remembered = false } = definition;
  return {
    summary,
    args: schema,
    bind: (client) => ({
      isRemembered: remembered,
      prepare(input) {
        const parsed = schema.safeParse(input);
        if (!parsed.success) {
          return { ok: false, problems: parsed.error.issues.map(describe) };
        }
        const args = parsed.data;
        return {
          ok: true,
          call: {
            repeatable,
            run: (call) => run(client, args, call),
            findExisting: findExisting && ((call) => findExisting(client, args, call)),
          },
        };
      },
    }),
  };
}

/** Names of arguments come from the route, but keys below them can come from the event. */
function describe({ code, path, message }: z.core.$ZodIssue): string {
  const isBelow = path.length > 0;
  return `${path.join('.') || 'arguments'}: ${code === 'unrecognized_keys' && isBelow ? 'Unrecognized key' : message}`;
}
