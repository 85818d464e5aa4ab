/**
 * The kernel IR: what the front end produces and every pass and back end reads. Plain immutable data,
 * no behaviour, no word of any target.
 *
 * A kernel is a feed-forward network of processes joined by streams. A process is structured code
 * (assignments, stream and memory operations, `if`, loops) over variables that live in the process.
 *
 * ONE RULE gives every operator its meaning: operands are mathematical integers (the value of their
 * type), the operation is exact, and the result is wrapped to the node's `type` (two's complement).
 * So a pass may narrow a type wherever the upper bits are not observed, and a back end may compute in
 * any width that holds the result. `saturate` clamps instead of wrapping.
 *
 * A vector type makes the same operators work lane by lane; an integer operand beside a vector one
 * counts for every lane (broadcast).
 */

export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `width` bits, 1…64; two's complement when signed. A condition is an unsigned integer of width 1. */
export interface IntType {
  readonly kind: 'int';
  readonly signed: boolean;
  readonly width: number;
}

/** `lanes` integers side by side; lane 0 is the lowest bits (and the lowest address in memory). */
export interface VecType {
  readonly kind: 'vec';
  readonly element: IntType;
  readonly lanes: number;
}

export type Type = IntType | VecType;

export type BinaryOp =
  | 'add'
  | 'sub'
  | 'mul'
  | 'and'
  | 'or'
  | 'xor'
  /** a · 2^b; b unsigned. */
  | 'shl'
  /** ⌊a / 2^b⌋; b unsigned. */
  | 'shr'
  /** Comparisons of exact values; the type is u1 (or a vector of u1). */
  | 'eq'
  | 'ne'
  | 'lt'
  | 'le';

export type ReduceOp = 'or' | 'and' | 'add' | 'min' | 'max';

interface Node {
  readonly type: Type;
  readonly span?: Span;
}

/** One integer, or one per lane. */
export interface ConstExpr extends Node {
  readonly op: 'const';
  readonly value: bigint | readonly bigint[];
}

/** A variable of the process. */
export interface VarExpr extends Node {
  readonly op: 'var';
  readonly name: string;
}

/** A scalar argument of the kernel; constant while it runs. */
export interface ScalarExpr extends Node {
  readonly op: 'scalar';
  readonly name: string;
}

export interface BinaryExpr extends Node {
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
}

/** `cast` wraps to `type`, `saturate` clamps to its range, `not` is bitwise complement. */
export interface UnaryExpr extends Node {
  readonly op: 'cast' | 'saturate' | 'not';
  readonly operand: Expr;
}

/** `condition` is u1, or a vector of u1 with as many lanes as `type`. Both arms are evaluated. */
export interface SelectExpr extends Node {
  readonly op: 'select';
  readonly condition: Expr;
  readonly then: Expr;
  readonly else: Expr;
}

/** One lane. An index past the last lane gives an unspecified value, which no run of a kernel that passes in golden observes. */
export interface LaneExpr extends Node {
  readonly op: 'lane';
  readonly type: IntType;
  readonly vector: Expr;
  readonly index: Expr;
}

/** The vector with one lane replaced. */
export interface WithLaneExpr extends Node {
  readonly op: 'with-lane';
  readonly type: VecType;
  readonly vector: Expr;
  readonly index: Expr;
  readonly value: Expr;
}

/** A vector from integers, one a lane. */
export interface BuildExpr extends Node {
  readonly op: 'build';
  readonly type: VecType;
  readonly elements: readonly Expr[];
}

/** Vectors of one element type end to end, the first in the lowest lanes. */
export interface ConcatExpr extends Node {
  readonly op: 'concat';
  readonly type: VecType;
  readonly vectors: readonly Expr[];
}

/** Lane l of the result is lane `lanes[l]` of the operand. */
export interface ShuffleExpr extends Node {
  readonly op: 'shuffle';
  readonly type: VecType;
  readonly vector: Expr;
  readonly lanes: readonly number[];
}

/** All lanes folded into one integer. */
export interface ReduceExpr extends Node {
  readonly op: 'reduce';
  readonly type: IntType;
  readonly reduce: ReduceOp;
  readonly vector: Expr;
}

/** A constant table of the kernel, indexed; past its end it gives 0. */
export interface TableExpr extends Node {
  readonly op: 'table';
  readonly type: IntType;
  readonly table: string;
  readonly index: Expr;
}

