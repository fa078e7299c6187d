import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isJsonMediaType, mediaTypeOf, parseJsonText, rawBodyOf } from '../common/request-body.ts';
import { noSuchId, noSuchKey, noSuchSegment, ODataError } from './odata-error.ts';
import { readQueryOptions } from './query-options.ts';
import { type RecordAddress, readAddress, resolveAddress } from './record-address.ts';
import type { Records, StoredRecord } from './records.ts';
import { etagOf, representCollection, representRecord } from './representation.ts';
import type { Table } from './tables.ts';
import { createRecord, upsertRecord } from './write-record.ts';

/** Where the Web API of an environment lives. */
export const webApiPath = '/api/data/v9.2';

type SegmentRequest = FastifyRequest<{ Params: { segment: string } }>;
type KeyedAddress = RecordAddress & { key: NonNullable<RecordAddress['key']> };

/**
 * Reading and writing records of the known entity sets. POST and PATCH answer 204 with `OData-EntityId`, or the record
 * when asked by `Prefer: return=representation` (201 for a new one, 200 for a changed one); by that header's default a
 * caller cannot see whether a PATCH created (Microsoft: "Use Upsert to Create or Update a record").
 */
export function registerRoutes(scope: FastifyInstance, records: Records): void {
  const path = `${webApiPath}/:segment`;

  scope.get(path, async (request: SegmentRequest, reply) => {
    const address = readAddress(request.params.segment);
    const { select, matches, top } = readQueryOptions(request.query, address.table);
    if (!isKeyed(address)) {
      const found = records.all(address.table).filter(matches).slice(0, top);
      return json(reply, representCollection(found, address.table, select, serviceRootOf(request)));
    }
    const record = resolveAddress(records, address);
    if (record === undefined) throw notFound(address);
    return json(reply, representRecord(record, address.table, select, serviceRootOf(request)));
  });

  scope.post(path, async (request: SegmentRequest, reply) => {
    const address = readAddress(request.params.segment);
    if (isKeyed(address)) throw new ODataError(405, '', 'The http method is not supported on the resource.');
    const record = createRecord(records, address.table, readJson(request));
    if (wantsRepresentation(request)) return representation(request, reply.code(201), record, address.table);
    return noContent(reply, `${serviceRootOf(request)}/${address.table.entitySet}(${record.id})`);
  });

  scope.patch(path, async (request: SegmentRequest, reply) => {
    const address = readAddress(request.params.segment);
    if (!isKeyed(address)) throw new ODataError(405, '', 'The http method is not supported on the resource.');
    const ifNoneMatch = request.headers['if-none-match'];
    const conditions = { ifMatch: request.headers['if-match'], ifNoneMatch };
    const { record, isNew } = upsertRecord(records, address, readJson(request), conditions);
    if (wantsRepresentation(request))
      return representation(request, reply.code(isNew ? 201 : 200), record, address.table);
    const { column, value } = address.key;
    const key = column === address.table.primaryKey ? value : `${column}='${value.replaceAll("'", "''")}'`;
    return noContent(reply, `${serviceRootOf(request)}/${address.table.entitySet}(${key})`);
  });

  scope.setNotFoundHandler(async (request) => {
    throw noSuchSegment(request.url.split('?', 1)[0]?.split('/').at(-1) ?? '');
  });
}

function isKeyed(address: RecordAddress): address is KeyedAddress {
  return address.key !== undefined;
}

function notFound({ table, key }: KeyedAddress): ODataError {
  return key.column === table.primaryKey ? noSuchId(table.logicalName, key.value) : noSuchKey(table.logicalName);
}

function readJson(request: FastifyRequest): unknown {
  if (!isJsonMediaType(mediaTypeOf(request.headers['content-type']))) {
    throw new ODataError(415, '', 'Every request that has a body must have the Content-Type application/json.');
  }
  return parseJsonText(rawBodyOf(request));
}

function wantsRepresentation(request: FastifyRequest): boolean {
  const preferences = String(request.headers.prefer ?? '').split(',');
  return preferences.some((preference) => preference.trim().toLowerCase() === 'return=representation');
}

function representation(
  request: SegmentRequest,
  reply: FastifyReply,
  record: StoredRecord,
  table: Table,
): FastifyReply {
  const { select } = readQueryOptions(request.query, table);
  reply.header('preference-applied', 'return=representation').header('etag', etagOf(record));
  return json(reply, representRecord(record, table, select, serviceRootOf(request)));
}

function noContent(reply: FastifyReply, entityId: string): FastifyReply {
  return reply.code(204).header('odata-entityid', entityId).send();
}

function json(reply: FastifyReply, body: unknown): FastifyReply {
  return reply.type('application/json; odata.metadata=minimal').send(body);
}

function serviceRootOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}${webApiPath}`;
}
