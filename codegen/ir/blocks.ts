import type { Expr, LocalArray, Span, Type } from './ir.ts';
import { operandsOf } from './visit.ts';

/**
 * The block form of a process: what `form-blocks` makes of its structured code, and `schedule` gives
 * stages to. A block is straight-line code that runs as one unit; one block starts a cycle at best.
 *
 * Expressions are shared (the same object for the same value within a block). A `var` leaf is either a
 * result of one of the block's own operations, or the variable as it was when the block began.
 */
export interface BlockOp {
  readonly kind:
    | 'read'
    | 'write'
    | 'request'
    | 'receive'
    | 'send'
    | 'response'
    | 'load'
    | 'store'
    | 'log';
  /** Stream, memory or array; `log` for what goes to the run's log, which has one place for all. */
  readonly resource: string;
  /** The operation happens only where this is 1; undefined: always. */
  readonly predicate?: Expr;
  /** Values written, beat and beats, index and value, or the values of a log's text. */
  readonly args: readonly Expr[];
  /** Variables that take the results, by field. */
  readonly into: readonly (string | undefined)[];
  /** Of a log: the pieces of its text, and whether it ends the run. */
  readonly log?: { readonly text: readonly string[]; readonly failure: boolean };
  readonly span?: Span;
}

/** A variable's value after the block; kept as it is where `enable` is 0. */
export interface BlockWrite {
  readonly variable: string;
  readonly value: Expr;
  readonly enable?: Expr;
}

/** Where control goes: a block, the end (undefined), or a choice. */
export type Next =
  | { readonly kind: 'goto'; readonly block: number | undefined }
  | { readonly kind: 'branch'; readonly condition: Expr; readonly then: Next; readonly else: Next };

export interface Block {
  readonly ops: readonly BlockOp[];
  readonly writes: readonly BlockWrite[];
  readonly next: Next;
  /** The initiation interval that the source asks for where the block is a loop of its own. */
  readonly ii?: number;
  readonly span: Span;
}

export interface BlockProcess {
  readonly name: string;
  readonly span: Span;
  /** Block 0 is where the process starts. */
  readonly blocks: readonly Block[];
  readonly arrays: readonly LocalArray[];
  /** Type of every variable that lives from one block to another. */
  readonly state: ReadonlyMap<string, Type>;
  /** Source names of values, for readable output. */
  readonly names: ReadonlyMap<Expr, string>;
}

export function* conditionsOf(next: Next): Generator<Expr> {
  if (next.kind === 'goto') return;
  yield next.condition;
  yield* conditionsOf(next.then);
  yield* conditionsOf(next.else);
}

export function* targetsOf(next: Next): Generator<number | undefined> {
  if (next.kind === 'goto') yield next.block;
  else {
    yield* targetsOf(next.then);
    yield* targetsOf(next.else);
  }
}

/** Every expression that a block evaluates at its roots. */
export function* rootsOf(block: Block): Generator<Expr> {
  for (const op of block.ops) {
    if (op.predicate !== undefined) yield op.predicate;
    yield* op.args;
  }
  for (const write of block.writes) {
    yield write.value;
    if (write.enable !== undefined) yield write.enable;
  }
  yield* conditionsOf(block.next);
}

/** Variables whose value at the block's start it uses. */
export function readsOf(block: Block): Set<string> {
  const own = new Set(block.ops.flatMap((op) => op.into));
  const found = new Set<string>();
  const seen = new Set<Expr>();
  const visit = (expr: Expr): void => {
    if (seen.has(expr)) return;
    seen.add(expr);
    if (expr.op === 'var' && !own.has(expr.name)) found.add(expr.name);
    for (const operand of operandsOf(expr)) visit(operand);
  };
  for (const root of rootsOf(block)) visit(root);
  return found;
}