export type Expr =
  | ConstExpr
  | VarExpr
  | ScalarExpr
  | BinaryExpr
  | UnaryExpr
  | SelectExpr
  | LaneExpr
  | WithLaneExpr
  | BuildExpr
  | ConcatExpr
  | ShuffleExpr
  | ReduceExpr
  | TableExpr;

export interface AssignStmt {
  readonly kind: 'assign';
  readonly variable: string;
  readonly value: Expr;
  readonly span?: Span;
}

/** Blocking read of one element; `into` has one variable a field, undefined for a field that nobody uses. */
export interface ReadStmt {
  readonly kind: 'read';
  readonly stream: string;
  readonly into: readonly (string | undefined)[];
  readonly span?: Span;
}

/** Blocking write of one element, one value a field. */
export interface WriteStmt {
  readonly kind: 'write';
  readonly stream: string;
  readonly values: readonly Expr[];
  readonly span?: Span;
}

/** Asks a memory for `beats` (1…256) whole beats from beat index `beat`: AR for a read memory, AW for a write one. */
export interface RequestStmt {
  readonly kind: 'request';
  readonly memory: string;
  readonly beat: Expr;
  readonly beats: Expr;
  readonly span?: Span;
}

/** Blocking take of the next requested beat (R). */
export interface ReceiveStmt {
  readonly kind: 'receive';
  readonly memory: string;
  readonly into: string;
  readonly span?: Span;
}

/** The next beat of the requested bursts (W). */
export interface SendStmt {
  readonly kind: 'send';
  readonly memory: string;
  readonly value: Expr;
  readonly span?: Span;
}

/** Blocking wait for the response of one write request (B). */
export interface ResponseStmt {
  readonly kind: 'response';
  readonly memory: string;
  readonly span?: Span;
}

export interface IfStmt {
  readonly kind: 'if';
  readonly condition: Expr;
  readonly then: readonly Stmt[];
  readonly else: readonly Stmt[];
  readonly span?: Span;
}

/** `init; while (condition) { body; step }`, the condition tested before each iteration. */
export interface LoopStmt {
  readonly kind: 'loop';
  readonly init: readonly AssignStmt[];
  readonly condition: Expr;
  readonly step: readonly AssignStmt[];
  readonly body: readonly Stmt[];
  /** Initiation interval asked for; undefined where the source does not ask. */
  readonly ii?: number;
  /** Copies of the body that one iteration is to hold, from 2 on; gone when `unroll-loops` has run. */
  readonly unroll?: number;
  /** Hardly ever entered: fast code for it is not worth its length. Only back ends say so, for themselves. */
  readonly rare?: true;
  readonly span?: Span;
}

/**
 * Takes one element of an array of the process. An index past the end gives an unspecified value, which
 * no run of a kernel that passes in golden observes: so a load may be done where its value goes unused.
 */
export interface LoadStmt {
  readonly kind: 'load';
  readonly array: string;
  readonly index: Expr;
  readonly into: string;
  readonly span?: Span;
}

/** Replaces one element of an array of the process. */
export interface StoreStmt {
  readonly kind: 'store';
  readonly array: string;
  readonly index: Expr;
  readonly value: Expr;
  readonly span?: Span;
}

/** Text with values in it: one piece of text more than there are values. */
export interface Message {
  readonly text: readonly string[];
  /** Integers, written in decimal. */
  readonly values: readonly Expr[];
}

/** Writes a line to the log of the run; nothing on a card. */
export interface PrintStmt extends Message {
  readonly kind: 'print';
  readonly span?: Span;
}

/** Ends the run with the message where the condition is 0; nothing on a card. */
export interface AssertStmt extends Message {
  readonly kind: 'assert';
  readonly condition: Expr;
  readonly span?: Span;
}

export type Stmt =
  | AssignStmt
  | LoadStmt
  | StoreStmt
  | PrintStmt
  | AssertStmt
  | ReadStmt
  | WriteStmt
  | RequestStmt
  | ReceiveStmt
  | SendStmt
  | ResponseStmt
  | IfStmt
  | LoopStmt;

/** Without an initial value in code a variable starts at 0 (all lanes). */
export interface Variable {
  readonly name: string;
  readonly type: Type;
  /** False: assigned at exactly one place, before every use (a `const` of the source). */
  readonly mutable: boolean;
  readonly span?: Span;
}

