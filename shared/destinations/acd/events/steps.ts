import * as z from '../../../zod.ts';
import { defineStep } from '../../step.ts';
import type { AcdClient, AcdInstallation } from '../client.ts';
import { id, line, lines, webAddress } from '../common/argument-fields.ts';
import { isMadeSince, mayShow } from '../common/earlier-attempt.ts';
import { isE164, NOT_E164, toWireNumber } from '../common/phone-number.ts';
import { appointmentArguments, toAppointment } from './appointment.ts';
import { typeKey } from './client.ts';
import type { AcdEvent, CreatedEvent, CreateEventBody, EventTarget } from './schemas.ts';

/** Ids that jtel publishes for types; more exist. */
const PUBLISHED_TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'voicemail'],
  [2, 'fax'],
  [3, 'callback'],
  [4, 'sms'],
  [5, 'email'],
]);

/** Chat closed, done, and error. */
const FINISHED_STATUSES: readonly unknown[] = [98, 99, 100];

const eventArguments = z
  .strictObject({
    type: z.union([id, line()]).check(z.describe('Kind of event: its ShortText, such as Callback, or its id.')),
    groupId: z.optional(
      id.check(z.describe('Target group. Either this, groupName, or both configurationGroupId and agentGroupId.')),
    ),
    groupName: z.optional(line().check(z.describe('Target group by its exact name, in place of groupId.'))),
    configurationGroupId: z.optional(id),
    agentGroupId: z.optional(id),
    userId: z.optional(id.check(z.describe('Directs the event to one agent.'))),
    sender: line().check(z.describe('Origin: a phone number (E.164) for callbacks and voice mail, else any text.')),
    receiver: z.optional(
      line().check(z.describe('For callbacks and voice mail a number (E.164) configured as service number.')),
    ),
    subject: line().check(z.describe('Shown to agents.')),
    body: z.optional(lines.check(z.describe('For callbacks only.'))),
    crmUrl: z.optional(webAddress),
    userData: z.optional(line().check(z.describe('Your reference; by default one made from the delivery.'))),
    priority: z._default(z.int().check(z.gte(0), z.lte(200)), 50),
    ...appointmentArguments,
  })
  .check((context) => {
    const { groupId, groupName, configurationGroupId, agentGroupId } = context.value;
    const { type, body, appointment, appointmentDate, appointmentTime } = context.value;
    const refuse = (name: string, message: string) =>
      context.issues.push({ code: 'custom', path: [name], message, input: context.value });

    const pair = [configurationGroupId, agentGroupId].filter((half) => half !== undefined).length;
    const targets = [groupId, groupName, pair > 0 ? pair : undefined].filter((target) => target !== undefined).length;
    if (targets !== 1 || pair === 1) {
      refuse('groupId', 'Give either groupId, or groupName, or both configurationGroupId and agentGroupId');
    }
    for (const name of isPhoneType(type) ? (['sender', 'receiver'] as const) : []) {
      const number = context.value[name];
      if (number !== undefined && !isE164(number)) refuse(name, NOT_E164);
    }
    if (body !== undefined && keyOf(type) !== 'callback') refuse('body', 'Only callbacks have a body');
    if (appointment !== undefined && (appointmentDate ?? appointmentTime) !== undefined) {
      refuse('appointment', 'Give either appointment, or appointmentDate and appointmentTime');
    }
  });

type EventArguments = z.output<typeof eventArguments>;

