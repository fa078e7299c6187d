import { type InvocationHost, invoke } from './invoke.ts';
import type { LoadedFunction } from './load-app.ts';
import { describeError } from './log.ts';
import type { InvocationResponse, NamedData, RetryContext, TypedData } from './rpc.ts';
import { childTrace } from './trace-context.ts';

/** What a trigger hands to a function. */
export interface Payload {
  inputData: NamedData[];
  triggerMetadata: Record<string, TypedData>;
  traceParent?: string | undefined;
  traceState?: string | undefined;
}

export interface RunnerOptions extends InvocationHost {
  /** After this time a run is reported as stuck; `undefined`: never. */
  functionTimeoutMs: number | undefined;
  clock: () => number;
  newId: () => string;
  randomHex: (bytes: number) => string;
}

/** Runs functions, logs how they end, and knows which still run. */
export class FunctionRunner {
  readonly #options: RunnerOptions;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** Resolves when no invocation runs any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled([...this.#running]);
  }

  /**
   * Runs a function once.
   *
   * @throws what the function or a hook threw, after it has been logged.
   */
  async run(target: LoadedFunction, payload: Payload, retryContext?: RetryContext): Promise<InvocationResponse> {
    const run = this.#run(target, payload, retryContext);
    this.#running.add(run);
    try {
      return await run;
    } finally {
      this.#running.delete(run);
    }
  }

  async #run(target: LoadedFunction, payload: Payload, retryContext?: RetryContext): Promise<InvocationResponse> {
    const { clock, log } = this.#options;
    const invocationId = this.#options.newId();
    const startedMs = clock();
    const watchdog = this.#watch(target.name, invocationId);
    try {
      const response = await invoke(this.#options, target, {
        invocationId,
        functionId: target.metadata.functionId ?? target.name,
        inputData: payload.inputData,
        triggerMetadata: payload.triggerMetadata,
        traceContext: childTrace(payload.traceParent, payload.traceState, this.#options.randomHex),
        ...(retryContext === undefined ? {} : { retryContext }),
      });
      log.about(target.name, 'debug', `succeeded after ${clock() - startedMs} ms`, invocationId);
      return response;
    } catch (error) {
      log.about(target.name, 'error', `failed after ${clock() - startedMs} ms: ${describeError(error)}`, invocationId);
      throw error;
    } finally {
      clearTimeout(watchdog);
    }
  }

  #watch(functionName: string, invocationId: string): NodeJS.Timeout | undefined {
    const { functionTimeoutMs, log } = this.#options;
    if (functionTimeoutMs === undefined) return undefined;
    const report = (): void => {
      const limit = `functionTimeout of ${functionTimeoutMs / 1000} s`;
      log.about(functionName, 'error', `still runs after the ${limit}; Azure would stop it here`, invocationId);
    };
    return setTimeout(report, Math.min(functionTimeoutMs, 2 ** 31 - 1)).unref();
  }
}
