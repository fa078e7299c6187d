import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError } from '../../../shared/errors.ts';

export interface FuncOptions {
  /** The folder of host.json, with a built app. */
  readonly appFolder: string;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  readonly onLine: (line: string) => void;
  /** Ends Core Tools, whether they are ready or not. */
  readonly signal: AbortSignal;
  /** How long they may take to end before they are killed (default: 5 s). */
  readonly stopTimeoutMs?: number;
}

export interface RunningFunc {
  /** Resolves when Core Tools and everything they started have ended. */
  readonly ended: Promise<void>;
}

/** Their first start downloads the extension bundle. */
export const FUNC_READY_TIMEOUT_MS = 60_000;

const isWindows = process.platform === 'win32';

const STOP_TIMEOUT_MS = 5_000;
const PROBE_EVERY_MS = 100;

/** Runs `func start` of Azure Functions Core Tools, and resolves when the app answers. @throws ConfigurationError */
export async function startFunc(options: FuncOptions): Promise<RunningFunc> {
  const { appFolder, port, env, onLine, signal, stopTimeoutMs = STOP_TIMEOUT_MS } = options;
  // `func` is a chain of programs; a group of their own is what all of them can be ended by.
  // On Windows that would be a window of its own, and npm makes `func` a .cmd file there, which only a shell starts.
  const [command, args] = isWindows ? [`func start --port ${port}`, []] : ['func', ['start', '--port', String(port)]];
  const child = spawn(command, args, {
    cwd: appFolder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !isWindows,
    shell: isWindows,
  });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let failure: Error | undefined;
  child.once('error', (cause) => {
    const problems = ['`func` is not on the PATH: install azure-functions-core-tools 4, or start without --func'];
    failure = new ConfigurationError('--func needs Azure Functions Core Tools', problems, { cause });
  });
  child.once('exit', (code, killedBy) => {
    failure ??= new ConfigurationError('Azure Functions Core Tools ended', [
      `\`func start\` ended with ${code ?? killedBy}`,
    ]);
    endGroup();
  });
  const endGroup = () => {
    signalGroup(child.pid, 'SIGTERM');
    const timer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), stopTimeoutMs);
    void ended.then(() => clearTimeout(timer));
  };
  signal.addEventListener('abort', endGroup, { once: true });

  const deadlineMs = Date.now() + FUNC_READY_TIMEOUT_MS;
  for (;;) {
    const ready = await answers(port);
    if (!failure && ready) return { ended };
    if (!failure && Date.now() > deadlineMs) {
      endGroup();
      failure = new ConfigurationError('Azure Functions Core Tools', ['`func start` did not answer in time']);
    }
    if (failure) {
      await ended;
      throw failure;
    }
    await delay(PROBE_EVERY_MS);
  }
}

function signalGroup(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  if (isWindows) {
    // It has neither groups nor SIGTERM. Where nobody is left, it says so and fails.
    spawnSync('taskkill', ['/pid', String(pid), '/t', '/f']);
    return;
  }
  try {
    process.kill(-pid, name);
  } catch {
    // Nobody is left in the group.
  }
}

async function answers(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}/api/health`, { signal: AbortSignal.timeout(5_000) });
    return true;
  } catch {
    return false;
  }
}
