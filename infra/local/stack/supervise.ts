import { setTimeout as delay } from 'node:timers/promises';
import { type Child, type ChildSpec, startChild } from './child.ts';

/** A program that is started again when it ends without having been told to. */
export interface Supervised {
  /** What the first start reported. */
  readonly ready: unknown;
  /** Changes when the program was started again. */
  pid(): number;
  kill(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

export interface SuperviseOptions {
  /** Called with what the first start reported, for every later start: ports must not change. */
  readonly again: (ready: unknown) => ChildSpec;
  /** Called when it was started again, to give it back what it kept nowhere. */
  readonly onBack?: () => Promise<void>;
  /** Called when it could not be started again. */
  readonly onGivenUp: (error: unknown) => void;
  /** How long after its end it is started again (default: 300 ms). */
  readonly restartDelayMs?: number;
  /** How often it is started again (default: 20 times). */
  readonly maxRestarts?: number;
  /** How long it may take to end before it is killed (default: 5 s). */
  readonly stopTimeoutMs?: number;
}

const RESTART_DELAY_MS = 300;
const MAX_RESTARTS = 20;
const STOP_TIMEOUT_MS = 12_000;

/** Starts a program and keeps it running. @throws ChildError when the first start fails. */
export async function supervise(spec: ChildSpec, options: SuperviseOptions): Promise<Supervised> {
  const { again, onBack, onGivenUp } = options;
  const { restartDelayMs = RESTART_DELAY_MS, maxRestarts = MAX_RESTARTS, stopTimeoutMs = STOP_TIMEOUT_MS } = options;
  let child: Child = await startChild(spec);
  const { ready } = child;
  let stopping = false;

  const watch = async () => {
    for (let restarts = 0; restarts < maxRestarts; restarts++) {
      await child.ended;
      if (stopping) return;
      spec.onLine(`${spec.name}: ended, is started again`);
      await delay(restartDelayMs);
      if (stopping) return;
      child = await startChild(again(ready));
      if (stopping) return end(child, stopTimeoutMs);
      // When it ends meanwhile there is a next start, and a next try.
      await onBack?.().catch((error: unknown) => spec.onLine(`${spec.name}: ${String(error)}`));
      spec.onLine(`${spec.name}: runs again`);
    }
    await child.ended;
    if (!stopping) throw new Error(`${spec.name} ended ${maxRestarts + 1} times and is not started again`);
  };
  const watching = watch().catch((error: unknown) => {
    if (!stopping) onGivenUp(error);
  });

  return {
    ready,
    pid: () => child.pid,
    kill: (signal) => child.kill(signal),
    async stop() {
      stopping = true;
      await end(child, stopTimeoutMs);
      await watching;
    },
  };
}

async function end(child: Child, timeoutMs: number): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  await child.ended;
  clearTimeout(timer);
}
