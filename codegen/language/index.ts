/** The kernel language: all that a kernel imports. It runs in Node as it stands. */

export { mulHigh, mulLow, shiftLeft, shiftRight } from './arithmetic.ts';
export { type ArrayOptions, array, type LocalArray } from './array.ts';
export { pipeline, unroll } from './directives.ts';
export type { ElementType } from './element-type.ts';
export {
  type BigFixed,
  type BigFixedType,
  type Fixed,
  type FixedType,
  fixed,
  ufixed,
} from './fixed.ts';
export { type GoldenReport, runGolden } from './golden.ts';
export { type BigInteger, type Int, type IntegerType, signed, unsigned } from './integer-type.ts';
export * from './integers.ts';
export {
  type Argument,
  type Arguments,
  type Bound,
  eachArgument,
  type KernelDefinition,
  kernel,
  type Parameter,
  type Parameters,
  type ParameterValues,
  type SingleArgument,
  type Workload,
} from './kernel.ts';
export { assert, print } from './log.ts';
export {
  type MemoryOptions,
  type ReadMemories,
  type ReadMemory,
  type ReadPort,
  readMemories,
  readMemory,
  type ScalarArgument,
  scalar,
  type WriteMemories,
  type WriteMemory,
  type WritePort,
  writeMemories,
  writeMemory,
} from './memory.ts';
export { type Random, seededRandom } from './random.ts';
export type { Overflow, Rounding } from './rounding.ts';
export { type Stream, type StreamOptions, stream, type ValueOf } from './stream.ts';
export { table } from './table.ts';
export { all, any, sum, type Vec, type VectorType, vec, vecOf } from './vector.ts';
