import type { Interval } from '../../ir/intervals.ts';
import { inside } from '../../ir/intervals.ts';
import { type IntType, rangeOf, wrap } from '../../ir/ir.ts';
import { converted, literal, type Text } from '../c-coroutines/text.ts';
import type { ComputeType } from '../c-coroutines/types.ts';
import {
  bytesFor,
  type Chunked,
  chunkBytes,
  chunkCount,
  chunkLanes,
  chunkType,
  formatType,
  type LaneBytes,
  type LaneFormat,
  laneType,
  type Vector,
} from './vector.ts';

/** Writes the statements that turn chunks into chunks of another format, and puts lanes together. */
export class ChunkPrinter {
  private readonly claim: (wanted: string) => string;
  private readonly line: (text: string) => void;

  constructor(claim: (wanted: string) => string, line: (text: string) => void) {
    this.claim = claim;
    this.line = line;
  }

  /** Names a chunk. */
  named(text: string, type: string): string {
    if (/^\w+$/.test(text)) return text;
    const name = this.claim('t');
    this.line(`const ${type} ${name} = ${text};`);
    return name;
  }

  chunked(
    chunks: readonly string[],
    lanes: number,
    format: LaneFormat,
    bounds: Interval,
    mask = false,
  ): Chunked {
    const type = chunkType(lanes, format);
    const names = chunks.map((text) => this.named(text, type));
    const { min, max } = bounds;
    return { kind: 'chunks', chunks: names, lanes, format, min, max, ...(mask ? { mask } : {}) };
  }

  /** Masks as lanes of 0 and 1. */
  plain(vector: Vector): Vector {
    if (vector.kind !== 'chunks' || vector.mask !== true) return vector;
    const { lanes, format, chunks } = vector;
    return this.chunked(
      chunks.map((one) => `${one} & 1`),
      lanes,
      format,
      { min: 0n, max: 1n },
    );
  }

  /** Lanes of so many bytes, of which the lowest bits are those of the values; each text has a name or is short. */
  at(vector: Vector, format: LaneFormat): readonly string[] {
    const { lanes } = vector;
    const type = chunkType(lanes, format);
    const count = chunkCount(lanes, format.bytes);
    if (vector.kind === 'constant') {
      const per = chunkLanes(lanes, format.bytes);
      return Array.from({ length: count }, (_, chunk) => {
        const values = vector.values.slice(chunk * per, (chunk + 1) * per);
        if (values.every((one) => one === 0n)) return `${type}{}`;
        const filled = Array.from({ length: per }, (_, at) => values[at] ?? 0n);
        return `${type}{${filled.map((one) => constantLane(one, format)).join(', ')}}`;
      });
    }
    if (vector.kind === 'splat' && vector.twin !== undefined && format.bytes === 4) {
      const { twin } = vector;
      if (chunkLanes(lanes, 4) === twin.lanes)
        return Array.from({ length: count }, () => `(${type})${twin.name}`);
    }
    if (vector.kind === 'splat') {
      const name = this.named(`splat<${type}>((${laneType(format)})(${vector.value.text}))`, type);
      return Array.from({ length: count }, () => name);
    }
    const { signed } = vector.format;
    let chunks =
      vector.memory !== undefined && vector.format.bytes < format.bytes
        ? this.widenFrom(vector.memory, lanes, { bytes: format.bytes, signed })
        : undefined;
    let { bytes } = chunks === undefined ? vector.format : format;
    chunks ??= vector.chunks;
    if (bytes < format.bytes) {
      chunks = this.widen(chunks, lanes, { bytes, signed }, format.bytes);
      bytes = format.bytes;
    }
    while (bytes > format.bytes) {
      chunks = this.narrow(chunks, lanes, { bytes, signed }, vector);
      bytes = (bytes / 2) as LaneBytes;
    }
    if (signed === format.signed) return chunks;
    return chunks.map((one) => `(${type})${one}`);
  }

  private widen(
    chunks: readonly string[],
    lanes: number,
    from: LaneFormat,
    bytes: LaneBytes,
  ): string[] {
    const to: LaneFormat = { bytes, signed: from.signed };
    const type = chunkType(lanes, to);
    const per = chunkLanes(lanes, to.bytes);
    const source = chunkLanes(lanes, from.bytes);
    return Array.from({ length: chunkCount(lanes, to.bytes) }, (_, chunk) => {
      const first = chunk * per;
      const text = `widen<${type}, ${first % source}>(${chunks[Math.floor(first / source)]})`;
      return this.named(text, type);
    });
  }

  /** Lanes in memory as longer ones; undefined where they take 16 bytes. */
  private widenFrom(memory: string, lanes: number, to: LaneFormat): readonly string[] | undefined {
    if (chunkBytes(lanes, to.bytes) < 32) return undefined;
    const type = chunkType(lanes, to);
    const per = chunkLanes(lanes, to.bytes);
    return Array.from({ length: chunkCount(lanes, to.bytes) }, (_, chunk) =>
      this.named(`widen_from<${type}>(&${memory}.lane[${chunk * per}])`, type),
    );
  }

