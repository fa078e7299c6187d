import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { busPayload } from './bus-invocation.ts';
import { readBusMessage } from './bus-message.ts';
import type { FunctionRunner } from './function-runner.ts';
import type { LoadedFunction } from './load-app.ts';
import { describeError, type HostLog } from './log.ts';
import type { ServiceBusTrigger } from './triggers.ts';
import { within } from './within.ts';

/** What settles messages: a receiver of the Service Bus client, with or without a session. */
export type Settler = Pick<ServiceBusReceiver, 'completeMessage' | 'abandonMessage'>;

/** Runs the function for messages of one receiver and settles them; it never rejects. */
export type BusHandler = (messages: ServiceBusReceivedMessage[], settler: Settler) => Promise<void>;

export interface BusHandlerOptions {
  target: LoadedFunction;
  trigger: ServiceBusTrigger;
  runner: Pick<FunctionRunner, 'run'>;
  log: HostLog;
  /** Complete messages after success; a failure abandons them in any case. */
  autoComplete: boolean;
  /** The app set the capability `IncludeEmptyEntriesInMessagePayload`. */
  keepEmpty: boolean;
}

/** The client library would wait a minute for the answer of a bus that went away in between. */
const settleLimitMs = 5000;

/** Success completes every message of the invocation, a failure abandons every one: the bus redelivers at once. */
export function busHandler(options: BusHandlerOptions): BusHandler {
  return async (messages, settler) => {
    const succeeded = await run(options, messages);
    if (succeeded && !options.autoComplete) return;
    const settled = await Promise.allSettled(
      messages.map((message) =>
        answered(succeeded ? settler.completeMessage(message) : settler.abandonMessage(message)),
      ),
    );
    const failed = settled.find((result) => result.status === 'rejected');
    if (failed === undefined) return;
    const reason = failed.reason instanceof Error ? failed.reason.message : String(failed.reason);
    options.log.about(
      options.target.name,
      'warning',
      `a message could not be ${succeeded ? 'completed' : 'abandoned'} and will be delivered again: ${reason}`,
    );
  };
}

async function run(options: BusHandlerOptions, messages: readonly ServiceBusReceivedMessage[]): Promise<boolean> {
  const { target, trigger, runner, log, keepEmpty } = options;
  let payload: ReturnType<typeof busPayload>;
  try {
    payload = busPayload(trigger, messages.map(readBusMessage), keepEmpty);
  } catch (error) {
    log.about(target.name, 'error', `cannot be given its messages: ${describeError(error)}`);
    return false;
  }
  return await runner.run(target, payload).then(
    () => true,
    () => false,
  );
}

async function answered(settlement: Promise<void>): Promise<void> {
  if (!(await within(settleLimitMs, settlement))) throw new Error('the bus does not answer');
}
