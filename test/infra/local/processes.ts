import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

interface RunningProcess {
  readonly pid: number;
  readonly parentPid: number;
}

/** What runs on this machine. A process that has ended and is only waiting for its parent to look does not run. */
function runningProcesses(): RunningProcess[] {
  if (process.platform === 'win32') return processesFromPowerShell();
  const states = existsSync('/proc/self/stat') ? statesFromProc() : statesFromPs();
  return states.filter(({ state }) => state !== 'Z');
}

function statesFromProc(): (RunningProcess & { state: string })[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const stat = readStat(pid);
      // The name before the state may hold blanks and parentheses.
      const [state = '', parentPid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return stat === '' ? [] : [{ pid: Number(pid), parentPid: Number(parentPid), state }];
    });
}

function readStat(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}

function statesFromPs(): (RunningProcess & { state: string })[] {
  const ps = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' });
  if (ps.error) throw ps.error;
  return ps.stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parentPid, state = '']) => ({
      pid: Number(pid),
      parentPid: Number(parentPid),
      state: state.slice(0, 1),
    }))
    .filter(({ pid }) => pid !== ps.pid);
}

/** What asks is left out. */
function processesFromPowerShell(): RunningProcess[] {
  const command = "Get-CimInstance Win32_Process | ForEach-Object { '{0} {1}' -f $_.ProcessId, $_.ParentProcessId }";
  const shell = spawnSync('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', command], {
    encoding: 'utf8',
  });
  if (shell.error) throw shell.error;
  return shell.stdout
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(' ').map(Number))
    .map(([pid = 0, parentPid = 0]) => ({ pid, parentPid }))
    .filter(({ pid, parentPid }) => pid !== shell.pid && parentPid !== shell.pid);
}

export function isRunning(pid: number): boolean {
  // Asking for all takes a second there, and nobody waits to be looked at.
  if (process.platform === 'win32') return answersSignals(pid);
  return runningProcesses().some((running) => running.pid === pid);
}

function answersSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The processes that `pid` started, and those that they started, as far as they run. */
export function descendantsOf(pid: number): number[] {
  const all = runningProcesses();
  const below = (parent: number): number[] =>
    all.filter(({ parentPid }) => parentPid === parent).flatMap((child) => [child.pid, ...below(child.pid)]);
  return below(pid);
}

/** A port that something listens on until `release` is called. */
export async function takePort(): Promise<{ port: number; release(): Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server without a port');
  return {
    port: address.port,
    release: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A port that nothing listened on a moment ago. */
export async function freePort(): Promise<number> {
  const { port, release } = await takePort();
  await release();
  return port;
}
