import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import * as z from '../../shared/zod.ts';

/** The CPU is what the process has used since its start, the memory that of now. */
const usageSchema = z.object({ cpuMicroseconds: z.number(), rssBytes: z.number() });
export type Usage = z.infer<typeof usageSchema>;

const typed = z.looseObject({ type: z.string() });

export interface ProcessOptions {
  readonly name: string;
  /** TypeScript, or JavaScript that is run as it is. */
  readonly file: string;
  /** The bundled relay-probe.ts. */
  readonly probe: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** A program that takes part in the bench, in a process of its own that ends with this one. */
export class BenchProcess {
  readonly #name: string;
  readonly #child: ChildProcess;
  /** The message by which it said that it is ready. */
  readonly ready: Promise<unknown>;

  constructor({ name, file, probe, env = {} }: ProcessOptions) {
    this.#name = name;
    this.#child = fork(file, {
      execArgv: [...(file.endsWith('.ts') ? ['--import', 'tsx'] : []), '--require', probe],
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.ready = this.#next('ready');
  }

  usage(): Promise<Usage> {
    return this.ask('usage', 'usage', usageSchema);
  }

  /** Sends `message` and gives the answer of this `type`. One question at a time. */
  async ask<T>(message: string | object, type: string, schema: z.ZodMiniType<T>): Promise<T> {
    const answer = this.#next(type);
    this.#child.send(message);
    return z.parse(schema, await answer);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  }

  #next(type: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#child.off('message', take);
        this.#child.off('exit', fail);
      };
      const take = (message: unknown) => {
        if (z.safeParse(typed, message).data?.type !== type) return;
        settle();
        resolve(message);
      };
      const fail = () => {
        settle();
        reject(new Error(`${this.#name} ended`));
      };
      this.#child.on('message', take);
      this.#child.on('exit', fail);
    });
  }
}

const STOP_WITHIN_MS = 10_000;
