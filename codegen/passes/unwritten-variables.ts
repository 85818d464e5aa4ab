import { type Block, type Next, readsOf } from '../ir/blocks.ts';
import type { Interner } from '../ir/intern.ts';
import { type Expr, lanesOf, type Type } from '../ir/ir.ts';
import { mapExpr } from '../ir/rewrite.ts';

/**
 * Blocks in which a variable that no block writes is what it is at the start, 0:
 *
 *   block 0: y := c ? a : (!c ? b : y)   ⇒   block 0: y := c ? a : (!c ? b : 0)
 *
 * Such a read is what if-conversion leaves of a variable that each of its branches assigns.
 */
export function withoutUnwritten(
  blocks: readonly Block[],
  written: ReadonlyMap<string, Type>,
  types: ReadonlyMap<string, Type>,
  interner: Interner,
  names: Map<Expr, string>,
): readonly Block[] {
  return blocks.map((block) => {
    const unwritten = new Set([...readsOf(block)].filter((name) => !written.has(name)));
    if (unwritten.size === 0) return block;
    const done = new Map<Expr, Expr>();
    const leaf = (expr: Expr): Expr =>
      expr.op === 'var' && unwritten.has(expr.name)
        ? zero(types.get(expr.name) ?? expr.type)
        : expr;
    const map = (expr: Expr): Expr => {
      const after = interner.intern(mapExpr(expr, leaf, done));
      for (const [before, result] of done) {
        const name = names.get(before);
        const kept = interner.intern(result);
        if (name !== undefined && kept !== before && !names.has(kept)) names.set(kept, name);
      }
      return after;
    };
    return {
      ...block,
      ops: block.ops.map((op) => ({
        ...op,
        ...(op.predicate === undefined ? {} : { predicate: map(op.predicate) }),
        args: op.args.map(map),
      })),
      writes: block.writes.map((write) => ({
        ...write,
        value: map(write.value),
        ...(write.enable === undefined ? {} : { enable: map(write.enable) }),
      })),
      next: mapNext(block.next, map),
    };
  });
}

function zero(type: Type): Expr {
  if (type.kind === 'int') return { op: 'const', type, value: 0n };
  return { op: 'const', type, value: Array.from({ length: lanesOf(type) }, () => 0n) };
}

function mapNext(next: Next, map: (expr: Expr) => Expr): Next {
  if (next.kind === 'goto') return next;
  return {
    ...next,
    condition: map(next.condition),
    then: mapNext(next.then, map),
    else: mapNext(next.else, map),
  };
}
