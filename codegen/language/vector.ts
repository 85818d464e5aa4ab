import type { ElementType } from './element-type.ts';

/** Lanes side by side; lane 0 is the lowest bits. `v[l]` reads one, `v.with(l, x)` gives a copy with one replaced. */
export type Vec<T> = readonly T[];

/** The type of a vector, for streams and registers. */
export interface VectorType<T> {
  readonly kind: 'vec';
  readonly element: ElementType<T>;
  readonly lanes: number;
}

/** The type of `lanes` values of type `element`. */
export function vecOf<T>(element: ElementType<T>, lanes: number): VectorType<T> {
  if (!Number.isInteger(lanes) || lanes < 1) {
    throw new RangeError(`a vector of ${lanes} lanes: it has a whole number of them, from 1 on`);
  }
  return { kind: 'vec', element, lanes };
}

/** A vector whose lane l is `element(value(l))`: one operator a lane, all at once in hardware. */
export function vec<T>(
  element: ElementType<T>,
  lanes: number,
  value: (lane: number) => number | bigint | boolean,
): Vec<T> {
  // A loop, since Array.from is several times slower and golden spends most of its time here.
  const made: T[] = [];
  for (let lane = 0; lane < lanes; lane++) made.push(element(value(lane) as number));
  return made;
}

/** True when any lane is not zero. */
export function any(lanes: Vec<number>): boolean {
  return lanes.some((lane) => lane !== 0);
}

/** True when no lane is zero. */
export function all(lanes: Vec<number>): boolean {
  return lanes.every((lane) => lane !== 0);
}

/** The exact sum of all lanes. */
export function sum(lanes: Vec<number>): number {
  return lanes.reduce((total, lane) => total + lane, 0);
}
