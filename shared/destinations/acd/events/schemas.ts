import * as z from '../../../zod.ts';
import { webAddress } from '../common/argument-fields.ts';
import { integer, recordId, text } from '../common/record-fields.ts';

/** An AcdEvent record, as far as it is read. Real records are wide, in no fixed order, and differ by release. */
export const acdEventSchema = z.looseObject({
  ID: recordId,
  UserData: text,
  Subject: text,
  /** Ids of types and statuses are sparse, and unknown ones may come. */
  AcdEventTypesID: integer,
  AcdEventStatusID: integer,
  /** These and the type are assumed to be shown as they were given. */
  AcdGroupsID: integer,
  AcdConfigurationGroupsID: integer,
  AcdAgentGroupsID: integer,
  Sender: text,
  /** Local time of the installation. */
  dtCreated: text,
  /** `UPDATED` when the group refuses duplicates: then this is an older event, which got a comment. */
  Result_: text,
});

export type AcdEvent = z.infer<typeof acdEventSchema>;

/** What creation is answered with: by then the event exists, so nothing is relied on. */
export const createdEventSchema = z.extend(acdEventSchema, { ID: integer });

export type CreatedEvent = z.infer<typeof createdEventSchema>;

/** A type or a status of events. `ShortText` is a key for translations, such as `AcdEventTypes.Callback`. */
export const acdKeySchema = z.looseObject({ ID: recordId, ShortText: z.string() });

export type AcdKey = z.infer<typeof acdKeySchema>;

const id = z.int().check(z.positive());
const filled = z.string().check(z.minLength(1));

/**
 * Body of "Create AcdEvent". jtel documents 0 to 200 for priorities in the IVR only; that the API has the same bounds is
 * assumed.
 */
export const createEventBody = z
  .strictObject({
    AcdEventTypesID: id,
    AcdGroupsID: z.optional(id),
    AcdConfigurationGroupsID: z.optional(id),
    AcdAgentGroupsID: z.optional(id),
    UsersID: z.optional(id),
    Sender: filled,
    Receiver: z.optional(z.string()),
    Subject: filled,
    Body: z.optional(z.string()),
    CrmURL: z.optional(webAddress),
    UserData: z.optional(z.string()),
    nPriority: z.optional(z.int().check(z.gte(0), z.lte(200))),
    dtAppointmentDate: z.optional(z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}$/))),
    dtAppointmentTime: z.optional(z.string().check(z.regex(/^\d{2}:\d{2}$/))),
  })
  .check(
    z.refine((event) => {
      const isGroup = event.AcdGroupsID !== undefined;
      const [hasConfiguration, hasAgents] = [event.AcdConfigurationGroupsID, event.AcdAgentGroupsID].map(
        (half) => half !== undefined,
      );
      return hasConfiguration === hasAgents && isGroup !== hasConfiguration;
    }, 'expected either AcdGroupsID, or both AcdConfigurationGroupsID and AcdAgentGroupsID'),
    // One without the other would be completed by rules of jtel's own.
    z.refine(
      (event) => (event.dtAppointmentDate === undefined) === (event.dtAppointmentTime === undefined),
      'expected both dtAppointmentDate and dtAppointmentTime, or none',
    ),
  );

/** Where an event goes: one group, or the two halves of a pair. */
export type EventTarget =
  | {
      readonly AcdGroupsID: number;
      readonly AcdConfigurationGroupsID?: undefined;
      readonly AcdAgentGroupsID?: undefined;
    }
  | {
      readonly AcdGroupsID?: undefined;
      readonly AcdConfigurationGroupsID: number;
      readonly AcdAgentGroupsID: number;
    };

/** When an event is handed out at the earliest, in the installation's time zone. Both, or jtel guesses. */
export type EventAppointment =
  | { readonly dtAppointmentDate?: undefined; readonly dtAppointmentTime?: undefined }
  | {
      /** `yyyy-mm-dd` */
      readonly dtAppointmentDate: string;
      /** `hh:mm` */
      readonly dtAppointmentTime: string;
    };

type TargetKey = 'AcdGroupsID' | 'AcdConfigurationGroupsID' | 'AcdAgentGroupsID';
type AppointmentKey = 'dtAppointmentDate' | 'dtAppointmentTime';

export type CreateEventBody = Omit<z.infer<typeof createEventBody>, TargetKey | AppointmentKey> &
  EventTarget &
  EventAppointment;
