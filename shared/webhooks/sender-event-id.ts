import { createHash } from 'node:crypto';

/**
 * The id under which the sender itself knows this delivery, so that its own repeats are recognised:
 *
 * - `webhook-id` (Standard Webhooks) or `ce-id` (CloudEvents): taken as it is, both promise one id per occurrence.
 * - `x-ms-workflow-run-id`, else `x-ms-client-tracking-id` (Power Automate, Logic Apps): names a flow run, in which a
 *   loop may post many events, so the content's hash is part of the id.
 */
export function senderEventId(
  headers: Readonly<Record<string, string>>,
  structuredModeId: string | undefined,
  hash: string,
): string | undefined {
  const own = nonEmpty(headers['webhook-id']) ?? structuredModeId ?? nonEmpty(headers['ce-id']);
  if (own !== undefined) return tidy(own);
  const run = nonEmpty(headers['x-ms-workflow-run-id']) ?? nonEmpty(headers['x-ms-client-tracking-id']);
  return run === undefined ? undefined : tidy(`${run}.${hash.slice(0, 12)}`);
}

/** An id goes into logs, message properties and table keys: anything long or unprintable is replaced by its hash. */
function tidy(id: string): string {
  return /^[\x21-\x7e]{1,100}$/.test(id) ? id : createHash('sha256').update(id).digest('base64url');
}

function nonEmpty(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === '' ? undefined : trimmed;
}
