import type {
  ReadMemories,
  ReadMemory,
  ReadPort,
  ScalarArgument,
  WriteMemories,
  WriteMemory,
  WritePort,
} from './memory.ts';
import type { Random } from './random.ts';

/** A compile-time parameter: a whole number from `min` to `max`, or one of `values`. */
export interface Parameter {
  readonly default: number;
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly number[];
  readonly help: string;
}

export type Parameters = Readonly<Record<string, Parameter>>;
export type ParameterValues<P extends Parameters> = { readonly [K in keyof P]: number };

// biome-ignore lint/suspicious/noExplicitAny: a constraint that every argument satisfies
export type SingleArgument = ReadMemory<any> | WriteMemory<any> | ScalarArgument<any>;
// biome-ignore lint/suspicious/noExplicitAny: a constraint that every argument satisfies
export type Argument = SingleArgument | ReadMemories<any> | WriteMemories<any>;
export type Arguments = Readonly<Record<string, Argument>>;

/** What the dataflow region sees of each argument. */
export type Bound<A extends Arguments> = {
  readonly [K in keyof A]: A[K] extends ReadMemory<infer T>
    ? ReadPort<T>
    : A[K] extends WriteMemory<infer T>
      ? WritePort<T>
      : A[K] extends ReadMemories<infer T>
        ? readonly ReadPort<T>[]
        : A[K] extends WriteMemories<infer T>
          ? readonly WritePort<T>[]
          : A[K] extends ScalarArgument<infer T>
            ? T
            : never;
};

/**
 * One run's arguments: elements of each read memory, the element count of each write memory, each scalar;
 * of several memories one entry each.
 */
export type Workload<A extends Arguments> = {
  readonly [K in keyof A]: A[K] extends ReadMemory<unknown>
    ? ArrayLike<number> | ArrayLike<bigint>
    : A[K] extends ReadMemories<unknown>
      ? readonly (ArrayLike<number> | ArrayLike<bigint>)[]
      : A[K] extends WriteMemories<unknown>
        ? readonly number[]
        : number;
};

/**
 * Rows that come to nothing, as those of absent seeds in a second hop: where all of a row's elements of each memory in
 * `when` have the value that is said there, its elements of each memory that is written have the value said in `gives`.
 */
export interface BlankRows {
  readonly when: Readonly<Record<string, number>>;
  readonly gives: Readonly<Record<string, number>>;
}

export interface IndependentRows {
  readonly count: string;
  readonly elements: Readonly<Record<string, number>>;
  /** A target may leave such rows out of a run and write what they come to by itself. */
  readonly blank?: BlankRows;
}

export interface KernelDefinition<P extends Parameters, A extends Arguments> {
  /** Verilog and C++ name: lower case with underscores. */
  readonly name: string;
  /** One line for `tilewright kernels`. */
  readonly summary: string;
  readonly parameters: P;
  /**
   * What is wrong with a combination of parameters, each of which is in its range: a sentence for who chose
   * them. Nothing where the kernel can be built.
   */
  refuse?(parameters: ParameterValues<P>): string | undefined;
  /** Arguments in the order of the register map. */
  arguments(parameters: ParameterValues<P>): A;
  /** Creates the streams and calls the processes, producers first. */
  dataflow(parameters: ParameterValues<P>, args: Bound<A>): void;
  /**
   * Where rows do not depend on each other: a run over some of them gives what a run over all gives for these, so
   * that a target may run parts of them side by side. `count` is the scalar that says how many there are,
   * `elements` how many elements of a memory belong to a row; a memory that is not named serves all rows.
   */
  rows?(parameters: ParameterValues<P>): IndependentRows;
  /** A random workload; `size` is the number of rows, seeds or elements, whatever the kernel counts. */
  workload(parameters: ParameterValues<P>, random: Random, size: number): Workload<A>;
}

/** The arguments as the host sees them: each of several memories under its own name, `features_0`. */
export function eachArgument(declared: Arguments): readonly (readonly [string, SingleArgument])[] {
  return Object.entries(declared).flatMap(([name, one]): (readonly [string, SingleArgument])[] => {
    if (one?.kind !== 'read-array' && one?.kind !== 'write-array') return [[name, one]];
    return Array.from({ length: one.count }, (_, at) => [`${name}_${at}`, one.memory]);
  });
}

/** Declares a kernel; the default export of a kernel file. */
export function kernel<const P extends Parameters, A extends Arguments>(
  definition: KernelDefinition<P, A>,
): KernelDefinition<P, A> {
  return definition;
}
