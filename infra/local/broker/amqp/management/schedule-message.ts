import rhea from 'rhea';
import * as z from '../../../../../shared/zod.ts';
import { formatGuid } from '../../codec/lock-token.ts';
import { AmqpContent } from '../../codec/message-content.ts';
import { bytesSchema, ingressOf, longSchema, type Operation, parseBody } from './operation.ts';

const LONG = 0x81;
const scheduleSchema = z.object({
  messages: z.array(
    z.pipe(
      z.map(z.unknown(), z.unknown()),
      z.transform((entry) => bytesSchema.parse(entry.get('message'))),
    ),
  ),
});
const cancelSchema = z.object({ 'sequence-numbers': z.array(longSchema) });

/** Takes messages that arrive at the time that each carries. */
export const scheduleMessage: Operation = (request) => {
  const { messages } = parseBody(scheduleSchema, request.body);
  const newMessageId = () => formatGuid(request.newToken());
  const contents = messages.map((bytes) => AmqpContent.parse(bytes, newMessageId));
  const sequences = ingressOf(request).schedule(contents);
  return { 'sequence-numbers': rhea.types.wrap_array(sequences, LONG, undefined) };
};

/** Takes scheduled messages back. */
export const cancelScheduledMessage: Operation = (request) => {
  ingressOf(request).scheduled.cancel(parseBody(cancelSchema, request.body)['sequence-numbers']);
  return {};
};