/** How the elements of an array are spread over banks, each with a read and a write port of its own. */
export interface Partition {
  /** Element i is in bank i mod factor (cyclic), or in bank ⌊i / (length / factor)⌋ (block). */
  readonly scheme: 'cyclic' | 'block';
  /** A power of two that divides the length. */
  readonly factor: number;
}

/**
 * Memory of a process's own. Its first content is unspecified: the code stores it. `block` is a memory
 * of one read and one write port, read a cycle ahead; `registers` is read and written at once.
 */
export interface LocalArray {
  readonly name: string;
  readonly element: Type;
  readonly length: number;
  readonly storage: 'block' | 'registers';
  readonly partition?: Partition;
  readonly span: Span;
}

export interface Process {
  readonly name: string;
  readonly variables: readonly Variable[];
  readonly arrays: readonly LocalArray[];
  readonly body: readonly Stmt[];
  readonly span: Span;
}

/** A FIFO with one producer and one consumer process. */
export interface Stream {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: Type }[];
  /** Elements it holds, at least 2 so that both ends run at full rate; 0 until `derive-depths` has run. */
  readonly depth: number;
  readonly span: Span;
}

/** A buffer behind an AXI4 master of `beatBits`; elements packed little-endian. */
export interface Memory {
  readonly name: string;
  readonly direction: 'read' | 'write';
  readonly element: IntType;
  /** Bits behind the binary point, for the host; the hardware computes with whole units. */
  readonly fraction?: number;
  readonly beatBits: number;
  /** Bursts that the hardware can keep in flight. */
  readonly outstanding: number;
  readonly span: Span;
}

export interface Scalar {
  readonly name: string;
  readonly type: IntType;
  /** As of a memory. */
  readonly fraction?: number;
  readonly span: Span;
}

export interface Table {
  readonly name: string;
  readonly element: IntType;
  readonly values: readonly bigint[];
  readonly span: Span;
}

export interface KernelIR {
  readonly name: string;
  readonly summary: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** Names of scalars and memories in the order of the register map. */
  readonly argumentOrder: readonly string[];
  readonly scalars: readonly Scalar[];
  readonly memories: readonly Memory[];
  readonly streams: readonly Stream[];
  readonly tables: readonly Table[];
  /** In the order in which golden and g++ run them: producers before consumers. */
  readonly processes: readonly Process[];
}

export const u1: IntType = { kind: 'int', signed: false, width: 1 };

export function intType(signed: boolean, width: number): IntType {
  return { kind: 'int', signed, width };
}

export function vecType(element: IntType, lanes: number): VecType {
  return { kind: 'vec', element, lanes };
}

/** The integer type of one lane, or of the integer itself. */
export function elementOf(type: Type): IntType {
  return type.kind === 'vec' ? type.element : type;
}

export function lanesOf(type: Type): number {
  return type.kind === 'vec' ? type.lanes : 1;
}

export function bitsOf(type: Type): number {
  return type.kind === 'vec' ? type.element.width * type.lanes : type.width;
}

export function sameType(a: Type, b: Type): boolean {
  return (
    a.kind === b.kind &&
    lanesOf(a) === lanesOf(b) &&
    elementOf(a).signed === elementOf(b).signed &&
    elementOf(a).width === elementOf(b).width
  );
}

/** Smallest and largest value of an integer type. */
export function rangeOf(type: IntType): {
  readonly min: bigint;
  readonly max: bigint;
} {
  return type.signed
    ? {
        min: -(1n << BigInt(type.width - 1)),
        max: (1n << BigInt(type.width - 1)) - 1n,
      }
    : { min: 0n, max: (1n << BigInt(type.width)) - 1n };
}

/** Two's-complement wrap of an exact value to a type. */
export function wrap(value: bigint, type: IntType): bigint {
  return type.signed ? BigInt.asIntN(type.width, value) : BigInt.asUintN(type.width, value);
}

/** The smallest type that holds every value from `min` to `max`; unsigned when `min` is not negative. */
export function typeForRange(min: bigint, max: bigint): IntType {
  if (min >= 0n) return intType(false, Math.max(1, max.toString(2).length));
  const negative = min === 0n ? 1 : (-min - 1n).toString(2).length + 1;
  const positive = max > 0n ? max.toString(2).length + 1 : 1;
  return intType(true, Math.max(-min - 1n === 0n ? 1 : negative, positive));
}

export function typeText(type: Type): string {
  if (type.kind === 'vec') return `${typeText(type.element)}x${type.lanes}`;
  return `${type.signed ? 'i' : 'u'}${type.width}`;
}
