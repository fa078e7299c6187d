import { PermanentError } from '../../errors.ts';
import * as z from '../../zod.ts';
import {
  type Credentials,
  createHttpClient,
  type Decision,
  type HttpAnswer,
  type HttpRequest,
} from '../http-client.ts';
import type { DestinationRuntime } from '../runtime.ts';
import { type Contact, contactSchema, contactsSchema, dataverseErrorSchema } from './schemas.ts';

export interface CrmOptions extends DestinationRuntime {
  /** The organisation's address, such as `https://contoso.crm4.dynamics.com`. */
  readonly baseUrl: string;
  readonly credentials: Credentials;
}

/** A column value of a row to write. */
export type ColumnValue = string | number | boolean | null;

/** Dataverse tables that activities are written to, by their Web API names. */
export type ActivityTable = 'phonecalls' | 'tasks';

/** The part of the Dataverse Web API (v9.2) that the bridge uses. */
export interface CrmClient {
  /** Contacts with one of these numbers or this e-mail address, at most two. */
  findContacts(by: { phones: readonly string[] } | { email: string }): Promise<readonly Contact[]>;
  /** Creates a row under an id of ours; a row that is there already is left alone. */
  createActivity(table: ActivityTable, id: string, columns: Readonly<Record<string, ColumnValue>>): Promise<void>;
}

const API = '/api/data/v9.2';

/** Two are enough to tell one contact from several. */
const ENOUGH = '2';

export function createCrmClient(options: CrmOptions): CrmClient {
  const send = createHttpClient({ ...options, destination: 'Dataverse', decide, errorCode });
  const headers = { 'odata-version': '4.0', 'odata-maxversion': '4.0' };

  return {
    async findContacts(by) {
      const operation = 'find contact';
      const filter =
        'email' in by
          ? `emailaddress1 eq ${quote(by.email)}`
          : by.phones
              .flatMap((phone) => [`telephone1 eq ${quote(phone)}`, `mobilephone eq ${quote(phone)}`])
              .join(' or ');
      const answer = await send({
        method: 'GET',
        path: `${API}/contacts`,
        query: {
          $select: Object.keys(contactSchema.shape).join(','),
          $filter: filter,
          $top: ENOUGH,
        },
        headers,
        operation,
      });
      const parsed = z.safeParse(contactsSchema, answer.body);
      if (!parsed.success) throw new PermanentError(`Dataverse answered "${operation}" without usable contacts`);
      return parsed.data.value;
    },
    async createActivity(table, id, columns) {
      await send({
        method: 'PATCH',
        path: `${API}/${table}(${id})`,
        headers: { ...headers, 'if-none-match': '*' },
        body: columns,
        operation: `create in ${table}`,
      });
    },
  };
}

/** A text literal in an OData filter: quotes are doubled, so that no value can end it. */
function quote(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** `If-None-Match: *` makes an upsert a create; 412 then says that the row is there from an earlier attempt. */
function decide(request: HttpRequest, answer: HttpAnswer): Decision | undefined {
  return request.method === 'PATCH' && answer.status === 412 ? 'done' : undefined;
}

function errorCode({ body }: HttpAnswer): string | undefined {
  const parsed = z.safeParse(dataverseErrorSchema, body);
  return parsed.success && /^[\w.-]{1,64}$/.test(parsed.data.error.code) ? parsed.data.error.code : undefined;
}
