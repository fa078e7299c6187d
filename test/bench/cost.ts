import { readFileSync } from 'node:fs';
import { buildApp } from '../../infra/tools/build.ts';
import { startCountedStack } from '../helpers/counted-stack.ts';
import { eventually } from '../helpers/stack.ts';

const WARM_UP = 200;
const EVENTS = 600;
const IN_FLIGHT = 8;
const STEPS = 3;
/** Linux counts processor time in hundredths of a second. */
const MS_PER_TICK = 10;

const step = '{ step: crm.createActivity, with: { kind: task, subject: Measured } }';

const ROUTES = `
routes:
  - id: three-steps
    when: { event: '*', if: "data.serviceDisplayName = 'three-steps'" }
    do: [${Array.from({ length: STEPS }, () => step).join(', ')}]
`;

export interface CpuPerEvent {
  readonly cpuMsPerEvent: number;
  readonly cpuMsPerStep: number;
}

/** Processor time of the process that runs the functions, which locally is host and worker in one. Linux only. */
export async function run(): Promise<CpuPerEvent> {
  await buildApp();
  const stack = await startCountedStack(ROUTES);
  const doneLines = () => stack.lines.filter((line) => line.includes('result=done')).length;

  async function cpuMsOf(route: string, steps: number, events: number): Promise<number> {
    const { bus } = stack;
    const received = bus.counts.receives + events * (1 + steps);
    const done = doneLines() + events * steps;
    const beforeMs = cpuMs(stack.hostPid);
    for (let sent = 0; sent < events; sent += IN_FLIGHT) {
      const answers = Array.from({ length: IN_FLIGHT }, (_, place) =>
        stack.post('nimbus/tasks', {
          taskId: `${route}-${events}-${sent + place}`,
          event: 'Created',
          serviceUPN: 'measured@contoso.example',
          serviceDisplayName: route,
        }),
      );
      for (const { status } of await Promise.all(answers)) {
        if (status !== 202) throw new Error(`the bridge answered ${status}`);
      }
    }
    await eventually(
      () => (doneLines() >= done && bus.counts.settlements >= received) || undefined,
      'the last delivery',
      60_000,
    );
    return (cpuMs(stack.hostPid) - beforeMs) / events;
  }

  try {
    await cpuMsOf('three-steps', STEPS, WARM_UP);
    const cpuMsPerEvent = await cpuMsOf('none', 0, EVENTS);
    const cpuMsPerStep = ((await cpuMsOf('three-steps', STEPS, EVENTS)) - cpuMsPerEvent) / STEPS;
    console.log(`an event that no route wants ${cpuMsPerEvent.toFixed(2)} ms of processor time`);
    console.log(`a step more                  ${cpuMsPerStep.toFixed(2)} ms`);
    return { cpuMsPerEvent, cpuMsPerStep };
  } finally {
    await stack.stop();
  }
}

function cpuMs(pid: number): number {
  // The second field is the program's name in brackets; times are the 14th and 15th.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}
