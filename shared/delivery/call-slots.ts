/** How many calls start in one bucket of time. */
export interface Bucket {
  /** Milliseconds since the epoch; a multiple of the bucket's width. */
  readonly startMs: number;
  readonly calls: number;
}

export interface SlotRules {
  readonly callsPerWindow: number;
  readonly windowMs: number;
}

/** Buckets are a hundredth of the window wide, so that what is stored stays small however many calls are allowed. */
const BUCKETS_PER_WINDOW = 100;

/** How much longer than the window the stretch is that is kept free. */
const SLACK_PERCENT = 9;

/** How much later (or by a clock that is how much off) calls may start than their slots say before a limit could break. */
export function slackMs({ windowMs }: SlotRules): number {
  return Math.ceil((windowMs * SLACK_PERCENT) / 100);
}

/**
 * The earliest start, not before `notBeforeMs` and not before any start given out already, that leaves no more than
 * `callsPerWindow` starts in any stretch of `windowMs` plus {@link slackMs}.
 */
export function nextSlotMs(buckets: readonly Bucket[], notBeforeMs: number, rules: SlotRules): number {
  const spanMs = heededSpanMs(rules);
  const lastMs = buckets.at(-1)?.startMs ?? 0;
  let startMs = Math.max(bucketStartMs(notBeforeMs, rules), lastMs);
  let room = rules.callsPerWindow - 1;
  for (const bucket of buckets.toReversed()) {
    if (bucket.startMs <= startMs - spanMs) break;
    room -= bucket.calls;
    if (room < 0) {
      startMs = Math.max(startMs, bucket.startMs + spanMs);
      break;
    }
  }
  return Math.max(startMs, notBeforeMs);
}

/** The buckets with one more start at `slotMs`, without those that no later start has to heed. */
export function withSlot(buckets: readonly Bucket[], slotMs: number, rules: SlotRules): Bucket[] {
  const startMs = bucketStartMs(slotMs, rules);
  const heeded = buckets.filter((bucket) => bucket.startMs > startMs - heededSpanMs(rules));
  const last = heeded.at(-1);
  if (last?.startMs !== startMs) return [...heeded, { startMs, calls: 1 }];
  return [...heeded.slice(0, -1), { startMs, calls: last.calls + 1 }];
}

function bucketWidthMs({ windowMs }: SlotRules): number {
  return Math.max(1, Math.floor(windowMs / BUCKETS_PER_WINDOW));
}

function bucketStartMs(timeMs: number, rules: SlotRules): number {
  const widthMs = bucketWidthMs(rules);
  return Math.floor(timeMs / widthMs) * widthMs;
}

/** Starts in buckets this far apart are further apart than the window and its slack, wherever in them they lie. */
function heededSpanMs(rules: SlotRules): number {
  const widthMs = bucketWidthMs(rules);
  return widthMs * (1 + Math.ceil((rules.windowMs + slackMs(rules)) / widthMs));
}
