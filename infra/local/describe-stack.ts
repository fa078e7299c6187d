import { listeners } from './stack/ports-in-use.ts';
import type { Stack } from './stack/stack.ts';

/** A call that was answered and has ended: enough for a first look at an event's way. */
const sample = {
  taskId: 'try-1',
  event: 'TaskTerminated',
  direction: 'Inbound',
  modality: 'Audio',
  callerTelNumber: '+441632960123',
  serviceUPN: 'helpdesk@contoso.example',
};

/** What listens where, and one line to try. */
export function describeStack(stack: Stack, startupMs: number): string {
  const { ports, simulators, bridgeUrl, functionKey } = stack;
  const rows: [string, string][] = [
    [listeners.http, `${bridgeUrl}/api`],
    [listeners.serviceBus, `amqp://127.0.0.1:${ports.serviceBus}`],
    ...(['blob', 'queue', 'table'] as const).map((name): [string, string] => [
      listeners[name],
      `http://127.0.0.1:${ports[name]}`,
    ]),
    [listeners.relay, `http://127.0.0.1:${ports.relay}/readyz`],
    ...(['nimbus', 'lucs', 'acd', 'crm', 'enreach'] as const).map((name): [string, string] => [
      listeners[name],
      simulators[name] ?? 'not started: its real address is set',
    ]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    '',
    ...rows.map(([name, address]) => `  ${name.padEnd(width)}  ${address}`),
    '',
    `  Everything is up after ${(startupMs / 1000).toFixed(1)} s. Ctrl+C stops all of it. Try:`,
    '',
    `  curl -i -H 'content-type: application/json' -H 'x-functions-key: ${functionKey}' ${bridgeUrl}/api/nimbus/tasks -d '${JSON.stringify(sample)}'`,
    '',
  ].join('\n');
}
