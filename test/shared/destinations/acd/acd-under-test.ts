import { type AcdOptions, createAcdClient } from '../../../../shared/destinations/acd/client.ts';
import { fakeFetch, type PlannedAnswer, type RecordedRequest } from '../../../helpers/fake-fetch.ts';

export const BASE_URL = 'https://acd.example/rest/v1.0/7';

/** A client whose installation is in Berlin, in the winter of 2024, unless told otherwise. */
export function acdWith(options: Partial<AcdOptions>, ...answers: PlannedAnswer[]) {
  const net = fakeFetch(...answers);
  const client = createAcdClient({
    baseUrl: BASE_URL,
    token: 'token-1',
    timeZone: 'Europe/Berlin',
    phoneFormat: 'digits',
    fetch: net.fetch,
    clock: () => Date.parse('2024-01-15T14:30:20.000Z'),
    timeoutMs: 1_000,
    ...options,
  });
  return { net, client };
}

export const acd = (...answers: PlannedAnswer[]) => acdWith({}, ...answers);

/** Answer with the fields of full lists, which only hold what is reserved. */
export const fullList = (...records: unknown[]) => ({
  json: {
    status: 200,
    orderBy: 'Name',
    records,
    limitPageSize: -1,
    ascending: true,
    filter: '',
    count: records.length,
    limitStart: 0,
  },
});

/** Answer for single objects, searches and creation. */
export const shortList = (...records: unknown[]) => ({ json: { records, count: records.length, status: 200 } });

export const statusOnly = { json: { status: 200 } };

/** jtel does not have the object. The text is invented, and not for us. */
export const missing = { status: 404, json: { status: 404, error: 'SECRET not found' } };

/** jtel does not have the path. */
export const noRoute = { status: 404 };

/** Method and address of a request, its address below the base URL. */
export function line({ method, url }: RecordedRequest): string {
  return `${method} ${url.href.replace(BASE_URL, '')}`;
}
