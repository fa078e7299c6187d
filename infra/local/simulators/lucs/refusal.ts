/**
 * A call that LUCS refuses. It answers 500 with `{"Error": {"Code", "Message"}}` for business refusals too; 400 is
 * never mentioned. Of the codes only `NotInitialized` is published, the others here are invented, as are the texts.
 */
export class LucsRefusal extends Error {
  override readonly name = 'LucsRefusal';
  readonly status: 404 | 415 | 500;
  readonly code: string;

  constructor(code: string, message: string, status: 404 | 415 | 500 = 500) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** The one error body that LUCS is known to send. */
export function errorEnvelope(code: string, message: string): { Error: { Code: string; Message: string } } {
  return { Error: { Code: code, Message: message } };
}
