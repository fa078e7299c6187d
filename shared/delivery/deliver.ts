import type { Bus } from '../bus/bus.ts';
import type { BoundStep, PreparedCall, StepCall } from '../destinations/step.ts';
import { PermanentError, TransientError } from '../errors.ts';
import type { Log, LogFields } from '../log.ts';
import { type Route, type RouteStep, type Routes, scopeOf } from '../routes/load-routes.ts';
import type { Creations } from './creations.ts';
import { type Delivery, deliveryId, deliveryKey, queueOf, toDeliveryMessage } from './delivery.ts';
import { FAILED_QUEUE, type Failure, failedDeliveryMessage } from './failure.ts';
import type { DeliveryKey, Ledger } from './ledger.ts';
import { type Backoff, backoffMs } from './retry-timing.ts';
import { warningsOf } from './warnings.ts';

export interface DeliverOptions {
  readonly routes: Routes;
  /** Steps of the destinations that have settings, by name. */
  readonly steps: ReadonlyMap<string, BoundStep>;
  readonly ledger: Ledger;
  readonly creations: Creations;
  readonly bus: Bus;
  readonly lanes: number;
  readonly clock: () => number;
  /** Between 0 and 1. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly retry: RetryPolicy;
}

export interface RetryPolicy {
  /** Tries at once, in the process, before a copy is scheduled. */
  readonly quickTries: number;
  readonly quick: Backoff;
  readonly later: Backoff;
  /** A delivery whose first attempt is older than this is given up. */
  readonly maxAgeMs: number;
  /**
   * How long a claim keeps other processes away: longer than all quick tries usually take together. One that ends early
   * does harm only where the message's session was lost at the same time.
   */
  readonly claimMs: number;
}

/**
 * Carries out a delivery so that it has exactly one effect: claims it in the ledger, calls the destination, stores the
 * outcome, and sends the route's next step on its way. Failures that may pass are tried again, at once and then as a
 * scheduled copy; others go to `failed`.
 * @throws TransientError only when the bus takes neither the next step, nor the copy, nor the failure.
 */
export async function deliver(delivery: Delivery, options: DeliverOptions, log: Log): Promise<void> {
  const { ledger, bus, clock } = options;
  const startedMs = clock();
  const key = deliveryKey(delivery);
  const about = (result: string): LogFields => ({
    event: delivery.event.id,
    route: delivery.route,
    step: delivery.stepName,
    result,
    ms: clock() - startedMs,
    eventAgeMs: delivery.acceptedAt === undefined ? undefined : clock() - Date.parse(delivery.acceptedAt),
  });
  let claimed: { version: string } | undefined;

  try {
    const claim = await ledger.claim(key, startedMs, options.retry.claimMs);
    switch (claim.kind) {
      case 'failed':
        return log.info('delivery', about('given up before'));
      case 'busy': {
        // Not a failure, however old the delivery: when the claim has ended, its outcome can be learnt.
        const inMs = claim.untilMs - startedMs + backoffMs(1, options.retry.quick, options.random());
        await sendLater(delivery, inMs, options);
        return log.info('delivery', { ...about('another process has it'), inMs });
      }
      case 'done':
        await sendNextStep(delivery, claim.result, options);
        return log.info('delivery', about('done before'));
    }
    claimed = claim;
    const attempt = await attemptStep(delivery, claim.mayHaveRun, key, options);
    await ledger.complete(key, claim.version, attempt.result);
    claimed = undefined;
    for (const reason of warningsOf(attempt.result)) log.warn('delivery', { ...about('warning'), reason });
    await sendNextStep(delivery, attempt.result, options);
    log.info('delivery', about(attempt.how));
  } catch (error) {
    if (isPermanent(error) || clock() - Date.parse(delivery.firstAttemptAt) >= options.retry.maxAgeMs) {
      await bus.send(FAILED_QUEUE, [failedDeliveryMessage(delivery, describe(error, delivery, clock()))]);
      if (claimed) await ledger.fail(key, claimed.version).catch(() => undefined);
      await giveUpCreations(delivery, options).catch(() => undefined);
      log.error('delivery', { ...about('failed'), reason: describe(error, delivery, clock()).message });
    } else {
      const delayMs = retryDelayMs(error, delivery, options);
      await sendLater(delivery, delayMs, options);
      if (claimed) await ledger.release(key, claimed.version).catch(() => undefined);
      log.warn('delivery', { ...about('retry'), inMs: delayMs, reason: describe(error, delivery, clock()).message });
    }
  }
}

