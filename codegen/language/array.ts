import { TilewrightError } from '../support/errors.ts';
import type { FieldType, ValueOf } from './stream.ts';

/** Memory of a process's own: `a[i]` reads an element, `a[i] = x` replaces one. */
export interface LocalArray<T> {
  readonly length: number;
  [index: number]: T;
}

export interface ArrayOptions {
  /**
   * `block` (the default): block RAM, one read and one write a cycle in each bank, read a cycle ahead.
   * `registers`: every element at once, any number of reads and writes; for a few elements.
   */
  readonly storage?: 'block' | 'registers';
  /**
   * Spreads a block array over `factor` banks (a power of two that divides the length). Element i is in
   * bank i mod factor (`cyclic`), or in bank ⌊i / (length / factor)⌋ (`block`).
   */
  readonly partition?: { readonly scheme: 'cyclic' | 'block'; readonly factor: number };
  /** The first content, known at compile time; 0 where left out. Storing it takes a cycle an element of a bank. */
  readonly initial?: (index: number) => number | bigint;
  /** Leaves the first content open and saves those cycles; golden refuses to read what was not stored. */
  readonly uninitialised?: boolean;
}

/** The value that every element starts with, in the shape of its type. */
function first(element: FieldType, value: number | bigint): unknown {
  if (element.kind !== 'vec') return element(value as number);
  return Array.from({ length: element.lanes }, () => element.element(value as number));
}

function same(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((one, lane) => one === b[lane]);
}

function narrowed(element: FieldType, value: unknown): unknown {
  if (element.kind !== 'vec') return element(value as number);
  return (value as readonly number[]).map((lane) => element.element(lane));
}

class GoldenArray {
  private readonly element: FieldType;
  readonly values: unknown[];

  constructor(element: FieldType, values: unknown[]) {
    this.element = element;
    this.values = values;
  }

  private at(key: string): number {
    const index = Number(key);
    if (Number.isInteger(index) && index >= 0 && index < this.values.length) return index;
    throw new TilewrightError(`an array of ${this.values.length} elements has no element ${key}`, {
      code: 'ARRAY_INDEX',
      hint: 'Check the index that the kernel computes: hardware would read or overwrite another element.',
    });
  }

  get(key: string): unknown {
    const index = this.at(key);
    const value = this.values[index];
    if (value !== undefined) return value;
    throw new TilewrightError(`element ${index} of an uninitialised array is read first`, {
      code: 'ARRAY_UNWRITTEN',
      hint: 'Store it before, or leave out uninitialised: the array then starts at 0.',
    });
  }

  set(key: string, value: unknown): void {
    const index = this.at(key);
    if (!same(narrowed(this.element, value), value)) {
      throw new TilewrightError(`element ${index} of an array cannot hold ${String(value)}`, {
        code: 'ARRAY_VALUE',
        hint: "Narrow it to the array's own type first, e.g. a[i] = u32(x).",
      });
    }
    this.values[index] = value;
  }
}

/** Indexing as TypeScript writes it, with every index checked. */
const handler: ProxyHandler<GoldenArray> = {
  get(array, key) {
    if (key === 'length') return array.values.length;
    return typeof key === 'string' ? array.get(key) : undefined;
  },
  set(array, key, value) {
    array.set(String(key), value);
    return true;
  },
};

/**
 * A new array of `length` integers or vectors, private to the process that makes it.
 * @throws TilewrightError `ARRAY_INDEX` past its end, `ARRAY_VALUE` for a value of another width,
 * `ARRAY_UNWRITTEN` where an uninitialised element is read.
 */
export function array<F extends FieldType>(
  element: F,
  length: number,
  options: ArrayOptions = {},
): LocalArray<ValueOf<F>> {
  const { initial = () => 0, uninitialised = false } = options;
  const values = Array.from({ length }, (_, index) =>
    uninitialised ? undefined : first(element, initial(index)),
  );
  const made = new Proxy(new GoldenArray(element, values), handler);
  return made as unknown as LocalArray<ValueOf<F>>;
}
