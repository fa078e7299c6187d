import { hash } from 'node:crypto';
import { boundedJson } from './bounded-json.ts';
import { sortedCopy, TooDeepError } from './sorted-copy.ts';

/** How many bytes of a message that can't be read its event carries, written as JSON. */
const MAX_RAW_BYTES = 200_000;

/** A list of callbacks can be wrong in every item. */
const MAX_PROBLEMS = 20;

/** `data` of the event that stands for a message that could not be read. */
export interface UnparsedData extends Record<string, unknown> {
  /** The message as it came, or its JSON as text when it is too large or too deeply nested. */
  readonly raw: unknown;
  readonly isRawText?: true;
  /** The end of the text is missing. */
  readonly isRawCut?: true;
  /** JSON Pointer into the message, and what is wrong there; no values. */
  readonly problems: readonly string[];
}

/** Keeps a message that can't be read. Equal messages have equal hashes, in whatever order their keys are. */
export function unparsedData(
  message: unknown,
  problems: readonly string[],
): { readonly data: UnparsedData; readonly contentHash: string } {
  const json = boundedJson(message, 2 * MAX_RAW_BYTES);
  return {
    data: { ...boundedRaw(message, json), problems: problems.slice(0, MAX_PROBLEMS) },
    contentHash: hash('sha256', `unparsed\n${json}`, 'base64url'),
  };
}

function boundedRaw(message: unknown, json: string): Pick<UnparsedData, 'raw' | 'isRawText' | 'isRawCut'> {
  if (Buffer.byteLength(json) <= MAX_RAW_BYTES) {
    try {
      return { raw: sortedCopy(message) };
    } catch (error) {
      if (!(error instanceof TooDeepError)) throw error;
    }
  }
  const raw = cutToBytes(json, MAX_RAW_BYTES);
  return raw === json ? { raw, isRawText: true } : { raw, isRawText: true, isRawCut: true };
}

/** As much of the start of `text` as takes at most `maxBytes` when it is written as a JSON string. */
function cutToBytes(text: string, maxBytes: number): string {
  let cut = text;
  for (;;) {
    const bytes = Buffer.byteLength(JSON.stringify(cut));
    if (bytes <= maxBytes) return cut;
    cut = cut.slice(0, Math.floor((cut.length * maxBytes) / bytes));
    // Half a surrogate pair is no text.
    if (/[\uD800-\uDBFF]$/.test(cut)) cut = cut.slice(0, -1);
  }
}
