/**
 * A refusal of the Dataverse Web API: `{"error": {"code", "message"}}`.
 *
 * Codes and texts follow Microsoft's pages "Compose HTTP requests and handle errors", "Troubleshoot Dataverse Web API
 * client errors", "Perform conditional operations" and the list of web service error codes.
 */
export class ODataError extends Error {
  override readonly name = 'ODataError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function odataErrorBody(code: string, message: string): { error: { code: string; message: string } } {
  return { error: { code, message } };
}

/** No record has this primary key. */
export function noSuchId(table: string, id: string): ODataError {
  return new ODataError(404, '0x80040217', `${table} With Id = ${id} Does Not Exist`);
}

/** No record has this alternate key. */
export function noSuchKey(table: string): ODataError {
  return new ODataError(404, '0x80060891', `A record with the specified key values does not exist in ${table} entity`);
}

export function noSuchSegment(segment: string): ODataError {
  return new ODataError(404, '0x8006088a', `Resource not found for the segment '${segment}'.`);
}

export function noSuchProperty(table: string, property: string): ODataError {
  const message = `Could not find a property named '${property}' on type 'Microsoft.Dynamics.CRM.${table}'.`;
  return new ODataError(400, '0x0', message);
}

export function syntaxError(position: number, text: string): ODataError {
  return new ODataError(400, '0x80060888', `Syntax error at position ${position} in '${text}'.`);
}

/** Dataverse can do it, this stand-in cannot: 501, so that nobody takes silence for an answer. */
export function notSimulated(what: string): ODataError {
  return new ODataError(501, '', `The local CRM simulator does not support ${what}.`);
}