  private narrow(
    chunks: readonly string[],
    lanes: number,
    from: LaneFormat,
    bounds: Interval,
  ): string[] {
    const to: LaneFormat = { bytes: (from.bytes / 2) as LaneBytes, signed: from.signed };
    const type = chunkType(lanes, to);
    const count = chunkCount(lanes, to.bytes);
    const two = chunkBytes(lanes, to.bytes) === 32;
    // Instructions that narrow clamp: to the range of signed lanes or, negative integers too, of unsigned ones.
    const range = [true, false].find((signed) => inside(bounds, formatType({ ...to, signed })));
    const values = range === undefined ? 'any' : range ? 'in_signed' : 'in_unsigned';
    return Array.from({ length: count }, (_, chunk) => {
      if (!two) return this.named(`narrow_one<${type}, ${values}>(${chunks[0]})`, type);
      const [low, high] = [chunks[2 * chunk], chunks[2 * chunk + 1] ?? chunks[2 * chunk]];
      return this.named(`narrow<${type}, ${values}>(${low}, ${high})`, type);
    });
  }

  /** The same lowest bits in no longer lanes than a type of one of C's sizes has. */
  reduced(vector: Vector, type: IntType): Vector {
    if (inside(vector, type)) return vector;
    if (vector.kind === 'constant') return this.wrapped(vector, type);
    const format: LaneFormat = { bytes: bytesFor(type.width), signed: type.signed };
    return this.chunked(this.at(vector, format), vector.lanes, format, rangeOf(type));
  }

  /** An exact value wrapped to a type. */
  wrapped(given: Vector, type: IntType): Vector {
    if (inside(given, type)) return given;
    if (given.kind === 'constant') {
      return constant(
        given.values.map((one) => wrap(one, type)),
        given.lanes,
      );
    }
    const vector = this.plain(given);
    const { lanes } = vector;
    const before = vector.kind === 'chunks' ? vector.format.bytes : 8;
    const needed = bytesFor(type.width);
    return this.lowBits(vector, (before > needed ? before : needed) as LaneBytes, lanes, type);
  }

  /** The lowest bits of lanes of so many bytes, as values of the type. */
  lowBits(vector: Vector, bytes: LaneBytes, lanes: number, type: IntType): Vector {
    return this.low(this.at(vector, { bytes, signed: type.signed }), bytes, lanes, type);
  }

  /** Of chunks in lanes of that signedness. */
  low(chunks: readonly string[], bytes: LaneBytes, lanes: number, type: IntType): Chunked {
    const format: LaneFormat = { bytes, signed: type.signed };
    const bounds = rangeOf(type);
    if (type.width === 8 * bytes) return this.chunked(chunks, lanes, format, bounds);
    if (type.signed) {
      const by = 8 * bytes - type.width;
      const unsigned = chunkType(lanes, { bytes, signed: false });
      const own = chunkType(lanes, format);
      const texts = chunks.map((one) => `(${own})((${unsigned})${grouped(one)} << ${by}) >> ${by}`);
      return this.chunked(texts, lanes, format, bounds);
    }
    const mask = literal((1n << BigInt(type.width)) - 1n, bytes === 8 ? 'ulong' : 'uint').text;
    const narrow = bytes < 4 ? `(${laneType(format)})${mask}` : mask;
    return this.chunked(
      chunks.map((one) => `${grouped(one)} & ${narrow}`),
      lanes,
      format,
      bounds,
    );
  }
}

export function grouped(text: string): string {
  return /^[\w.>\-[\]]+$/.test(text) || /^\w+\{[^{}]*\}$/.test(text) ? text : `(${text})`;
}

export function constant(values: readonly bigint[], lanes: number): Vector {
  const all = values.length === lanes ? values : Array.from({ length: lanes }, () => values[0]);
  return {
    kind: 'constant',
    values: all,
    lanes,
    min: all.reduce((a, b) => (b < a ? b : a)),
    max: all.reduce((a, b) => (b > a ? b : a)),
  };
}

function constantLane(value: bigint, format: LaneFormat): string {
  const own = wrap(value, formatType(format));
  const { bytes, signed } = format;
  if (bytes < 4) return `${own}`;
  return literal(own, bytes === 8 ? (signed ? 'long' : 'ulong') : signed ? 'int' : 'uint').text;
}

/** The text of one lane of a chunk. */
export function laneText(text: string, { bytes, signed }: LaneFormat, bounds: Interval): Text {
  const computed: ComputeType =
    bytes < 4 ? 'int' : bytes === 4 ? (signed ? 'int' : 'uint') : signed ? 'long' : 'ulong';
  return { ...bounds, text, primary: true, computed, short: bytes < 4 };
}

/** A scalar's text in the type of a lane. */
export function asLane(value: Text, format: LaneFormat): string {
  const wide: ComputeType = format.bytes === 8 ? (format.signed ? 'long' : 'ulong') : 'int';
  const text = format.bytes === 8 ? converted(value, wide).text : value.text;
  return `(${laneType(format)})(${text})`;
}
