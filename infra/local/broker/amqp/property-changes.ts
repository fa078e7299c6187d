import rhea from 'rhea';
import { SECTION, splitSections } from '../codec/sections.ts';
import { rawMapEntries } from '../codec/values.ts';
import type { PropertyChanges } from '../engine/message.ts';

/**
 * The entries of a map inside an outcome, as changes to a message's properties.
 * `typed` is rhea's undecoded map, keys and values in turn: encoding it again keeps the types of numbers,
 * which decoding would lose. Absent: no changes.
 */
export function propertyChanges(typed: unknown): PropertyChanges {
  if (typeof typed !== 'object' || typed === null || !('value' in typed) || !Array.isArray(typed.value))
    return new Map();
  if (typed.value.length === 0) return new Map();
  // Without a prototype any key is only a key.
  const properties: Record<string, unknown> = Object.create(null);
  for (let index = 0; index + 1 < typed.value.length; index += 2) {
    properties[String(typed.value[index])] = typed.value[index + 1];
  }
  const encoded = rhea.message.encode({ application_properties: properties, body: null });
  const section = splitSections(encoded).find(({ code }) => code === SECTION.applicationProperties);
  return section === undefined ? new Map() : rawMapEntries(encoded, section.valueStart);
}
