import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How to start a program, and how it says that it is ready. */
export interface ChildSpec {
  /** For messages to the user. */
  readonly name: string;
  /** TypeScript or JavaScript file. */
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /**
   * Lines of its output that together mean "ready"; what they capture is reported. Without them the program sends
   * `{type: 'ready', …}` to its parent, which is reported as it is.
   */
  readonly readyLines?: readonly RegExp[];
  /** How long it may take until it is ready (default: 20 s). */
  readonly readyTimeoutMs?: number;
  readonly onLine: (line: string) => void;
}

export interface Child {
  readonly pid: number;
  /** The message it sent, or the captures of its ready lines. */
  readonly ready: unknown;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** On Windows, which has no SIGTERM, that lets go of the program instead: all of them end with their parent. */
  kill(signal: NodeJS.Signals): void;
}

/** The program ended, or did not get ready. The message holds what it wrote to its error output. */
export class ChildError extends Error {
  override readonly name = 'ChildError';
}

const READY_TIMEOUT_MS = 20_000;

const exitWithParent = new URL('exit-with-parent.mjs', import.meta.url).href;

/** Starts a program that ends with this process, and resolves when it is ready. @throws ChildError */
export async function startChild(spec: ChildSpec): Promise<Child> {
  const child = fork(spec.file, spec.args, {
    execArgv: [...(spec.file.endsWith('.ts') ? ['tsx'] : []), exitWithParent].flatMap((module) => ['--import', module]),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A terminal sends Ctrl+C to the whole group, and programs would end before those that still need them.
    // On Windows, a group of its own would be a window of its own.
    detached: process.platform !== 'win32',
    ...(spec.env && { env: spec.env }),
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const errors: string[] = [];
  let started = false;
  forEachLine(child.stderr, (line) => {
    if (!started) errors.push(line);
    spec.onLine(line);
  });

  const ready = spec.readyLines ? linesOf(child, spec.readyLines, spec.onLine) : messageOf(child, spec.onLine);
  // Not its exit: what it wrote last may arrive after that.
  const failed = new Promise<never>((_, reject) => {
    child.once('close', () => reject(new ChildError(errors.join('\n') || `${spec.name} ended before it was ready`)));
  });
  const timeout = new AbortController();
  const { readyTimeoutMs = READY_TIMEOUT_MS } = spec;
  const late = rejectAfter(readyTimeoutMs, `${spec.name} was not ready in time`, timeout.signal);
  try {
    const message = await Promise.race([ready, failed, late]);
    started = true;
    return {
      pid: child.pid ?? 0,
      ready: message,
      ended,
      kill: (signal) => {
        if (signal === 'SIGTERM' && process.platform === 'win32') {
          if (child.connected) child.disconnect();
        } else child.kill(signal);
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    timeout.abort();
    failed.catch(() => undefined);
  }
}

function messageOf(child: ChildProcess, onLine: (line: string) => void): Promise<unknown> {
  forEachLine(child.stdout, onLine);
  return new Promise((resolve) => {
    child.on('message', (message) => {
      if (typeof message === 'object' && message !== null && Reflect.get(message, 'type') === 'ready') resolve(message);
    });
  });
}

function linesOf(child: ChildProcess, patterns: readonly RegExp[], onLine: (line: string) => void): Promise<unknown> {
  const captured = new Map<RegExp, string>();
  return new Promise((resolve) => {
    forEachLine(child.stdout, (line) => {
      onLine(line);
      for (const pattern of patterns) {
        const match = pattern.exec(line);
        if (match) captured.set(pattern, match[1] ?? '');
      }
      if (captured.size === patterns.length) resolve(patterns.map((pattern) => captured.get(pattern)));
    });
  });
}

function forEachLine(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on('line', onLine);
}

function rejectAfter(ms: number, message: string, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => reject(new ChildError(message)), ms);
    signal.addEventListener('abort', () => clearTimeout(timer));
  });
}
