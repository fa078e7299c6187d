import { TransientError } from '../../../shared/errors.ts';
import type { CloudEvent } from '../../../shared/events/cloud-event.ts';
import { nimbusTask } from '../../../shared/events/nimbus-task.ts';
import type { WebhookAnswer } from '../../../shared/webhooks/problem.ts';
import { createWebhookReceiver } from '../../../shared/webhooks/receive-webhook.ts';
import { createTableSightings } from '../../../shared/webhooks/table-sightings.ts';
import * as z from '../../../shared/zod.ts';
import { MemoryTable } from '../../helpers/memory-table.ts';
import { RecordingLog } from '../../helpers/recording-log.ts';

const taken = z.object({ id: z.string() });
const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.optional(z.array(z.object({ pointer: z.string(), detail: z.string() }))),
});

/** Instances of the receiver of Nimbus tasks that share a table, a clock and a bus which the test controls. */
export class ReceiverUnderTest {
  nowMs = Date.parse('2026-02-11T08:00:00Z');
  readonly table = new MemoryTable();
  readonly log = new RecordingLog();
  /** What the bus was given, whether it took it or not. */
  readonly published: CloudEvent[] = [];
  /** Rejects for a bus that takes nothing; stays pending for one that has not confirmed yet. */
  bus: (event: CloudEvent) => Promise<void> = async () => undefined;
  readonly #receive;

  constructor({ maxBodyBytes = 131_072 } = {}) {
    this.#receive = createWebhookReceiver(nimbusTask, {
      maxBodyBytes,
      sightings: createTableSightings(this.table),
      clock: () => this.nowMs,
      publish: (event) => {
        this.published.push(event);
        return this.bus(event);
      },
    });
  }

  busGoesDown(): void {
    this.bus = async () => {
      throw new TransientError('the bus did not confirm a send to "events"');
    };
  }

  busRecovers(): void {
    this.bus = async () => undefined;
  }

  post(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<WebhookAnswer> {
    return this.postBytes(Buffer.from(JSON.stringify(body)), { 'content-type': 'application/json', ...headers });
  }

  postBytes(body: Uint8Array, headers: Readonly<Record<string, string>>): Promise<WebhookAnswer> {
    return this.#receive({ headers, body }, this.log);
  }

  /** Posts what must be taken, and gives the event that it became. */
  async event(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<CloudEvent> {
    const id = takenId(await this.post(body, headers));
    const event = this.published.at(-1);
    if (event?.id !== id) throw new Error(`the last event is ${event?.id}, the answer says ${id}`);
    return event;
  }
}

/** The event id of an answer that says "taken". */
export function takenId({ status, body }: WebhookAnswer): string {
  if (status !== 202) throw new Error(`not taken: ${status} ${body}`);
  return taken.parse(JSON.parse(body)).id;
}

/** An answer that says "not taken", checked for the form that RFC 9457 gives it. */
export function problemOf({ status, headers, body }: WebhookAnswer): z.infer<typeof problem> {
  if (headers['content-type'] !== 'application/problem+json') throw new Error(`no problem: ${status} ${body}`);
  const parsed = problem.parse(JSON.parse(body));
  if (parsed.status !== status) throw new Error(`status ${status}, but the body says ${parsed.status}`);
  return parsed;
}
