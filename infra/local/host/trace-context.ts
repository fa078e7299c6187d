import type { TraceContext } from './rpc.ts';

/** A W3C `traceparent` of version 00: version, trace id, parent id, flags. */
const traceParentPattern = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})/;

/**
 * The trace context of an invocation: a new span in the trace of the caller when it sent a valid `traceparent`, else in a new
 * trace.
 *
 * @param randomHex gives the given number of random bytes as lower-case hex.
 */
export function childTrace(
  traceParent: string | undefined,
  traceState: string | undefined,
  randomHex: (bytes: number) => string,
): TraceContext {
  const match = traceParentPattern.exec(traceParent ?? '');
  const valid = match !== null && !/^0+$/.test(match[1] ?? '') && !/^0+$/.test(match[2] ?? '');
  const traceId = valid ? match[1] : randomHex(16);
  return {
    traceParent: `00-${traceId}-${randomHex(8)}-${valid ? match[3] : '00'}`,
    traceState: valid ? (traceState ?? '') : '',
    attributes: {},
  };
}
