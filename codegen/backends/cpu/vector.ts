import type { Interval } from '../../ir/intervals.ts';
import { inside } from '../../ir/intervals.ts';
import { type IntType, intType, type VecType } from '../../ir/ir.ts';
import type { Text } from '../c-coroutines/text.ts';
import { storedInt } from '../c-coroutines/types.ts';

export type LaneBytes = 1 | 2 | 4 | 8;

export const laneSizes: readonly LaneBytes[] = [1, 2, 4, 8];

/** What the lanes of a vector are kept in: integers of C's sizes. */
export interface LaneFormat {
  readonly bytes: LaneBytes;
  readonly signed: boolean;
}

/**
 * A vector value in the emitted code. Its lanes are exact: the integers that the IR means, which lie between
 * `min` and `max`.
 */
export type Vector = Interval & {
  readonly lanes: number;
} & (
    | { readonly kind: 'constant'; readonly values: readonly bigint[] }
    /** The same integer in every lane. */
    | {
        readonly kind: 'splat';
        readonly value: Text;
        /** What holds it already. */
        readonly twin?: Held | undefined;
      }
    /**
     * Texts of GCC's vectors, each of as many lanes as fit: the last one may have lanes of any value behind the
     * vector's own. Where it is a mask, lanes of 1 have all bits set.
     */
    | {
        readonly kind: 'chunks';
        readonly chunks: readonly string[];
        readonly format: LaneFormat;
        readonly mask?: boolean;
        /** Something with an array `lane` in which the lanes lie too, as long as the statement lasts. */
        readonly memory?: string | undefined;
      }
  );

export type Chunked = Extract<Vector, { readonly kind: 'chunks' }>;

/** Bytes of the chunks in which so many lanes are kept. */
export function chunkBytes(lanes: number, bytes: LaneBytes): 16 | 32 {
  return lanes * bytes <= 16 ? 16 : 32;
}

export function chunkLanes(lanes: number, bytes: LaneBytes): number {
  return chunkBytes(lanes, bytes) / bytes;
}

export function chunkCount(lanes: number, bytes: LaneBytes): number {
  return Math.ceil(lanes / chunkLanes(lanes, bytes));
}

/** A chunk with lanes of 4 bytes, which has a name: 4 or 8 of them. */
export interface Held {
  readonly name: string;
  readonly lanes: number;
}

/** `i32x8`: GCC's vector type of one chunk. */
export function chunkType(lanes: number, { bytes, signed }: LaneFormat): string {
  return `${signed ? 'i' : 'u'}${8 * bytes}x${chunkLanes(lanes, bytes)}`;
}

/** The type of one lane in C. */
export function laneType({ bytes, signed }: LaneFormat): string {
  const name = { 1: 'char', 2: 'short', 4: 'int', 8: 'long' }[bytes];
  return `${signed ? (bytes === 1 ? 's' : '') : 'u'}${name}`;
}

export function formatType({ bytes, signed }: LaneFormat): IntType {
  return intType(signed, 8 * bytes);
}

export function bytesFor(width: number): LaneBytes {
  return width <= 8 ? 1 : width <= 16 ? 2 : width <= 32 ? 4 : 8;
}

/** How a variable, an element of a stream or of an array keeps its lanes. */
export function storedFormat(type: IntType): LaneFormat {
  return { bytes: bytesFor(type.width), signed: !storedInt(type).startsWith('u') };
}

/** The shortest format from so many bytes a lane that holds every value; undefined where none does. */
export function formatHolding(bounds: Interval, least: LaneBytes = 1): LaneFormat | undefined {
  for (const bytes of laneSizes) {
    if (bytes < least) continue;
    for (const signed of [true, false]) {
      if (inside(bounds, intType(signed, 8 * bytes))) return { bytes, signed };
    }
  }
  return undefined;
}

/** Lanes of a variable's struct: whole chunks. */
export function paddedLanes({ lanes, element }: VecType): number {
  const { bytes } = storedFormat(element);
  return chunkCount(lanes, bytes) * chunkLanes(lanes, bytes);
}

export function isMask(vector: Vector): vector is Chunked & { readonly mask: true } {
  return vector.kind === 'chunks' && vector.mask === true;
}

export function widest(a: LaneBytes, b: LaneBytes): LaneBytes {
  return a > b ? a : b;
}

/** The fewest bytes a lane of two operands; constants and integers come in any. */
export function smallest(a: Vector, b: Vector): LaneBytes {
  const sizes = [a, b].flatMap((one) => (one.kind === 'chunks' ? [one.format.bytes] : []));
  return sizes.length === 0 ? 1 : (Math.min(...sizes) as LaneBytes);
}

export function hullOf(a: Interval, b: Interval): Interval {
  return { min: a.min < b.min ? a.min : b.min, max: a.max > b.max ? a.max : b.max };
}
