import rhea from 'rhea';

/**
 * Keeps rhea from settling a delivery with its neighbour's outcome.
 *
 * rhea 3.0.5 gathers the dispositions of one turn into ranges, but does not compare the outcomes of the first two
 * deliveries of a list. Completing one message and abandoning the next in the same turn completes both: the second is
 * lost without an error. With this in place a list never holds outcomes that may not share a range.
 *
 * It reaches into rhea's sessions, so it refuses to start on a rhea whose insides look different.
 * Every process that settles messages calls it once before it connects; calling it again does nothing.
 */
export function splitDispositionsByOutcome(): void {
  // A session that belongs to no connection: the classes behind it are not exported.
  const session: unknown = rhea.create_connection({ host: 'localhost', port: 0, reconnect: false }).create_session();
  if (!isSession(session)) throw new Error(INCOMPATIBLE);
  const { incoming, outgoing } = session;
  const flush = (run: Settlement[]) => {
    // An outgoing half without deliveries does nothing but write the dispositions it is given.
    outgoing.pending_dispositions = run;
    outgoing.process();
  };
  splitUpdates(Object.getPrototypeOf(incoming), 'updated', flush);
  splitUpdates(Object.getPrototypeOf(outgoing), 'pending_dispositions', flush);
}

const INCOMPATIBLE = 'This rhea is not the one its outcome fix was made for: pin rhea 3.0.5, or check the fix again.';
const SPLIT = Symbol.for('bus.rhea.dispositions-split-by-outcome');
const ACCEPTED = 0x24;

interface Settlement {
  state?: { readonly descriptor: { readonly value: unknown } } | undefined;
}

type Half<List extends string> = { [key in List]: Settlement[] } & {
  update(delivery: Settlement | undefined, settled: boolean, state?: Settlement['state']): void;
};

interface RheaSession {
  readonly incoming: Half<'updated'>;
  readonly outgoing: Half<'pending_dispositions'> & { process(): void };
}

function isSession(value: unknown): value is RheaSession {
  if (typeof value !== 'object' || value === null || !('incoming' in value) || !('outgoing' in value)) return false;
  const { incoming, outgoing } = value;
  return (
    isHalf(incoming, 'updated') &&
    isHalf(outgoing, 'pending_dispositions') &&
    'process' in outgoing &&
    typeof outgoing.process === 'function'
  );
}

function isHalf<List extends string>(value: unknown, list: List): value is Half<List> {
  if (typeof value !== 'object' || value === null || !('update' in value)) return false;
  return typeof value.update === 'function' && Array.isArray(Reflect.get(value, list));
}

function splitUpdates<List extends string>(
  prototype: Half<List>,
  list: List,
  flush: (run: Settlement[]) => void,
): void {
  if (SPLIT in prototype) return;
  const update = prototype.update;
  prototype.update = function updateAlone(this: Half<List>, delivery, settled, state) {
    const pending = this[list];
    const previous = pending.at(-1);
    if (previous !== undefined && delivery !== undefined && !mayShareRange(previous.state, state ?? delivery.state)) {
      flush(pending.splice(0));
    }
    update.call(this, delivery, settled, state);
  };
  Object.defineProperty(prototype, SPLIT, { value: true });
}

/** Only "accepted" carries nothing else that could differ. */
function mayShareRange(a: Settlement['state'], b: Settlement['state']): boolean {
  return a?.descriptor.value === b?.descriptor.value && (a === undefined || a.descriptor.value === ACCEPTED);
}
