import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError } from '../../../shared/errors.ts';

export interface FuncOptions {
  readonly appFolder: string;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  readonly onLine: (line: string) => void;
}

export interface RunningFunc {
  readonly pid: number;
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;

/** Runs `func start` of Azure Functions Core Tools, and resolves when the app answers. @throws ConfigurationError */
export async function startFunc({ appFolder, port, env, onLine }: FuncOptions): Promise<RunningFunc> {
  const child = spawn('func', ['start', '--port', String(port)], {
    cwd: appFolder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let failure: Error | undefined;
  child.once('error', (cause) => {
    failure = new ConfigurationError('--func needs Azure Functions Core Tools', ['`func` is not on the PATH'], {
      cause,
    });
  });
  child.once('exit', (code) => {
    failure ??= new ConfigurationError('Azure Functions Core Tools ended', [`\`func start\` ended with ${code}`]);
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };

  const deadlineMs = Date.now() + READY_TIMEOUT_MS;
  while (!(await answers(port))) {
    if (failure) throw failure;
    if (Date.now() > deadlineMs) {
      await stop();
      throw new ConfigurationError('Azure Functions Core Tools', ['`func start` did not answer in time']);
    }
    await delay(200);
  }
  return { pid: child.pid ?? 0, stop };
}

async function answers(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}/api/health`, { signal: AbortSignal.timeout(5_000) });
    return true;
  } catch {
    return false;
  }
}
