const entityErrors =
  /MessagingEntityNotFound|MessagingEntityDisabled|UnauthorizedAccess|not-allowed|InvalidOperation|Session\w*Lock/i;

/** Whether an error is about one entity, one session, or the rights to it; all others mean that the bus is gone. */
export function isAboutOneEntity(error: unknown): boolean {
  const message = error instanceof Error ? error.message : String(error);
  return entityErrors.test(`${codeOf(error)} ${message}`);
}

/** Whether nothing came in the time that was given. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && (codeOf(error) === 'ServiceTimeout' || error.name === 'OperationTimeoutError');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
