import { TransientError } from '../../../../shared/errors.ts';
import { openOutbox } from '../../../../shared/relay/outbox/outbox.ts';
import { anEvent } from '../../../helpers/an-event.ts';
import { RecordingLog } from '../../../helpers/recording-log.ts';

// A process to be killed: it puts events without end while the bus is away, and prints how many of them are spooled.
const [folder = '', run = ''] = process.argv.slice(2);
const outbox = await openOutbox({
  bus: { send: () => Promise.reject(new TransientError('away')) },
  ...{ topic: 'events', lanes: 1, folder, bufferMaxBytes: 1_000_000, spoolMaxBytes: 100_000_000 },
  ...{ log: new RecordingLog(), clock: Date.now, random: Math.random },
});
const before = outbox.status().spooled;
let count = 0;
setInterval(() => {
  for (let each = 0; each < 20; each += 1) {
    outbox.put({ event: anEvent({ id: `${run}-${count}` }), mergeKey: undefined });
    count += 1;
  }
  process.stdout.write(`${outbox.status().spooled - before}\n`);
}, 1);
