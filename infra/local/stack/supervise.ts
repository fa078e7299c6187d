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
  /** Called when it could not be started again. */
  readonly onGivenUp: (error: unknown) => void;
}

const RESTART_DELAY_MS = 300;
const MAX_RESTARTS = 20;
const STOP_TIMEOUT_MS = 5_000;

/** Starts a program and keeps it running. @throws ChildError when the first start fails. */
export async function supervise(spec: ChildSpec, { again, onGivenUp }: SuperviseOptions): Promise<Supervised> {
  let child: Child = await startChild(spec);
  const { ready } = child;
  let stopping = false;

  const watch = async () => {
    for (let restarts = 0; restarts < MAX_RESTARTS; restarts++) {
      await child.ended;
      if (stopping) return;
      spec.onLine(`${spec.name} ended; it is started again`);
      await delay(RESTART_DELAY_MS);
      if (stopping) return;
      child = await startChild(again(ready));
      spec.onLine(`${spec.name} is back`);
    }
    throw new Error(`${spec.name} ended ${MAX_RESTARTS} times`);
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
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await child.ended;
      clearTimeout(timer);
      await watching;
    },
  };
}