/** One claimed attempt with its quick tries, and how its result came about. */
async function attemptStep(
  delivery: Delivery,
  mayHaveRun: boolean,
  key: DeliveryKey,
  options: DeliverOptions,
): Promise<{ result: unknown; how: 'done' | 'found done' | 'done, possibly twice' }> {
  await announceCreations(delivery, options);
  const prepared = await prepareCall(delivery, options);
  const { creations, clock } = options;
  const { quickTries, quick } = options.retry;
  const call: StepCall = {
    deliveryId: deliveryId(key),
    traceparent: delivery.event.traceparent,
    ageMs: clock() - Date.parse(delivery.firstAttemptAt),
    findCreated: (step) => creations.find(delivery.event.subject, step),
  };
  let inDoubt = mayHaveRun;
  for (let attempt = 1; ; attempt++) {
    try {
      const existing = inDoubt ? await prepared.findExisting?.(call) : undefined;
      if (existing !== undefined) return { result: existing, how: 'found done' };
      const unsettled = inDoubt && prepared.findExisting === undefined && !prepared.repeatable;
      inDoubt = true;
      const result = (await prepared.run(call)) ?? null;
      return { result, how: unsettled ? 'done, possibly twice' : 'done' };
    } catch (error) {
      const isQuick = error instanceof TransientError && (error.retryAfterMs ?? 0) <= quick.capMs;
      if (!isQuick || attempt >= quickTries) throw error;
      await options.sleep(error.retryAfterMs ?? backoffMs(attempt, quick, options.random()));
    }
  }
}

async function prepareCall(delivery: Delivery, { routes, steps }: DeliverOptions): Promise<PreparedCall> {
  const { routeStep } = stepOf(delivery, routes.all);
  const bound = steps.get(delivery.stepName);
  if (bound === undefined) throw new PermanentError(`the destination of "${delivery.stepName}" has no settings`);
  const args = await routeStep.mapArguments(scopeOf(delivery.event, delivery.results, routes.settings));
  const prepared = bound.prepare(args);
  if (!prepared.ok) throw new PermanentError(`the route gives wrong arguments: ${prepared.problems.join('; ')}`);
  return prepared.call;
}

/** From a route's first step on, so that whoever builds on a later one knows that it is still to come. */
async function announceCreations(delivery: Delivery, options: DeliverOptions): Promise<void> {
  for (const { name, key } of creationsAhead(delivery, options)) {
    await options.creations.announce(delivery.event.subject, name, key);
  }
}

/** A step that failed for good takes the later ones with it. */
async function giveUpCreations(delivery: Delivery, options: DeliverOptions): Promise<void> {
  for (const { name, key } of creationsAhead(delivery, options)) {
    await options.creations.giveUp(delivery.event.subject, name, key);
  }
}

function creationsAhead(delivery: Delivery, { routes, steps }: DeliverOptions): { name: string; key: DeliveryKey }[] {
  const { route } = stepOf(delivery, routes.all);
  return route.steps.flatMap(({ name }, step) =>
    step >= delivery.step && steps.get(name)?.isRemembered ? [{ name, key: { ...deliveryKey(delivery), step } }] : [],
  );
}

async function sendNextStep(delivery: Delivery, result: unknown, options: DeliverOptions): Promise<void> {
  const { route, routeStep } = stepOf(delivery, options.routes.all);
  const next = route.steps[delivery.step + 1];
  if (next === undefined) return;
  const nextDelivery: Delivery = {
    ...delivery,
    step: delivery.step + 1,
    stepName: next.name,
    results: routeStep.as === undefined ? delivery.results : { ...delivery.results, [routeStep.as]: result },
    attempt: 1,
    firstAttemptAt: new Date(options.clock()).toISOString(),
  };
  await options.bus.send(queueOf(next.name), [toDeliveryMessage(nextDelivery, options.lanes)]);
}

async function sendLater(delivery: Delivery, delayMs: number, { bus, lanes, clock }: DeliverOptions): Promise<void> {
  const again = { ...delivery, attempt: delivery.attempt + 1 };
  await bus.send(queueOf(delivery.stepName), [toDeliveryMessage(again, lanes, new Date(clock() + delayMs))]);
}

function stepOf(delivery: Delivery, routes: readonly Route[]): { route: Route; routeStep: RouteStep } {
  const route = routes.find(({ id }) => id === delivery.route);
  const routeStep = route?.steps[delivery.step];
  if (route === undefined || routeStep === undefined || routeStep.name !== delivery.stepName) {
    throw new PermanentError('the route was changed or removed after this delivery was made');
  }
  return { route, routeStep };
}

/** Not beyond the age at which the delivery is given up, or a destination could ask to be left alone for years. */
function retryDelayMs(error: unknown, delivery: Delivery, { retry, random, clock }: DeliverOptions): number {
  const asked = error instanceof TransientError ? error.retryAfterMs : undefined;
  const remainingMs = Date.parse(delivery.firstAttemptAt) + retry.maxAgeMs - clock();
  return Math.min(remainingMs, Math.max(asked ?? 0, backoffMs(delivery.attempt, retry.later, random())));
}

/** What is neither transient nor permanent is a fault of the bridge: repeating the call would only repeat the fault. */
function isPermanent(error: unknown): boolean {
  return !(error instanceof TransientError);
}

function describe(error: unknown, delivery: Delivery, nowMs: number): Failure {
  const known = error instanceof PermanentError || error instanceof TransientError ? error : undefined;
  return {
    errorClass: error instanceof Error ? error.name : 'Error',
    message: known?.message ?? 'an unexpected fault in the bridge',
    httpStatus: known?.httpStatus,
    attempts: delivery.attempt,
    firstAttemptAt: delivery.firstAttemptAt,
    lastAttemptAt: new Date(nowMs).toISOString(),
  };
}
