/**
 * The part of three standard tables that the bridge may touch. Names, types, lengths, options and navigation properties
 * are those of Microsoft's table and Web API references (contact, phonecall, task); `bridge_deliverykey` stands for the
 * text column with an alternate key that an integrator adds to both activities.
 */

export type ColumnType = 'Edm.String' | 'Edm.Int32' | 'Edm.Boolean' | 'Edm.DateTimeOffset' | 'Edm.Guid';

export interface Column {
  readonly type: ColumnType;
  /** In characters. */
  readonly maxLength?: number;
  /** Values of a choice. */
  readonly options?: readonly number[];
  /** Set by Dataverse; what a caller sends for it is ignored. */
  readonly access?: 'read-only' | 'not-on-create';
}

export interface Table {
  readonly logicalName: string;
  readonly entitySet: string;
  readonly primaryKey: string;
  /** Columns that are an alternate key each. */
  readonly alternateKeys: readonly string[];
  readonly columns: Readonly<Record<string, Column>>;
  /** Single-valued navigation properties: the lookup column they fill, and the entity set they point into. */
  readonly navigation: Readonly<Record<string, { readonly column: string; readonly entitySet: string }>>;
  /** What a new record has when the caller says nothing else. */
  readonly defaults: Readonly<Record<string, string | number | boolean>>;
}

const readOnlyDate: Column = { type: 'Edm.DateTimeOffset', access: 'read-only' };
const date: Column = { type: 'Edm.DateTimeOffset' };
const flag: Column = { type: 'Edm.Boolean' };
const text = (maxLength: number): Column => ({ type: 'Edm.String', maxLength });

const activityColumns: Readonly<Record<string, Column>> = {
  activityid: { type: 'Edm.Guid' },
  activitytypecode: { type: 'Edm.String', access: 'read-only' },
  subject: text(200),
  description: text(2_000),
  category: text(250),
  subcategory: text(250),
  actualdurationminutes: { type: 'Edm.Int32' },
  actualstart: date,
  actualend: date,
  scheduledstart: date,
  scheduledend: date,
  prioritycode: { type: 'Edm.Int32', options: [0, 1, 2] },
  statecode: { type: 'Edm.Int32', options: [0, 1, 2], access: 'not-on-create' },
  createdon: readOnlyDate,
  modifiedon: readOnlyDate,
  _regardingobjectid_value: { type: 'Edm.Guid', access: 'read-only' },
  bridge_deliverykey: text(100),
};

const regardingContact = { column: '_regardingobjectid_value', entitySet: 'contacts' };

const contacts: Table = {
  logicalName: 'contact',
  entitySet: 'contacts',
  primaryKey: 'contactid',
  alternateKeys: [],
  columns: {
    contactid: { type: 'Edm.Guid' },
    firstname: text(50),
    lastname: text(50),
    fullname: { type: 'Edm.String', access: 'read-only' },
    jobtitle: text(100),
    emailaddress1: text(100),
    telephone1: text(50),
    mobilephone: text(50),
    description: text(2_000),
    statecode: { type: 'Edm.Int32', options: [0, 1], access: 'not-on-create' },
    createdon: readOnlyDate,
    modifiedon: readOnlyDate,
  },
  navigation: {},
  defaults: { statecode: 0 },
};

const phonecalls: Table = {
  logicalName: 'phonecall',
  entitySet: 'phonecalls',
  primaryKey: 'activityid',
  alternateKeys: ['bridge_deliverykey'],
  columns: {
    ...activityColumns,
    phonenumber: text(200),
    directioncode: flag,
    leftvoicemail: flag,
    statuscode: { type: 'Edm.Int32', options: [1, 2, 3, 4] },
  },
  navigation: { regardingobjectid_contact: regardingContact, regardingobjectid_contact_phonecall: regardingContact },
  defaults: {
    activitytypecode: 'phonecall',
    directioncode: true,
    leftvoicemail: false,
    prioritycode: 1,
    statecode: 0,
    statuscode: 1,
  },
};

const tasks: Table = {
  logicalName: 'task',
  entitySet: 'tasks',
  primaryKey: 'activityid',
  alternateKeys: ['bridge_deliverykey'],
  columns: {
    ...activityColumns,
    percentcomplete: { type: 'Edm.Int32' },
    statuscode: { type: 'Edm.Int32', options: [2, 3, 4, 5, 6, 7] },
  },
  navigation: { regardingobjectid_contact: regardingContact, regardingobjectid_contact_task: regardingContact },
  defaults: { activitytypecode: 'task', prioritycode: 1, statecode: 0, statuscode: 2 },
};

export const tables: readonly Table[] = [contacts, phonecalls, tasks];

/** Names are case-sensitive, as in the Web API. */
export function findTable(entitySet: string): Table | undefined {
  return tables.find((table) => table.entitySet === entitySet);
}
