import type { Draw } from './draw.ts';

/** An integer of a kernel's text, `u17`. */
export interface IntType {
  readonly kind: 'int';
  readonly signed: boolean;
  readonly width: number;
}

/** Fixed point, which the text declares under `name`. */
export interface FixedType {
  readonly kind: 'fixed';
  readonly name: string;
  readonly signed: boolean;
  readonly width: number;
  readonly fraction: number;
  readonly rounding: string;
  readonly overflow: string;
}

export type Scalar = IntType | FixedType;

export interface VecType {
  readonly kind: 'vec';
  readonly element: Scalar;
  readonly lanes: number;
}

export interface RecordType {
  readonly kind: 'record';
  readonly fields: readonly { readonly name: string; readonly type: Scalar | VecType }[];
}

/** What a stream carries. */
export type DataType = Scalar | VecType | RecordType;

export interface Range {
  readonly min: bigint;
  readonly max: bigint;
}

export function int(signed: boolean, width: number): IntType {
  return { kind: 'int', signed, width };
}

export function rangeOf({ signed, width }: { signed: boolean; width: number }): Range {
  const half = 1n << BigInt(width - 1);
  return signed ? { min: -half, max: half - 1n } : { min: 0n, max: 2n * half - 1n };
}

/** The smallest integer type that holds a range, as the language gives results. */
export function typeFor({ min, max }: Range): IntType {
  for (let width = 1; ; width++) {
    const held = rangeOf({ signed: min < 0n, width });
    if (min >= held.min && max <= held.max) return int(min < 0n, width);
  }
}

/** The type as a value: an argument of `stream`, `vec`, `array`. */
export function typeText(type: DataType): string {
  switch (type.kind) {
    case 'int':
      return `${type.signed ? 'i' : 'u'}${type.width}`;
    case 'fixed':
      return type.name;
    case 'vec':
      return `vecOf(${typeText(type.element)}, ${type.lanes})`;
    case 'record':
      return `{ ${type.fields.map((one) => `${one.name}: ${typeText(one.type)}`).join(', ')} }`;
  }
}

/** The type as an annotation: `Stream<Vec<u8>>`. */
export function annotation(type: DataType): string {
  switch (type.kind) {
    case 'int':
      return typeText(type);
    case 'fixed':
      return `ValueOf<typeof ${type.name}>`;
    case 'vec':
      return `Vec<${annotation(type.element)}>`;
    case 'record': {
      const fields = type.fields.map((one) => `readonly ${one.name}: ${annotation(one.type)}`);
      return `{ ${fields.join('; ')} }`;
    }
  }
}

export function isBig({ width }: { readonly width: number }): boolean {
  return width > 53;
}

/** A width up to `most`; the borders of what JavaScript and the hardware hold come often. */
export function randomWidth(draw: Draw, most = 64): number {
  const borders = [1, 2, 8, 16, 31, 32, 33, 52, 53, 54, 63, 64].filter((one) => one <= most);
  // Narrow ones seldom: little of what was computed is left in a bit or two.
  return draw.weighted<() => number>([
    [2.5, () => draw.pick(borders)],
    [0.7, () => draw.integer(1, Math.min(8, most))],
    [6, () => draw.integer(Math.min(8, most), most)],
  ])();
}

export function randomInt(draw: Draw, most = 64): IntType {
  return int(draw.chance(0.45), randomWidth(draw, most));
}
