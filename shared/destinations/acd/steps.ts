import * as z from '../../zod.ts';
import { defineStep } from '../step.ts';
import type { AcdClient, AcdCreateEvent } from './client.ts';

const id = z.int().check(z.positive());
const line = z.string().check(z.minLength(1), z.maxLength(255));

const eventArguments = z
  .strictObject({
    type: z.union([id, line]).check(z.describe('Kind of event: its ShortText, such as Callback, or its id.')),
    groupId: z.optional(
      id.check(z.describe('Target group. Either this, or both configurationGroupId and agentGroupId.')),
    ),
    configurationGroupId: z.optional(id),
    agentGroupId: z.optional(id),
    userId: z.optional(id.check(z.describe('Directs the event to one agent.'))),
    sender: line.check(z.describe('Origin: a phone number for callbacks and voice mail, else any text.')),
    receiver: z.optional(line.check(z.describe('For callbacks and voice mail a number configured as service number.'))),
    subject: line.check(z.describe('Shown to agents.')),
    body: z.optional(z.string().check(z.describe('For callbacks only.'))),
    crmUrl: z.optional(z.url({ protocol: /^https?$/ })),
    userData: z.optional(line.check(z.describe('Your reference; by default one made from the delivery.'))),
    priority: z._default(z.int().check(z.gte(0), z.lte(200)), 50),
    appointmentDate: z.optional(
      z.string().check(z.regex(/^\d{4}-?\d{2}-?\d{2}$/, 'Invalid date: expected yyyy-mm-dd or yyyymmdd')),
    ),
    appointmentTime: z.optional(
      z.string().check(z.regex(/^([01]\d|2[0-3]):?[0-5]\d$/, 'Invalid time: expected hh:mm or hhmm')),
    ),
  })
  .check((context) => {
    const { groupId, configurationGroupId, agentGroupId } = context.value;
    const hasPair = configurationGroupId !== undefined && agentGroupId !== undefined;
    const hasHalf = (configurationGroupId === undefined) !== (agentGroupId === undefined);
    if (hasHalf || (groupId !== undefined) === hasPair) {
      context.issues.push({
        code: 'custom',
        path: ['groupId'],
        message: 'Give either groupId, or both configurationGroupId and agentGroupId',
        input: context.value,
      });
    }
  });

/** "Create AcdEvent" of the jtel ACD REST API. */
const createEvent = defineStep({
  summary: 'Puts an event (callback, e-mail, ticket and so on) into the queue of a jtel ACD group.',
  args: eventArguments,
  repeatable: false,
  async run(client: AcdClient, args, { deliveryId }) {
    const event: AcdCreateEvent = {
      AcdEventTypesID: typeof args.type === 'number' ? args.type : await client.eventTypeId(args.type),
      ...(args.groupId !== undefined && { AcdGroupsID: args.groupId }),
      ...(args.configurationGroupId !== undefined && { AcdConfigurationGroupsID: args.configurationGroupId }),
      ...(args.agentGroupId !== undefined && { AcdAgentGroupsID: args.agentGroupId }),
      ...(args.userId !== undefined && { UsersID: args.userId }),
      Sender: phoneOrText(args.sender),
      ...(args.receiver !== undefined && { Receiver: phoneOrText(args.receiver) }),
      Subject: args.subject,
      ...(args.body !== undefined && { Body: args.body }),
      ...(args.crmUrl !== undefined && { CrmURL: args.crmUrl }),
      UserData: args.userData ?? deliveryId,
      nPriority: args.priority,
      ...(args.appointmentDate !== undefined && { dtAppointmentDate: args.appointmentDate }),
      ...(args.appointmentTime !== undefined && { dtAppointmentTime: args.appointmentTime }),
    };
    const created = await client.createEvent(event);
    return { eventId: created.ID, outcome: created.Result_ === 'UPDATED' ? 'merged' : 'created' };
  },
  async findExisting(client, args, { deliveryId }) {
    const userData = args.userData ?? deliveryId;
    // A reference that the route chose may stand on several events; records that show a subject tell them apart.
    const existing = (await client.listEvents()).find(
      (event) => event.UserData === userData && (event.Subject ?? args.subject) === args.subject,
    );
    return existing && { eventId: existing.ID, outcome: 'created' };
  },
});

/** jtel's current pages show E.164 without the plus. What is not a number stays as it is. */
function phoneOrText(value: string): string {
  const compact = value.replace(/[\s()/.-]/g, '');
  return /^\+\d{6,15}$/.test(compact) ? compact.slice(1) : value;
}

/** What a route may ask of jtel ACD. */
export const acdSteps = { 'acd.createEvent': createEvent };
