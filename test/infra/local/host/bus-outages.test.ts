import { ServiceBusError } from '@azure/service-bus';
import { expect, it } from 'vitest';
import { BusOutages } from '../../../../infra/local/host/bus-outages.ts';
import { HostLog } from '../../../../infra/local/host/log.ts';

function outages() {
  const lines: string[] = [];
  const sink = (record: { functionName?: string; message: string }) =>
    lines.push(`${record.functionName ?? 'host'}: ${record.message}`);
  return { lines, outages: new BusOutages(new HostLog({ sink, levels: {}, clock: () => 0 }), 'ServiceBus') };
}

it('reports an outage once for all functions, and its end once', () => {
  const { lines, outages: bus } = outages();
  bus.failed('a', new Error('connect ECONNREFUSED'));
  bus.failed('b', new Error('connection reset'));
  bus.recovered('b');
  bus.recovered('a');
  bus.failed('a', new Error('again'));
  expect(lines).toEqual([
    'host: Service Bus (ServiceBus) cannot be reached; its functions wait for it: connect ECONNREFUSED',
    'host: Service Bus (ServiceBus) is reachable again.',
    'host: Service Bus (ServiceBus) cannot be reached; its functions wait for it: again',
  ]);
});

it("reports an entity's problem for its own function", () => {
  const { lines, outages: bus } = outages();
  bus.failed('a', new ServiceBusError("The messaging entity 'q' could not be found.", 'MessagingEntityNotFound'));
  bus.recovered('b');
  bus.failed('a', new ServiceBusError("The messaging entity 'q' could not be found.", 'MessagingEntityNotFound'));
  bus.recovered('a');
  expect(lines).toEqual([
    "a: cannot receive, and keeps trying: The messaging entity 'q' could not be found.",
    'a: receives again',
  ]);
});
