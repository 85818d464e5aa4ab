import type { ElementType } from './element-type.ts';
import { type Vec, vec } from './vector.ts';

/** A constant table of `length` entries, computed when the kernel is compiled. Indexed like an array. */
export function table<T>(
  element: ElementType<T>,
  length: number,
  value: (index: number) => number | bigint,
): Vec<T> {
  return vec(element, length, value);
}
