import { exprRange } from '../../ir/build.ts';
import {
  type AssignStmt,
  type Expr,
  elementOf,
  type KernelIR,
  type LoopStmt,
  type Process,
  rangeOf,
  type Stmt,
} from '../../ir/ir.ts';
import { reads, variablesOf } from '../../ir/reads.ts';
import { common, isSingle, joined, type Range, refined } from '../../ir/value-ranges.ts';
import {
  allStatements,
  definedBy,
  expressionsOf,
  mapStatements,
  operandsOf,
} from '../../ir/visit.ts';
import { type Facts, specialise } from './specialise.ts';

/**
 * Turns of a loop that are alike: what its variables hold decides most of what a turn would ask, and goes on
 * holding. A loop over rows without a gap between them is such a loop between two rows: only the first turn of a
 * row reads what the row is, and only the last one hands it on.
 */
export interface SteadyTurns {
  /** What variables hold before each of the turns, beyond the loop's own condition. */
  readonly facts: Facts;
  /** One turn, the loop's step behind it. */
  readonly statements: readonly Stmt[];
  /** A variable that each turn moves by one towards a bound: how many turns there are. */
  readonly counter?: Counter;
  /** The facts and the loop's condition have to be asked again before each turn, but for what the counter says. */
  readonly asked: readonly string[];
  /** Whether the loop's own condition has to be asked again. */
  readonly condition: boolean;
}

export interface Counter {
  readonly name: string;
  readonly by: 1 | -1;
  /** The last value with which a turn begins. */
  readonly last: bigint;
  /** The statement that moves it, where nothing else in a turn reads it: it may move once, by all turns. */
  readonly alone?: AssignStmt;
}

/** A turn has to become so much smaller. */
const worth = 0.85;

/**
 * Facts under which turns of a loop are alike and small; undefined where there are none.
 * @param inTurn variables that no turn hands on to the next.
 */
export function steadyTurns(
  kernel: KernelIR,
  process: Process,
  loop: LoopStmt,
  inTurn: ReadonlySet<string>,
): SteadyTurns | undefined {
  const types = new Map(process.variables.map(({ name, type }) => [name, type]));
  const body = [...loop.body, ...loop.step];
  if (body.some(({ kind }) => kind === 'loop')) return undefined;
  const start = refined(loop.condition, true, new Map(), new Map(), kernel.tables);
  if (start === undefined) return undefined;
  const assigned = new Set([...allStatements(body)].flatMap(definedBy));
  const typeRange = (name: string): Range => {
    const type = types.get(name);
    return type === undefined ? { min: 0n, max: 0n } : rangeOf(elementOf(type));
  };
  const candidates = [...assigned].filter(
    (name) => types.get(name)?.kind === 'int' && !inTurn.has(name),
  );
  const bits = candidates.filter((name) => typeRange(name).max === 1n);
  const turn = (facts: Facts) => specialise(body, facts, kernel.tables);
  const whole = cost(turn(start).list);

  /** The facts and as many truth values that the turns keep as they are. */
  const withBits = (given: Facts): Facts => {
    let facts = given;
    for (const name of bits) {
      if (facts.has(name)) continue;
      const found = [1n, 0n].flatMap((value) => {
        const more = new Map(facts).set(name, { min: value, max: value });
        const { list, after } = turn(more);
        const kept = after?.get(name);
        if (kept === undefined || !isSingle(kept) || kept.min !== value) return [];
        const writes = [...allStatements(list)].some((stmt) => definedBy(stmt).includes(name));
        return writes || cost(list) < cost(turn(facts).list)
          ? [{ more, size: cost(list), writes }]
          : [];
      });
      // What no turn would change decides nothing by itself: either value is as likely.
      const [best] = found.filter(({ writes }) => writes).sort((a, b) => a.size - b.size);
      if (best !== undefined) facts = best.more;
    }
    return facts;
  };

  const found: { readonly turns: SteadyTurns; readonly size: number }[] = [];
  for (const name of candidates) {
    const cuts = cutsOf(body, name);
    if (cuts.length === 0 || bits.includes(name)) continue;
    const outside = outsideOf(process, loop, name);
    for (const part of reachable(cuts, typeRange(name), outside, (range) =>
      turn(new Map(start).set(name, range)).after?.get(name),
    )) {
      if (part.max - part.min < 1n) continue;
      const facts = withBits(new Map(start).set(name, part));
      const { list, after } = turn(facts);
      if (after === undefined) continue;
      const broken = [...facts].some(([other, range]) => {
        if (other === name) return false;
        const then = after.get(other) ?? typeRange(other);
        return common(then, range) === undefined || then.min < range.min || then.max > range.max;
      });
      if (broken) continue;
      const moves = [...allStatements(list)].filter((stmt) => definedBy(stmt).includes(name));
      if (moves.length === 0) continue;
      const counter = counterOf(list, moves, name, part, typeRange(name));
      const then = after.get(name) ?? typeRange(name);
      const near = then.min >= part.min - 1n && then.max <= part.max + 1n;
      if (counter === undefined && !near) continue;
      const size = cost(list);
      if (size > whole * worth) continue;
      const rest =
        counter?.alone === undefined ? list : list.filter((one) => one !== counter.alone);
      const statements = withoutUnread(rest, inTurn);
      const own = [...facts].filter(([other]) => !start.has(other));
      found.push({
        size,
        turns: {
          facts: new Map(own),
          statements,
          ...(counter === undefined ? {} : { counter }),
          asked: counter === undefined ? [name] : [],
          condition: !implied(loop.condition, after, facts, kernel.tables),
        },
      });
    }
  }
  const [best] = found.sort((a, b) => a.size - b.size);
  return best?.turns;
}

