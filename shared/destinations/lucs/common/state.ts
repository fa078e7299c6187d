/** A task or callback. Its states are open: two of a task's four literals are not documented. */
interface HasState {
  readonly State?: string | null | undefined;
}

/** A task in the queue, or put back for it by a refresh. The documentation calls both by either name. */
export function isWaiting(thing: HasState | undefined): boolean {
  return ['inqueue', 'pending'].includes(stateOf(thing));
}

/**
 * A task that an agent has taken, or that "setestablished" was said of.
 *
 * @param literals what LUCS calls this state, which is not documented
 */
export function isEstablished(thing: HasState | undefined, literals: readonly string[]): boolean {
  return literals.some((State) => stateOf({ State }) === stateOf(thing));
}

export function isTerminated(thing: HasState | undefined): boolean {
  return stateOf(thing) === 'terminated';
}

/** The pages write `InQueue` and "In Queue". */
function stateOf(thing: HasState | undefined): string {
  return (thing?.State ?? '').replaceAll(' ', '').toLowerCase();
}
