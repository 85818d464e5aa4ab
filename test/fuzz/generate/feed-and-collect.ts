import type { Draw } from './draw.ts';
import { type DataType, int, isBig, type Scalar, typeText, type VecType } from './types.ts';

/** Lanes of a beat of the input, which has 64-bit elements. */
export const inputLanes = 8;

function unitsType(type: Scalar): string {
  return typeText(int(type.signed, type.width));
}

/** Bits of the beat as a value of a type: from the top or the bottom of a lane, where the borders lie. */
function scalarFromBeat(draw: Draw, type: Scalar, lane: string): string {
  const { width } = type;
  const by = draw.weighted([
    [4, 0],
    [4, 64 - width],
    [1, draw.integer(0, 64 - width)],
  ]);
  const units = `${unitsType(type)}(beat[${lane}]${by === 0 ? '' : ` >> ${by}n`})`;
  return type.kind === 'int' ? units : `${type.name}.fromRaw(${units})`;
}

function fieldFromBeat(draw: Draw, type: Scalar | VecType): string {
  const lane = draw.integer(0, inputLanes - 1);
  if (type.kind !== 'vec') return scalarFromBeat(draw, type, `${lane}`);
  const { element, lanes } = type;
  return `vec(${typeText(element)}, ${lanes}, (l) => ${scalarFromBeat(draw, element, `(l + ${lane}) % ${inputLanes}`)})`;
}

/** An element of a program's input, made of `beat`, a beat of the kernel's. */
export function fromBeat(draw: Draw, type: DataType): string {
  if (type.kind !== 'record') return fieldFromBeat(draw, type);
  return `{ ${type.fields.map((one) => `${one.name}: ${fieldFromBeat(draw, one.type)}`).join(', ')} }`;
}

function scalarWords(type: Scalar, text: string): readonly string[] {
  const units = type.kind === 'fixed' ? `${type.name}.raw(${text})` : text;
  if (type.width <= 32) return [`u32(${units})`];
  return [`u32(${units})`, isBig(type) ? `u32(${units} >> 32n)` : `u32(shiftRight(${units}, 32))`];
}

function fieldWords(type: Scalar | VecType, text: string): readonly string[] {
  if (type.kind !== 'vec') return scalarWords(type, text);
  return Array.from({ length: type.lanes }, (_, lane) =>
    scalarWords(type.element, `${text}[${lane}]`),
  ).flat();
}

/** Every bit of a value as words of 32 bits. */
export function wordsOf(type: DataType, text: string): readonly string[] {
  if (type.kind !== 'record') return fieldWords(type, text);
  return type.fields.flatMap((one) => fieldWords(one.type, `${text}.${one.name}`));
}