/** Without what nothing in the turn reads of the variables that no other turn sees. */
function withoutUnread(list: readonly Stmt[], inTurn: ReadonlySet<string>): readonly Stmt[] {
  const read = new Set<string>();
  for (const stmt of allStatements(list)) {
    for (const expr of expressionsOf(stmt)) for (const name of variablesOf(expr)) read.add(name);
  }
  const left = mapStatements(list, (stmt) =>
    stmt.kind === 'assign' && inTurn.has(stmt.variable) && !read.has(stmt.variable) ? [] : [stmt],
  );
  const before = [...allStatements(list)].length;
  return [...allStatements(left)].length === before ? left : withoutUnread(left, inTurn);
}

function implied(condition: Expr, after: Facts, facts: Facts, tables: KernelIR['tables']): boolean {
  const end = refined(condition, false, after, facts, tables);
  return end === undefined;
}

/** How much there is to do: accesses, decisions and lanes. */
function cost(list: readonly Stmt[]): number {
  let sum = 0;
  const seen = new Set<Expr>();
  const visit = (expr: Expr): void => {
    if (seen.has(expr)) return;
    seen.add(expr);
    if (expr.op !== 'const' && expr.op !== 'var' && expr.op !== 'scalar') {
      sum += expr.type.kind === 'vec' ? 1 + expr.type.lanes / 8 : 1;
    }
    operandsOf(expr).forEach(visit);
  };
  for (const stmt of allStatements(list)) {
    sum += stmt.kind === 'assign' ? 0 : stmt.kind === 'if' ? 2 : 4;
    expressionsOf(stmt).forEach(visit);
  }
  return sum;
}

/** Where comparisons with constants split what a variable may hold: first values of the parts. */
function cutsOf(body: readonly Stmt[], variable: string): bigint[] {
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
function plain(expr: Expr): Expr {
  if (expr.op !== 'cast' || expr.type.kind !== 'int') return expr;
  const { min, max } = rangeOf(expr.type);
  const inner = exprRange(expr.operand);
  return inner.min >= min && inner.max <= max ? plain(expr.operand) : expr;
}

/** What a variable may hold where the loop begins; undefined where that is not known. */
function outsideOf(process: Process, loop: LoopStmt, variable: string): Range | undefined {
  const inside = new Set(allStatements([...loop.body, ...loop.step]));
  let range: Range | undefined = { min: 0n, max: 0n };
  for (const stmt of allStatements(process.body)) {
    if (inside.has(stmt) || !definedBy(stmt).includes(variable) || range === undefined) continue;
    range = stmt.kind === 'assign' ? joined(range, exprRange(stmt.value)) : undefined;
  }
  return range;
}

/** The parts between the cuts that a variable comes to, from where the loop begins on. */
function reachable(
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

/** The counter that a variable is, where each turn moves it by one, whatever happens. */
function counterOf(
  list: readonly Stmt[],
  moves: readonly Stmt[],
  name: string,
  part: Range,
  type: Range,
): Counter | undefined {
  const [move] = moves;
  if (moves.length !== 1 || move.kind !== 'assign' || !list.includes(move)) return undefined;
  const step = stepOf(move.value, name);
  if (step === undefined) return undefined;
  const last = step === 1 ? part.max : part.min;
  // One past the last value it must not have come round.
  if (step === 1 ? last >= type.max : last <= type.min) return undefined;
  const others = [...allStatements(list)].filter((stmt) => stmt !== move);
  const read = others.some((stmt) => expressionsOf(stmt).some((expr) => reads(expr, name)));
  return { name, by: step, last, ...(read ? {} : { alone: move }) };
}

function stepOf(value: Expr, name: string): 1 | -1 | undefined {
  if (value.op === 'cast' && value.type.kind === 'int') return stepOf(value.operand, name);
  if (value.op !== 'add' && value.op !== 'sub') return undefined;
  const [left, right] = [plain(value.left), plain(value.right)];
  const one = (expr: Expr) => expr.op === 'const' && expr.value === 1n;
  const own = (expr: Expr) => expr.op === 'var' && expr.name === name;
  if (value.op === 'sub') return own(left) && one(right) ? -1 : undefined;
  return (own(left) && one(right)) || (one(left) && own(right)) ? 1 : undefined;
}