/** "Create AcdEvent" of the jtel ACD REST API. */
const createEvent = defineStep({
  summary: 'Puts an event (callback, e-mail, ticket and so on) into the queue of a jtel ACD group.',
  args: eventArguments,
  repeatable: false,
  async run(client: AcdClient, args, { deliveryId, ageMs }) {
    const { timeZone, clock } = client.installation;
    const appointment = toAppointment(args, timeZone, clock() - ageMs);
    const type = await typeIdOf(client, args.type);
    const created = await withTarget(client, args, (target) =>
      client.createEvent({ ...contentOf(args, type, deliveryId, client.installation), ...target, ...appointment }),
    );
    return toResult(created);
  },
  async findExisting(client, args, { deliveryId, ageMs }) {
    const userData = args.userData ?? deliveryId;
    const events = (await client.listEvents()).filter((event) => event.UserData === userData);
    if (args.userData === undefined) return events[0] && toResult(events[0]);
    const { timeZone, clock } = client.installation;
    const candidates = events.filter(
      (event) =>
        !FINISHED_STATUSES.includes(event.AcdEventStatusID) &&
        isMadeSince(event.dtCreated, timeZone, clock() - ageMs) &&
        mayShow(event.Subject, args.subject) &&
        mayShow(asCompared(event.Sender, args.type), asCompared(args.sender, args.type)),
    );
    if (candidates.length === 0) return undefined;
    const type = await typeIdOf(client, args.type);
    return withTarget(client, args, async (target) => {
      const existing = candidates.find((event) => mayShow(event.AcdEventTypesID, type) && mayGoTo(event, target));
      return existing && toResult(existing);
    });
  },
});

export const eventSteps = { 'acd.createEvent': createEvent };

function toResult(event: CreatedEvent | undefined) {
  return { eventId: event?.ID ?? null, outcome: event?.Result_ === 'UPDATED' ? 'merged' : 'created' };
}

async function typeIdOf(client: AcdClient, type: EventArguments['type']): Promise<number> {
  return typeof type === 'number' ? type : client.eventTypeId(type);
}

function mayGoTo(event: AcdEvent, target: EventTarget): boolean {
  return (
    mayShow(event.AcdGroupsID, target.AcdGroupsID) &&
    mayShow(event.AcdConfigurationGroupsID, target.AcdConfigurationGroupsID) &&
    mayShow(event.AcdAgentGroupsID, target.AcdAgentGroupsID)
  );
}

/** Whichever way jtel writes numbers. */
function asCompared(sender: string | null | undefined, type: EventArguments['type']): string | null | undefined {
  return sender && toWireNumber(sender, 'digits', isPhoneType(type));
}

async function withTarget<Result>(
  client: AcdClient,
  { groupId, groupName, configurationGroupId, agentGroupId }: EventArguments,
  use: (target: EventTarget) => Promise<Result>,
): Promise<Result> {
  if (groupName !== undefined) return client.withGroupId(groupName, (id) => use({ AcdGroupsID: id }));
  if (configurationGroupId !== undefined && agentGroupId !== undefined) {
    return use({ AcdConfigurationGroupsID: configurationGroupId, AcdAgentGroupsID: agentGroupId });
  }
  if (groupId !== undefined) return use({ AcdGroupsID: groupId });
  throw new Error('the arguments were not checked for a target');
}

type Content = Omit<CreateEventBody, keyof EventTarget | 'dtAppointmentDate' | 'dtAppointmentTime'>;

function contentOf(
  args: EventArguments,
  typeId: number,
  deliveryId: string,
  { phoneFormat }: AcdInstallation,
): Content {
  const isPhone = isPhoneType(args.type);
  return {
    AcdEventTypesID: typeId,
    UsersID: args.userId,
    Sender: toWireNumber(args.sender, phoneFormat, isPhone),
    Receiver: args.receiver && toWireNumber(args.receiver, phoneFormat, isPhone),
    Subject: args.subject,
    Body: args.body,
    CrmURL: args.crmUrl,
    UserData: args.userData ?? deliveryId,
    nPriority: args.priority,
  };
}

/** Whether events of this type come from a phone number, and go to one. */
function isPhoneType(type: number | string): boolean {
  return ['callback', 'voicemail'].includes(keyOf(type) ?? '');
}

function keyOf(type: number | string): string | undefined {
  return typeof type === 'number' ? PUBLISHED_TYPES.get(type) : typeKey(type);
}
