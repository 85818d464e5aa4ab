import {
  type AssignStmt,
  type ConstExpr,
  type Expr,
  elementOf,
  type IfStmt,
  type KernelIR,
  type LaneExpr,
  type Process,
  type Stmt,
  sameType,
  type Type,
} from '../../ir/ir.ts';
import { variablesOf } from '../../ir/reads.ts';
import { mapExpr } from '../../ir/rewrite.ts';
import { allStatements, definedBy, expressionsOf, mapStatements } from '../../ir/visit.ts';
import { bytesFor } from './vector.ts';

/**
 * A vector that is constant or, where a condition holds, comes from elsewhere, and that only the next statement reads,
 * which computes in longer lanes: that statement goes into both arms. So it reads what comes where it lies, and computes
 * with the constant where nothing comes:
 *
 *     row = 0                          if (receiving)
 *     if (receiving)                     row = receive
 *       row = receive                    head = partial + row
 *     head = partial + row             else
 *                                        head = partial + 0
 */
export function withArmsFollowed(kernel: KernelIR): KernelIR {
  return { ...kernel, processes: kernel.processes.map(followed) };
}

function followed(process: Process): Process {
  const mentions = new Map<string, number>();
  for (const stmt of allStatements(process.body)) {
    const names = expressionsOf(stmt).flatMap((expr) => [...variablesOf(expr)]);
    for (const name of new Set([...names, ...definedBy(stmt)])) {
      mentions.set(name, (mentions.get(name) ?? 0) + 1);
    }
  }
  const vectors = new Set(
    process.variables
      // Where it is constant, where it comes, and where it is read.
      .filter(({ name, type }) => type.kind === 'vec' && mentions.get(name) === 3)
      .map(({ name }) => name),
  );
  const once = new Set<string>();
  const twice = new Set<string>();
  const bytes = new Map(
    process.variables.map(({ name, type }) => [name, bytesFor(elementOf(type).width)]),
  );
  // Lanes in memory become longer ones by the instruction that loads them; else there is little to gain.
  const widens = (from: string, to: string) => (bytes.get(from) ?? 0) < (bytes.get(to) ?? 0);
  const join = (list: readonly Stmt[]): readonly Stmt[] => {
    const result: Stmt[] = [];
    for (let at = 0; at < list.length; at++) {
      const joined = joinedAt(list, at, vectors, widens);
      if (joined === undefined) {
        result.push(list[at]);
        continue;
      }
      once.add(joined.vector);
      twice.add(joined.target);
      result.push(joined.stmt);
      at += 2;
    }
    return result;
  };
  const body = join(mapStatements(process.body, (stmt) => [withLists(stmt, join)]));
  const variables = process.variables.map((one) => {
    // Where it is still there, it is what is received.
    if (once.has(one.name)) return { ...one, mutable: false };
    return twice.has(one.name) ? { ...one, mutable: true } : one;
  });
  return { ...process, variables, body };
}

function withLists(stmt: Stmt, join: (list: readonly Stmt[]) => readonly Stmt[]): Stmt {
  if (stmt.kind === 'if') return { ...stmt, then: join(stmt.then), else: join(stmt.else) };
  return stmt.kind === 'loop' ? { ...stmt, body: join(stmt.body) } : stmt;
}

interface Joined {
  readonly stmt: IfStmt;
  readonly vector: string;
  readonly target: string;
}

function joinedAt(
  list: readonly Stmt[],
  at: number,
  vectors: ReadonlySet<string>,
  widens: (from: string, to: string) => boolean,
): Joined | undefined {
  const [first, second, third] = list.slice(at, at + 3);
  if (first?.kind !== 'assign' || second?.kind !== 'if' || third?.kind !== 'assign')
    return undefined;
  const { variable: vector, value } = first;
  if (!vectors.has(vector) || !isConstant(value) || third.variable === vector) return undefined;
  const before = second.then.slice(0, -1);
  const comes = second.then.at(-1);
  if (second.else.length > 0 || comes === undefined || !definedBy(comes).includes(vector)) {
    return undefined;
  }
  if (!variablesOf(third.value).has(vector) || !widens(vector, third.variable)) return undefined;
  // What is between must not change what the follower computes with.
  const read = variablesOf(third.value);
  const changed = before.flatMap((one) => [...allStatements([one])].flatMap(definedBy));
  if (changed.some((name) => read.has(name) || name === third.variable)) return undefined;
  const then =
    comes.kind === 'assign'
      ? [...before, withValue(third, vector, comes.value)]
      : comes.kind === 'receive'
        ? [...before, comes, third]
        : undefined;
  if (then === undefined) return undefined;
  return {
    stmt: { ...second, then, else: [withValue(third, vector, value)] },
    ...{ vector, target: third.variable },
  };
}

function isConstant(expr: Expr): boolean {
  return expr.op === 'cast' ? isConstant(expr.operand) : expr.op === 'const';
}

/** The statement with a value in the place of a variable. */
function withValue(stmt: AssignStmt, variable: string, value: Expr): AssignStmt {
  const made = new Map<Type, Expr>();
  const replaced = mapExpr(stmt.value, (one) => {
    if (one.op === 'lane' && one.vector.op === 'const') return commonLane(one, one.vector);
    if (one.op !== 'var' || one.name !== variable) return one;
    if (sameType(one.type, value.type)) return value;
    const cast = made.get(one.type) ?? ({ op: 'cast', type: one.type, operand: value } as Expr);
    made.set(one.type, cast);
    return cast;
  });
  return { ...stmt, value: replaced };
}

/** A lane of a vector of equal ones is that integer; one past the end is any. */
function commonLane(lane: LaneExpr, { value, type }: ConstExpr): Expr {
  const lanes = typeof value === 'bigint' ? [value] : value;
  if (!lanes.every((one) => one === lanes[0]) || !sameType(lane.type, elementOf(type))) return lane;
  return { op: 'const', type: lane.type, value: lanes[0] };
}
