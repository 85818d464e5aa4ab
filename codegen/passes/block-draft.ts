import type { BlockOp, Next } from '../ir/blocks.ts';
import type { Expr, Span } from '../ir/ir.ts';

/** Which arm of each enclosing `if` a place is in. Places in different arms of one are never both reached. */
export type Arms = ReadonlyMap<object, number>;

/** An operation, and the places of the source that it stands for. */
export interface GuardedOp extends BlockOp {
  readonly places: readonly Arms[];
}

/** A block while it is formed: its operations, and every variable as it is by now. */
export interface Draft {
  ops: GuardedOp[];
  env: Map<string, Expr>;
  next: Next;
  ii?: number;
  span: Span;
  closed: boolean;
}

/** True when an operation never happens together with what stands at `place`. */
export function excluded(place: Arms, op: GuardedOp): boolean {
  return op.places.every((other) =>
    [...other].some(([choice, arm]) => place.has(choice) && place.get(choice) !== arm),
  );
}
