import { exprRange } from '../../ir/build.ts';
import { type Expr, type LoopStmt, type Process, rangeOf, type Stmt } from '../../ir/ir.ts';
import { common, joined, type Range } from '../../ir/value-ranges.ts';
import { allStatements, definedBy, expressionsOf, operandsOf } from '../../ir/visit.ts';

/** Where comparisons with constants split what a variable may hold: first values of the parts. */
export function cutsOf(body: readonly Stmt[], variable: string): bigint[] {
  const cuts = new Set<bigint>();
  const seen = new Set<Expr>();
  const visit = (expr: Expr): void => {
    if (seen.has(expr)) return;
    seen.add(expr);
    operandsOf(expr).forEach(visit);
    if (expr.op !== 'eq' && expr.op !== 'ne' && expr.op !== 'lt' && expr.op !== 'le') return;
    const [left, right] = [expr.left, expr.right].map(plain);
    const turned = left.op === 'const';
    const [side, other] = turned ? [right, left] : [left, right];
    if (side.op !== 'var' || side.name !== variable || other.op !== 'const') return;
    const { min, max } = exprRange(other);
    if (min !== max) return;
    if (expr.op === 'eq' || expr.op === 'ne') {
      cuts.add(min);
      cuts.add(min + 1n);
    } else cuts.add((expr.op === 'lt') === turned ? min + 1n : min);
  };
  for (const stmt of allStatements(body)) expressionsOf(stmt).forEach(visit);
  return [...cuts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** What a cast to a type that holds all of it leaves. */
export function plain(expr: Expr): Expr {
  if (expr.op !== 'cast' || expr.type.kind !== 'int') return expr;
  const { min, max } = rangeOf(expr.type);
  const inner = exprRange(expr.operand);
  return inner.min >= min && inner.max <= max ? plain(expr.operand) : expr;
}

/** What a variable may hold where the loop begins; undefined where that is not known. */
export function outsideOf(process: Process, loop: LoopStmt, variable: string): Range | undefined {
  const inside = new Set(allStatements([...loop.body, ...loop.step]));
  let range: Range | undefined = { min: 0n, max: 0n };
  // What comes behind the loop does not come before it, unless another loop is around both.
  const at = process.body.indexOf(loop);
  for (const stmt of allStatements(at < 0 ? process.body : process.body.slice(0, at))) {
    if (inside.has(stmt) || !definedBy(stmt).includes(variable) || range === undefined) continue;
    range = stmt.kind === 'assign' ? joined(range, exprRange(stmt.value)) : undefined;
  }
  return range;
}

/** The parts between the cuts that a variable comes to, from where the loop begins on. */
export function reachable(
  cuts: readonly bigint[],
  type: Range,
  from: Range | undefined,
  next: (range: Range) => Range | undefined,
): Range[] {
  const inner = cuts.filter((cut) => cut > type.min && cut <= type.max);
  const firsts = [type.min, ...inner];
  const parts = firsts.map((min, at) => ({
    min,
    max: at + 1 < firsts.length ? firsts[at + 1] - 1n : type.max,
  }));
  const found = new Set<Range>();
  let open: Range[] = [from ?? type];
  while (open.length > 0) {
    const [range] = open;
    open = open.slice(1);
    for (const part of parts) {
      if (found.has(part) || common(part, range) === undefined) continue;
      found.add(part);
      // From a part that the variable enters at its ends it may come to all of it.
      const then = next(part);
      if (then !== undefined) open.push(then);
    }
  }
  return parts.filter((part) => found.has(part));
}
