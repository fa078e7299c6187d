/** The SDK's code when the messages of a send do not fit into one transfer, or the bus refuses their size. */
const TOO_LARGE = 'MessageSizeExceeded';

/** Whether a send failed, at any depth of causes, because of its size: the same send can never succeed. */
export function isMessageTooLarge(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && cause.code === TOO_LARGE) return true;
  }
  return false;
}
