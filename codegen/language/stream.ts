import { TilewrightError } from '../support/errors.ts';
import type { ElementType } from './element-type.ts';
import type { Vec, VectorType } from './vector.ts';

// biome-ignore lint/suspicious/noExplicitAny: a constraint that every element type satisfies
type AnyElement = ElementType<any>;
// biome-ignore lint/suspicious/noExplicitAny: a constraint that every vector type satisfies
export type FieldType = AnyElement | VectorType<any>;
export type RecordType = { readonly [field: string]: FieldType };

/** The value that a type stands for: `type sample = ValueOf<typeof sample>`. */
export type ValueOf<F> =
  F extends ElementType<infer T>
    ? T
    : F extends VectorType<infer T>
      ? Vec<T>
      : F extends RecordType
        ? { readonly [K in keyof F]: ValueOf<F[K]> }
        : never;

/**
 * A FIFO between two processes: blocking on both ends, one producer, one consumer (a Kahn network, so
 * the result never depends on timing). In Node the producer has run before the consumer starts.
 */
export interface Stream<T> {
  /** Blocks while the stream is empty. */
  read(): T;
  /** Blocks while the stream is full. */
  write(value: T): void;
}

class GoldenStream<T> implements Stream<T> {
  private queue: T[] = [];
  private head = 0;
  /** Whose stack says which line of the kernel makes the stream: it has no name here. */
  readonly made = new Error('the stream is made here');

  read(): T {
    if (this.head >= this.queue.length) {
      throw new TilewrightError(
        `a stream ran empty: its consumer reads element ${this.head}, its producer wrote ${this.queue.length}`,
        {
          code: 'STREAM_EMPTY',
          hint: 'Producer and consumer must agree on the number of elements, and the producer must be called first.',
          cause: this.made,
        },
      );
    }
    return this.queue[this.head++];
  }

  write(value: T): void {
    this.queue.push(value);
  }

  /** Elements that were written. */
  get written(): number {
    return this.queue.length;
  }

  /** Elements that nobody read. */
  get left(): number {
    return this.queue.length - this.head;
  }
}

/** What the golden model sees of a stream. */
export interface SeenStream {
  readonly left: number;
  readonly written: number;
  readonly made: Error;
}

type Watch = (stream: SeenStream) => void;

// One for all copies of this module: a kernel's file may have been loaded with a copy of its own.
const key = Symbol.for('tilewright.language.streams');
const shared = globalThis as { [key]?: Watch | undefined };

/** Calls `body` and reports each stream that it creates; for the golden model's end-of-run check. */
export function observeStreams<R>(watch: Watch, body: () => R): R {
  const before = shared[key];
  shared[key] = watch;
  try {
    return body();
  } finally {
    shared[key] = before;
  }
}

export interface StreamOptions {
  /** Elements that the FIFO holds; derived when left out (2). */
  readonly depth?: number;
}

/** A new stream of numbers, vectors, or records of them. */
export function stream<F extends FieldType | RecordType>(
  _type: F,
  _options?: StreamOptions,
): Stream<ValueOf<F>> {
  const made = new GoldenStream<ValueOf<F>>();
  shared[key]?.(made);
  return made;
}
