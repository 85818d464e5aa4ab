/** A value of R, as far as data frames need it. NA: null in strings, -2^31 in integers, NaN in reals. */
export interface RValue {
  readonly values:
    | readonly (string | null)[]
    | Int32Array
    | Float64Array
    | readonly RValue[]
    | null;
  readonly attributes: ReadonlyMap<string, RValue>;
}

export const rMissingInteger = -(2 ** 31);

const noAttributes: ReadonlyMap<string, RValue> = new Map();
const nothing: RValue = { values: null, attributes: noAttributes };

/** Type codes of "R Internals", section 1.8 (serialization formats). */
const type = {
  symbol: 1,
  pairList: 2,
  characters: 9,
  logical: 10,
  integer: 13,
  real: 14,
  strings: 16,
  list: 19,
  alternative: 238,
  attributeList: 239,
  baseEnvironment: 241,
  emptyEnvironment: 242,
  baseNamespace: 247,
  globalEnvironment: 253,
  nil: 254,
  reference: 255,
} as const;

const vectors: ReadonlySet<number> = new Set([
  type.logical,
  type.integer,
  type.real,
  type.strings,
  type.list,
]);

class Reader {
  private at = 0;
  private readonly view: DataView;
  private readonly bytes: Uint8Array;
  private readonly references: RValue[] = [];
  private readonly utf8 = new TextDecoder('utf-8');

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  private int(): number {
    this.at += 4;
    return this.view.getInt32(this.at - 4);
  }

  private length(): number {
    const length = this.int();
    if (length < 0 || length > this.bytes.length) throw new Error(`a length of ${length}`);
    return length;
  }

  /** The head: 'X\n' (big-endian), version, writer, least reader, and in version 3 the encoding. */
  head(): void {
    if (this.bytes[0] !== 0x58 || this.bytes[1] !== 0x0a) throw new Error('not in XDR format');
    this.at = 2;
    const version = this.int();
    if (version !== 2 && version !== 3) throw new Error(`serialisation version ${version}`);
    this.at += 8;
    if (version === 3) {
      const nameLength = this.length();
      this.at += nameLength;
    }
  }

  item(): RValue {
    const flags = this.int();
    const kind = flags & 0xff;
    const hasAttributes = (flags & 0x200) !== 0;
    const hasTag = (flags & 0x400) !== 0;
    switch (kind) {
      case type.nil:
      case type.globalEnvironment:
      case type.emptyEnvironment:
      case type.baseEnvironment:
      case type.baseNamespace:
        return nothing;
      case type.reference:
        return this.reference(flags >> 8);
      case type.symbol: {
        const symbol = this.item();
        this.references.push(symbol);
        return symbol;
      }
      case type.characters:
        return { values: [this.characters(flags)], attributes: noAttributes };
      case type.pairList:
      case type.attributeList:
        return this.pairList(hasAttributes, hasTag);
      case type.alternative:
        return this.alternative();
      default:
        return this.vector(kind, hasAttributes);
    }
  }

  private reference(packed: number): RValue {
    const index = packed === 0 ? this.int() : packed;
    const value = this.references[index - 1];
    if (value === undefined) throw new Error(`reference ${index} to nothing`);
    return value;
  }

  /** Bit 2 of the level flags marks Latin-1; ASCII and UTF-8 read alike. */
  private characters(flags: number): string | null {
    const length = this.int();
    if (length === -1) return null;
    if (length < 0 || this.at + length > this.bytes.length) throw new Error('a cut string');
    const bytes = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return (flags >> 12) & 4 ? Buffer.from(bytes).toString('latin1') : this.utf8.decode(bytes);
  }

  /** As a list whose attributes hold the tagged elements. */
  private pairList(withAttributes: boolean, withTag: boolean): RValue {
    const values: RValue[] = [];
    const tagged = new Map<string, RValue>();
    for (let hasAttributes = withAttributes, hasTag = withTag; ; ) {
      if (hasAttributes) this.item();
      const tag = hasTag ? nameOf(this.item()) : undefined;
      const value = this.item();
      values.push(value);
      if (tag !== undefined) tagged.set(tag, value);
      const flags = this.int();
      const kind = flags & 0xff;
      if (kind === type.nil) return { values, attributes: tagged };
      if (kind !== type.pairList && kind !== type.attributeList) throw new Error('a dotted list');
      hasAttributes = (flags & 0x200) !== 0;
      hasTag = (flags & 0x400) !== 0;
    }
  }

