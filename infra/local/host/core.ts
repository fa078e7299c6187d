import Module from 'node:module';
import { addReadOnly, Disposable, type HookCallback, Hooks } from './hooks.ts';
import type { HostLog } from './log.ts';
import type { FunctionCallback, FunctionMetadata, LogCategory, LogLevel, ProgrammingModel } from './rpc.ts';

/** The releases of the Node worker and the Functions host whose behaviour this host copies. */
const workerVersion = '3.11.1';
const hostVersion = '4.1037.0';

export interface RegisteredFunction {
  metadata: FunctionMetadata;
  callback: FunctionCallback;
}

/** The module `@azure/functions-core`: what the library in the app finds when it asks for its host. */
export interface CoreModule {
  readonly version: string;
  readonly hostVersion: string;
  readonly Disposable: typeof Disposable;
  setProgrammingModel(model: ProgrammingModel): void;
  getProgrammingModel(): ProgrammingModel | undefined;
  registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable;
  registerHook(name: string, callback: HookCallback): Disposable;
  log(level: LogLevel, category: LogCategory, message: string): void;
}

/** The core module together with what the app registered through it. */
export class Core {
  readonly hooks = new Hooks();
  readonly functions = new Map<string, RegisteredFunction>();
  readonly module: CoreModule;
  #model: ProgrammingModel | undefined;
  #locked = false;

  constructor(log: HostLog) {
    this.module = {
      version: workerVersion,
      hostVersion,
      Disposable,
      setProgrammingModel: (model) => {
        this.#model = model;
      },
      getProgrammingModel: () => this.#model,
      registerFunction: (metadata, callback) => this.#register(metadata, callback),
      registerHook: (name, callback) => this.hooks.register(name, callback),
      log: (level, category, message) => {
        const changed = runLogHooks(this.hooks, { level, category, message }, {});
        log.write({ ...changed, category: category === 'user' ? 'Worker.User' : 'Worker' });
      },
    };
  }

  get model(): ProgrammingModel | undefined {
    return this.#model;
  }

  /** After the functions have been indexed no more can be registered. */
  lock(): void {
    this.#locked = true;
  }

  #register(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
    if (this.#locked) throw systemError('A function can only be registered during app startup.');
    const id = metadata.functionId || metadata.name;
    if (this.functions.has(id)) {
      throw systemError(`A function with the name or id "${id}" has already been registered.`);
    }
    this.functions.set(id, { metadata, callback });
    return new Disposable(() => {
      if (this.#locked) throw systemError('A function can only be disposed during app startup.');
      this.functions.delete(id);
    });
  }
}

/** Shows a record to the log hooks. Only `user` records can be rewritten by them. */
export function runLogHooks(
  hooks: Hooks,
  record: { level: LogLevel; category: LogCategory; message: string },
  fixed: { hookData?: Record<string, unknown>; invocationContext?: unknown },
): { level: LogLevel; message: string } {
  const context = { level: record.level, message: record.message };
  addReadOnly(context, {
    category: record.category,
    hookData: fixed.hookData ?? hooks.appLevelHookData,
    appHookData: hooks.appHookData,
    invocationContext: fixed.invocationContext,
  });
  hooks.runLog(context);
  return record.category === 'user' ? context : record;
}

/**
 * Makes `require('@azure/functions-core')` answer with the given module, as the Node worker does. It must happen before the
 * app's first `app.*` call: the library remembers the first answer for ever.
 *
 * @returns the undoing.
 */
export function installCore(module: CoreModule): () => void {
  const original: unknown = Reflect.get(Module, '_load');
  if (typeof original !== 'function') throw new Error('This Node.js version has no Module._load to hook into.');
  Reflect.set(Module, '_load', function load(this: unknown, request: string, ...rest: unknown[]): unknown {
    return request === '@azure/functions-core' ? module : Reflect.apply(original, this, [request, ...rest]);
  });
  return () => {
    Reflect.set(Module, '_load', original);
  };
}

function systemError(message: string): Error {
  return Object.assign(new Error(message), { isAzureFunctionsSystemError: true });
}
