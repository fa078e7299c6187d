import { PermanentError } from '../../errors.ts';
import * as z from '../../zod.ts';

/** Where a path template takes what a call is about. */
type Placeholder = '{taskIdentifier}' | '{serviceId}' | '{id}';

/**
 * The paths that no page of LUCS shows: of tasks and users only the operations' names are known, those of callbacks are
 * on a page of Luware Stratus Agent. That LUCS has them is assumed. An installation whose LUCS has others sets them
 * (`LUCS_PATHS`), each below `LUCS_BASE_URL`.
 */
export const lucsPathsSchema = z.strictObject(
  {
    createTask: template('/v1.0/tasks'),
    getServiceTasks: template('/v1.0/services/{serviceId}/tasks', '{serviceId}'),
    refreshTask: template('/v1.0/tasks/{taskIdentifier}/refresh', '{taskIdentifier}'),
    setTaskEstablished: template('/v1.0/tasks/{taskIdentifier}/setestablished', '{taskIdentifier}'),
    terminateTask: template('/v1.0/tasks/{taskIdentifier}/terminate', '{taskIdentifier}'),
    createCallback: template('/v1.0/callbacks'),
    getCallback: template('/v1.0/callbacks/{id}', '{id}'),
    cancelCallback: template('/v1.0/callbacks/{id}/cancel', '{id}'),
    getServiceUsers: template('/v1.0/services/{serviceId}/users', '{serviceId}'),
  },
  {
    error: ({ code }) => (code === 'unrecognized_keys' ? `no such operation; known are ${operations()}` : undefined),
  },
);

export type LucsPaths = Readonly<z.output<typeof lucsPathsSchema>>;

export const defaultLucsPaths: LucsPaths = lucsPathsSchema.parse({});

function operations(): string {
  return Object.keys(lucsPathsSchema.shape).join(', ');
}

function template(assumed: string, placeholder?: Placeholder) {
  const expected = `expected a path such as ${assumed}, without query`;
  return z._default(z.string(expected).check(z.refine((path) => isTemplate(path, placeholder), expected)), assumed);
}

/** Segments of unreserved characters, and the placeholder as exactly one of them. */
function isTemplate(path: string, placeholder: Placeholder | undefined): boolean {
  const segments = path.split('/').slice(1);
  return (
    path.startsWith('/') &&
    segments.filter((segment) => segment === placeholder).length === (placeholder === undefined ? 0 : 1) &&
    segments.every((segment) => segment === placeholder || (/^[\w.~-]{1,64}$/.test(segment) && !isDots(segment)))
  );
}

/** A template with its placeholder filled. @throws PermanentError as {@link pathPart} does */
export function filledPath(path: string, value: string): string {
  return path.replace(/\{\w+\}/, pathPart(value));
}

/**
 * One segment of a path, encoded, so that it can't become more than that.
 * @throws PermanentError for `.` and `..`, which lead to another path however they are written, and for what no encoding
 *   can write
 */
export function pathPart(value: string): string {
  if (value === '' || isDots(value) || /\p{Cs}/u.test(value)) {
    throw new PermanentError(
      'an identifier for LUCS can\'t be part of a path: it is empty, "." or "..", or broken text',
    );
  }
  return encodeURIComponent(value);
}

/** `%2e` in a text is no danger: its percent sign is encoded. */
function isDots(text: string): boolean {
  return text === '.' || text === '..';
}
