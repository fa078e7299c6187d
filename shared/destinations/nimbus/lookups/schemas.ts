import { text } from '../../../events/wire-fields.ts';
import * as z from '../../../zod.ts';

/** UPNs of services or users. */
export const upnsSchema = z.array(z.string());

/** Something to choose: `value` goes over the wire, `name` is shown to people. */
export interface Choice {
  readonly name: string;
  readonly value: string;
}

/** `{name, value}` entries, or `{name, id}` as address books have them. An entry with just one of both stands for itself. */
export const choicesSchema = z.array(z.looseObject({ name: text, value: text, id: text }));
