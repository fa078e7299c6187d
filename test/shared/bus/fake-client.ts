import {
  type OperationOptionsBase,
  ServiceBusClient,
  type ServiceBusMessageBatch,
  type ServiceBusSender,
} from '@azure/service-bus';

type Outcome = (signal: AbortSignal | undefined) => Promise<void>;

/** A client of the SDK that connects to nothing: its senders do what the test says and note what they were given. */
export class FakeClient extends ServiceBusClient {
  /** Every call in order, such as `create events`, `send events` or `close events`. */
  readonly calls: string[] = [];
  readonly sent: unknown[] = [];
  /** What becomes of each send and check. */
  outcome: Outcome = async () => undefined;
  closeFails = false;

  constructor() {
    super('Endpoint=sb://127.0.0.1:9;SharedAccessKeyName=a;SharedAccessKey=b;UseDevelopmentEmulator=true');
  }

  override createSender(entity: string): ServiceBusSender {
    this.calls.push(`create ${entity}`);
    const note = (call: string, options: OperationOptionsBase | undefined) => {
      this.calls.push(`${call} ${entity}`);
      return this.outcome(asSignal(options?.abortSignal));
    };
    const unused = () => Promise.reject(new Error('the bus has no use for this'));
    return {
      identifier: entity,
      entityPath: entity,
      isClosed: false,
      sendMessages: async (messages, options) => {
        this.sent.push(messages);
        await note('send', options);
      },
      createMessageBatch: async (options) => {
        await note('check', options);
        return emptyBatch;
      },
      scheduleMessages: unused,
      cancelScheduledMessages: unused,
      close: async () => {
        this.calls.push(`close ${entity}`);
        if (this.closeFails) throw new Error('the link is gone already');
      },
    };
  }

  override async close(): Promise<void> {
    this.calls.push('close client');
  }
}

const emptyBatch: ServiceBusMessageBatch = {
  sizeInBytes: 0,
  count: 0,
  maxSizeInBytes: 262_144,
  tryAddMessage: () => false,
};

function asSignal(signal: OperationOptionsBase['abortSignal']): AbortSignal | undefined {
  return signal instanceof AbortSignal ? signal : undefined;
}
