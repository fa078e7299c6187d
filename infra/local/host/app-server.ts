import { randomUUID } from 'node:crypto';
import { ConfigurationError } from '../../../shared/errors.ts';
import { connectionString } from './app-settings.ts';
import { BusConnections } from './bus-connection.ts';
import { busPayload } from './bus-invocation.ts';
import { busListener, type Listener } from './bus-listeners.ts';
import { adminMessage } from './bus-message.ts';
import { BusOutages } from './bus-outages.ts';
import type { FunctionRunner } from './function-runner.ts';
import type { HostConfig } from './host-json.ts';
import { HttpServer } from './http-server.ts';
import type { FunctionKeys } from './keys.ts';
import type { LoadedApp, LoadedFunction } from './load-app.ts';
import { describeError, type HostLog } from './log.ts';
import { hostRetryPolicy } from './retry-policy.ts';
import { compileRoutes } from './routes.ts';
import { sleep } from './sleep.ts';
import { TimerListener } from './timer-listener.ts';
import type { ServiceBusTrigger } from './triggers.ts';
import { within } from './within.ts';

export interface AppServerOptions {
  app: LoadedApp;
  config: HostConfig;
  runner: FunctionRunner;
  keys: FunctionKeys;
  env: NodeJS.ProcessEnv;
  log: HostLog;
  clock: () => number;
  /** How long `stop` waits for running invocations. */
  stopTimeoutMs: number;
}

/** A bus that is there answers a goodbye at once; one that is gone would keep the client library waiting for a minute. */
const closeLimitMs = 1000;

/** Everything that starts the functions of one app: the HTTP server, the timers and the Service Bus listeners. */
export class AppServer {
  readonly #options: AppServerOptions;
  readonly #http: HttpServer;
  readonly #connections: BusConnections;
  readonly #listeners: Listener[] = [];
  readonly #timers = new Map<LoadedFunction, TimerListener>();

  /** @throws {ConfigurationError} when routes or connections are wrong. */
  constructor(options: AppServerOptions) {
    this.#options = options;
    const { app, config, keys, runner, log } = options;
    this.#connections = new BusConnections(config.serviceBus);
    this.#http = new HttpServer({
      routes: compileRoutes(app.functions, config.routePrefix),
      functions: app.functions,
      keys,
      runner,
      log,
      start: (target, input) => this.#startByHand(target, input),
    });
    this.#addTimers();
    this.#addBusListeners();
  }

  /** Starts serving. @returns the port. @throws {PortInUseError} */
  async start(port: number): Promise<number> {
    const bound = await this.#http.listen(port);
    for (const [target, timer] of this.#timers) if (!target.disabled) timer.start();
    for (const listener of this.#listeners) listener.start();
    return bound;
  }

  /** Takes no new work and waits for the running invocations, but no longer than the limit. */
  async stop(): Promise<void> {
    const { runner, stopTimeoutMs, log } = this.#options;
    for (const timer of this.#timers.values()) timer.stop();
    const stopped = Promise.allSettled([this.#http.drain(), ...this.#listeners.map((listener) => listener.stop())]);
    const settled = await within(
      stopTimeoutMs,
      stopped.then(() => runner.idle()),
    );
    if (!settled)
      log.host('warning', `Invocations still run after ${stopTimeoutMs} ms; their messages will be redelivered.`);
    this.#http.cut();
    await within(closeLimitMs, this.#connections.close());
  }

  #addTimers(): void {
    const { app, config, runner, clock, log } = this.#options;
    for (const target of app.functions) {
      const { trigger } = target;
      if (trigger.kind === 'timer') {
        const retry = target.retry ?? (config.retry && hostRetryPolicy(config.retry));
        const timing = { clock, random: Math.random, sleep };
        this.#timers.set(target, new TimerListener({ target, trigger, retry, runner, ...timing }));
      } else if (target.retry !== undefined) {
        log.about(target.name, 'warning', 'its retry policy has no effect: such triggers have none');
      }
    }
  }

  #addBusListeners(): void {
    const { app, config, runner, env, log, clock } = this.#options;
    const problems: string[] = [];
    const outages = new Map<string, BusOutages>();
    for (const target of app.functions) {
      const { trigger } = target;
      if (trigger.kind !== 'serviceBus' || target.disabled) continue;
      const report = (problem: string): void => {
        problems.push(`function '${target.name}': ${problem}`);
      };
      const connected = this.#connect(trigger, env, report);
      if (connected === undefined) continue;
      const known = outages.get(trigger.connection) ?? new BusOutages(log, trigger.connection);
      outages.set(trigger.connection, known);
      const services = { runner, outages: known, log, clock, sleep, keepEmpty: this.#keepEmpty };
      this.#listeners.push(busListener({ target, trigger, ...connected, config: config.serviceBus, ...services }));
    }
    if (problems.length > 0) throw new ConfigurationError('Service Bus functions cannot be served', problems);
  }

  #connect(trigger: ServiceBusTrigger, env: NodeJS.ProcessEnv, report: (problem: string) => void) {
    const text = connectionString(trigger.connection, env, report);
    if (text === undefined) return undefined;
    try {
      return {
        client: this.#connections.client(text),
        acceptor: this.#connections.acceptor(text, trigger.entity),
      };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      report(`the setting behind connection '${trigger.connection}' is no connection string: ${reason}`);
      return undefined;
    }
  }

  get #keepEmpty(): boolean {
    return /^true$/i.test(this.#options.app.capabilities.IncludeEmptyEntriesInMessagePayload ?? '');
  }

  #startByHand(target: LoadedFunction, input: string): void {
    const { runner, log, clock } = this.#options;
    const run = async (): Promise<unknown> => {
      const timer = this.#timers.get(target);
      if (timer !== undefined) return timer.run(false);
      if (target.trigger.kind !== 'serviceBus') return undefined;
      const message = adminMessage(input, randomUUID(), clock());
      return runner.run(target, busPayload(target.trigger, [message], this.#keepEmpty));
    };
    run().catch((error: unknown) => {
      log.about(target.name, 'debug', `the run that was asked for by hand failed: ${describeError(error)}`);
    });
  }
}