  /** Compact forms of version 3: a sequence stored as {n, first, step}, or a wrapped vector. */
  private alternative(): RValue {
    const about = this.item();
    const state = this.item();
    const attributes = this.item().attributes;
    const name = nameOf((about.values as readonly RValue[])[0]);
    if (name === 'compact_intseq' || name === 'compact_realseq') {
      const [count, first, step] = state.values as Float64Array;
      const values = Float64Array.from({ length: count }, (_, index) => first + index * step);
      return {
        values: name === 'compact_intseq' ? Int32Array.from(values) : values,
        attributes,
      };
    }
    if (name.startsWith('wrap_')) {
      return { values: (state.values as readonly RValue[])[0].values, attributes };
    }
    throw new Error(`the compact form ${name}`);
  }

  private vector(kind: number, hasAttributes: boolean): RValue {
    const values = this.vectorValues(kind);
    return { values, attributes: hasAttributes ? this.item().attributes : noAttributes };
  }

  private vectorValues(kind: number): RValue['values'] {
    if (!vectors.has(kind)) throw new Error(`type ${kind} is neither a vector nor a list`);
    const length = this.length();
    switch (kind) {
      case type.logical:
      case type.integer:
        return Int32Array.from({ length }, () => this.int());
      case type.real: {
        const values = Float64Array.from({ length }, (_, index) =>
          this.view.getFloat64(this.at + 8 * index),
        );
        this.at += 8 * length;
        return values;
      }
      case type.strings:
        return Array.from({ length }, () => {
          const flags = this.int();
          if ((flags & 0xff) !== type.characters) throw new Error('a string vector of no strings');
          return this.characters(flags);
        });
      default:
        return Array.from({ length }, () => this.item());
    }
  }
}

function nameOf(value: RValue): string {
  const first = Array.isArray(value.values) ? (value.values[0] as string | null) : null;
  if (typeof first !== 'string') throw new Error('a name that is no string');
  return first;
}

/**
 * Reads R's serialisation (`saveRDS`, unpacked; XDR, versions 2 and 3) of vectors, lists and data frames.
 * Written after "R Internals", section "Serialization Formats".
 * @throws Error saying what could not be read; closures, environments and the like are not.
 */
export function readRSerialisation(bytes: Uint8Array): RValue {
  const reader = new Reader(bytes);
  reader.head();
  return reader.item();
}

/** The elements of a named list or data frame by name. */
export function namedElements(list: RValue): Map<string, RValue> {
  const names = list.attributes.get('names')?.values;
  const elements = list.values;
  if (!Array.isArray(names) || !Array.isArray(elements)) throw new Error('not a named list');
  return new Map(elements.map((element, at) => [String(names[at]), element as RValue]));
}

/** A character vector, or a factor as its labels; NA becomes ''. */
export function textColumn(column: RValue): string[] {
  const { values } = column;
  if (values instanceof Int32Array) {
    const levels = column.attributes.get('levels')?.values;
    if (!Array.isArray(levels)) throw new Error('numbers where text is expected');
    return Array.from(values, (code) =>
      code === rMissingInteger ? '' : String(levels[code - 1] ?? ''),
    );
  }
  if (!Array.isArray(values)) throw new Error('not a text column');
  return values.map((value) => (typeof value === 'string' ? value : ''));
}

/** An integer or real column; NA becomes NaN. */
export function numberColumn(column: RValue): Float64Array {
  const { values } = column;
  if (values instanceof Float64Array) return values;
  if (!(values instanceof Int32Array)) throw new Error('not a column of numbers');
  return Float64Array.from(values, (value) => (value === rMissingInteger ? Number.NaN : value));
}
