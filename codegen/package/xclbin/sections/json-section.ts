import type { SectionReader } from '../section-reader.ts';

/**
 * A section that is JSON: BUILD_METADATA, KEYVALUE_METADATA, SYSTEM_METADATA and others. v++ ends some with
 * zeros.
 */
export function decodeJson(section: SectionReader): unknown {
  const text = section.whole().replace(/\0+$/, '');
  try {
    return JSON.parse(text);
  } catch (cause) {
    // V8 says `... in JSON at position 17`, counted in characters: the start is the place that is sure.
    throw section.corrupt('it is no JSON', 0, cause);
  }
}

/** One object of that JSON by its path; undefined where the file has something else. */
export function memberOf(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name))
      return undefined;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return found;
}

export function encodeJson(value: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}
