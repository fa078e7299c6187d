/** Whether `error` is a failed file operation with this code, such as `ENOENT`. */
export function hasFileErrorCode(error: unknown, code: string): boolean {
  return fileErrorCode(error) === code;
}

/** The code of a failed file operation; its message names paths and is not for logs that leave the machine. */
export function fileErrorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
