/**
 * What integers and fixed point have in common, and all that streams, vectors, tables, memories and
 * scalars ask of a type: called on a value it narrows to the type.
 */
export interface ElementType<T> {
  (value: number): T;
  readonly kind: 'int' | 'fixed';
  readonly signed: boolean;
  /** Bits, 1…64. Up to 53 a value is a `number`, above that a `bigint`. */
  readonly width: number;
  /** Bits behind the binary point: a value counts units of 2^-fraction. 0 for integers. */
  readonly fraction: number;
  /** e.g. `u8`, `fixed(16, 8)`. */
  readonly text: string;
}

/** True where a `bigint` holds the values of a type. */
export function isBig(type: { readonly width: number }): boolean {
  return type.width > 53;
}
