import { type BlockProcess, conditionsOf, rootsOf } from '../ir/blocks.ts';
import type { Expr } from '../ir/ir.ts';
import type { Placement } from '../ir/scheduled.ts';
import { operandsOf } from '../ir/visit.ts';

/** Every place of a process where the value of a variable as it was is used: block and user. */
export interface VariableUses {
  readonly variable: string;
  readonly block: number;
  /** The operator that takes it, or the access, write or choice of the next block. */
  readonly user:
    | { readonly expr: Expr }
    | { readonly access: string }
    | { readonly write: string }
    | { readonly next: true };
}

/** Found once a process: where stages move, uses do not. */
export function variableUses(process: BlockProcess): readonly VariableUses[] {
  const uses: VariableUses[] = [];
  process.blocks.forEach((block, at) => {
    const own = new Set(block.ops.flatMap((op) => op.into));
    const add = (expr: Expr, user: VariableUses['user']) => {
      if (expr.op !== 'var' || own.has(expr.name) || !process.state.has(expr.name)) return;
      uses.push({ variable: expr.name, block: at, user });
    };
    for (const op of block.ops) {
      const access = `${op.kind} ${op.resource}`;
      for (const arg of op.args) add(arg, { access });
      if (op.predicate !== undefined) add(op.predicate, { access });
    }
    for (const write of block.writes) {
      add(write.value, { write: write.variable });
      if (write.enable !== undefined) add(write.enable, { write: write.variable });
    }
    for (const condition of conditionsOf(block.next)) add(condition, { next: true });
    const seen = new Set<Expr>();
    const visit = (expr: Expr): void => {
      if (seen.has(expr)) return;
      seen.add(expr);
      for (const operand of operandsOf(expr)) {
        add(operand, { expr });
        visit(operand);
      }
    };
    for (const root of rootsOf(block)) visit(root);
  });
  return uses;
}

/** The stage in which each variable is needed first: read there, it delays nothing. */
export function neededStages(
  uses: readonly VariableUses[],
  scheduled: Placement,
): Map<string, number> {
  const needed = new Map<string, number>();
  for (const { variable, block, user } of uses) {
    const stage =
      'expr' in user
        ? scheduled.valueStage[block].get(user.expr)
        : 'access' in user
          ? scheduled.accessStage.get(user.access)
          : 'write' in user
            ? scheduled.writeStage.get(user.write)
            : scheduled.nextStage[block];
    const known = needed.get(variable);
    needed.set(variable, Math.min(known ?? Number.POSITIVE_INFINITY, stage ?? 0));
  }
  return needed;
}
