/** The hooks an app can register, and the contexts they get: some members are theirs to change, the others are not. */

export type HookCallback = (context: object) => unknown;

const hookNames = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'] as const;
export type HookName = (typeof hookNames)[number];

/** Undoes a registration; the core module's `Disposable`. */
export class Disposable {
  #undo: (() => unknown) | undefined;

  constructor(undo: () => unknown) {
    this.#undo = undo;
  }

  /** One disposable that disposes of all the given ones. */
  static from(...disposables: readonly { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const disposable of disposables) disposable.dispose();
    });
  }

  dispose(): unknown {
    const undo = this.#undo;
    this.#undo = undefined;
    return undo?.();
  }
}

/** Thrown when a hook assigns to a member that belongs to the host; named and marked as the Node worker does. */
export class ReadOnlyError extends TypeError {
  override readonly name = 'ReadOnlyError';
  readonly isAzureFunctionsSystemError = true;

  constructor(property: string) {
    super(`Cannot assign to read only property '${property}'`);
  }
}

/** Adds members to a hook's context that can be read and whose assignment throws {@link ReadOnlyError}. */
export function addReadOnly(context: object, members: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(context, name, {
      enumerable: true,
      get: () => value,
      set: () => {
        throw new ReadOnlyError(name);
      },
    });
  }
}

/** The registered hooks, in the order of their registration. */
export class Hooks {
  readonly #callbacks = new Map<HookName, HookCallback[]>(hookNames.map((name) => [name, []]));
  /** Shared by all hooks of the app. */
  readonly appHookData: Record<string, unknown> = {};
  /** Shared by the `appStart` and `appTerminate` hooks alone. */
  readonly appLevelHookData: Record<string, unknown> = {};

  /** @throws {RangeError} for a name that is no hook. */
  register(name: string, callback: HookCallback): Disposable {
    const known = hookNames.find((hookName) => hookName === name);
    const callbacks = known === undefined ? undefined : this.#callbacks.get(known);
    if (callbacks === undefined) {
      const error = new RangeError(`Unrecognized hook "${name}"`);
      throw Object.assign(error, { isAzureFunctionsSystemError: true });
    }
    callbacks.push(callback);
    return new Disposable(() => {
      const index = callbacks.indexOf(callback);
      if (index >= 0) callbacks.splice(index, 1);
    });
  }

  /** Runs the hooks one after the other; the first that throws stops the rest. */
  async run(name: Exclude<HookName, 'log'>, context: object): Promise<void> {
    for (const callback of [...(this.#callbacks.get(name) ?? [])]) await callback(context);
  }

  /** Runs the log hooks. What they throw is dropped: logging must not fail an invocation. */
  runLog(context: object): void {
    for (const callback of this.#callbacks.get('log') ?? []) {
      try {
        callback(context);
      } catch {}
    }
  }
}
