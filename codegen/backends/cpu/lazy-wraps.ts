import { isRing } from '../../ir/intervals.ts';
import {
  type AssignStmt,
  type Expr,
  elementOf,
  type IntType,
  type KernelIR,
  type Process,
  type Stmt,
  sameType,
  type Type,
  type VecType,
  vecType,
} from '../../ir/ir.ts';
import { mapExpr, mapExpressions, variablesIn } from '../../ir/rewrite.ts';
import { allStatements, definedBy, expressionsOf } from '../../ir/visit.ts';
import { bytesFor } from './vector.ts';

/**
 * Vector variables whose lanes are kept unwrapped: sums, products and choices of them are right in their lowest bits
 * whatever lies above those, and lanes have more bits than most types. Such a variable gets the type of its whole
 * lanes, and is wrapped where its value is looked at. A sum that is added to in each turn and leaves at the end then
 * takes no wrap a turn:
 *
 *     head: i22x32 = partial + row;    if (emit) write(head);               partial = emit ? 0 : head
 *     head: i32x32 = partial + row;    if (emit) write(cast i22x32 (head)); partial = emit ? 0 : head
 */
export function withLazyWraps(kernel: KernelIR): KernelIR {
  return { ...kernel, processes: kernel.processes.map(lazyProcess) };
}

function lazyProcess(process: Process): Process {
  const lazy = lazyVariables(process);
  if (lazy.size === 0) return process;
  const rewriter = new Rewriter(lazy);
  return {
    ...process,
    variables: process.variables.map((one) => ({
      ...one,
      type: lazy.get(one.name)?.wide ?? one.type,
    })),
    body: mapExpressions(process.body, (expr, stmt) => rewriter.inStatement(expr, stmt)),
  };
}

/** A vector type, and the one of whole lanes in which a variable of it is kept. */
interface Lazy {
  readonly own: VecType;
  readonly wide: VecType;
}

/** What the lowest bits of an expression follow from. */
interface Found {
  readonly low: Set<string>;
  readonly exact: Set<string>;
  arithmetic: boolean;
}

/** Those of which wraps are saved, and no more become necessary elsewhere. */
function lazyVariables(process: Process): ReadonlyMap<string, Lazy> {
  const statements = [...allStatements(process.body)];
  const stepped = new Set(statements.filter(({ kind }) => kind !== 'assign').flatMap(definedBy));
  const lazy = new Map(
    process.variables.flatMap(({ name, type }): [string, Lazy][] => {
      if (type.kind !== 'vec' || type.element.width === 1 || stepped.has(name)) return [];
      const width = 8 * bytesFor(type.element.width);
      if (width === type.element.width) return [];
      return [[name, { own: type, wide: vecType({ ...type.element, width }, type.lanes) }]];
    }),
  );
  for (;;) {
    const groups = groupsOf(statements, lazy);
    const losing = groups.filter(
      ({ saved, needed, kept }) => !kept || saved === 0 || needed > saved,
    );
    for (const { names } of losing) for (const name of names) lazy.delete(name);
    if (losing.length === 0) return lazy;
  }
}

interface Group {
  readonly names: Set<string>;
  /** Assignments without a wrap, and statements that need one. */
  saved: number;
  needed: number;
  /** Whether one of them is computed of another. */
  kept: boolean;
}

/** Variables that are computed of one another. */
function groupsOf(statements: readonly Stmt[], lazy: ReadonlyMap<string, Lazy>): Group[] {
  const groups = new Map<string, Group>();
  for (const name of lazy.keys()) {
    groups.set(name, { names: new Set([name]), saved: 0, needed: 0, kept: false });
  }
  const groupOf = (name: string) => groups.get(name) as Group;
  for (const stmt of statements) {
    const found: Found = { low: new Set(), exact: new Set(), arithmetic: false };
    const target = stmt.kind === 'assign' ? lazy.get(stmt.variable) : undefined;
    if (target === undefined) {
      for (const expr of expressionsOf(stmt)) variablesIn(expr, found.exact);
    } else {
      const { variable, value } = stmt as AssignStmt;
      lowIn(value, target.own.element.width, lazy, found);
      const group = groupOf(variable);
      if (found.arithmetic) group.saved += 1;
      for (const other of found.low) {
        const joined = groupOf(other);
        group.kept = true;
        if (joined === group) continue;
        group.saved += joined.saved;
        group.needed += joined.needed;
        for (const name of joined.names) {
          group.names.add(name);
          groups.set(name, group);
        }
      }
    }
    for (const name of found.exact) if (lazy.has(name)) groupOf(name).needed += 1;
  }
  return [...new Set(groups.values())];
}

/** The parts of an expression of which so many of its lowest bits are computed; undefined where it takes their values. */
function lowParts(expr: Expr, bits: number): readonly Expr[] | undefined {
  if (elementOf(expr.type).width < bits) return undefined;
  switch (expr.op) {
    case 'cast':
      return expr.operand.type.kind === expr.type.kind ? [expr.operand] : undefined;
    case 'not':
      return [expr.operand];
    case 'select':
      return [expr.then, expr.else];
    case 'concat':
      return expr.vectors;
    case 'shuffle':
      return [expr.vector];
    default:
      return 'left' in expr && isRing(expr.op) ? [expr.left, expr.right] : undefined;
  }
}

function lowIn(expr: Expr, bits: number, lazy: ReadonlyMap<string, Lazy>, found: Found): void {
  if (isLazy(expr, bits, lazy)) {
    found.low.add(expr.name);
    return;
  }
  const parts = lowParts(expr, bits);
  if (parts === undefined) {
    variablesIn(expr, found.exact);
    return;
  }
  if (expr.op === 'add' || expr.op === 'sub' || expr.op === 'mul') found.arithmetic = true;
  if (expr.op === 'select') variablesIn(expr.condition, found.exact);
  for (const part of parts) lowIn(part, bits, lazy, found);
}

function isLazy(
  expr: Expr,
  bits: number,
  lazy: ReadonlyMap<string, Lazy>,
): expr is Extract<Expr, { readonly op: 'var' }> {
  return expr.op === 'var' && lazy.has(expr.name) && elementOf(expr.type).width >= bits;
}

class Rewriter {
  private readonly lazy: ReadonlyMap<string, Lazy>;
  private readonly exactly = new Map<Expr, Expr>();

  constructor(lazy: ReadonlyMap<string, Lazy>) {
    this.lazy = lazy;
  }

  inStatement(expr: Expr, stmt: Stmt): Expr {
    const target = stmt.kind === 'assign' ? this.lazy.get(stmt.variable) : undefined;
    if (target === undefined) return this.exact(expr);
    const { element } = target.own;
    return as(this.low(expr, element.width, target.wide.element, new Map()), target.wide);
  }

  private exact(expr: Expr): Expr {
    const wrapped = (one: Expr): Expr => {
      const found = one.op === 'var' ? this.lazy.get(one.name) : undefined;
      if (found === undefined) return one;
      return { op: 'cast', type: found.own, operand: { ...one, type: found.wide } as Expr };
    };
    return mapExpr(expr, wrapped, this.exactly);
  }

  /** An expression with the same lowest bits, in lanes of the wide type where it computes any. */
  private low(expr: Expr, bits: number, wide: IntType, done: Map<Expr, Expr>): Expr {
    const before = done.get(expr);
    if (before !== undefined) return before;
    const result = this.freshLow(expr, bits, wide, done);
    done.set(expr, result);
    return result;
  }

  private freshLow(expr: Expr, bits: number, wide: IntType, done: Map<Expr, Expr>): Expr {
    if (isLazy(expr, bits, this.lazy)) {
      return { op: 'var', name: expr.name, type: (this.lazy.get(expr.name) as Lazy).wide };
    }
    const parts = lowParts(expr, bits)?.map((part) => this.low(part, bits, wide, done));
    if (parts === undefined) return this.exact(expr);
    const type: Type = expr.type.kind === 'vec' ? vecType(wide, expr.type.lanes) : wide;
    switch (expr.op) {
      case 'cast':
        return parts[0];
      case 'select': {
        const [then, other] = parts.map((one) => widened(one, wide));
        return { ...expr, type, condition: this.exact(expr.condition), then, else: other };
      }
      case 'concat':
        return { ...expr, type: type as VecType, vectors: parts.map((one) => widened(one, wide)) };
      case 'shuffle':
        return { ...expr, type: type as VecType, vector: widened(parts[0], wide) };
      case 'not':
        return { ...expr, type, operand: parts[0] };
      default:
        return { ...expr, type, left: parts[0], right: parts[1] } as Expr;
    }
  }
}

function widened(expr: Expr, wide: IntType): Expr {
  return as(expr, expr.type.kind === 'vec' ? vecType(wide, expr.type.lanes) : wide);
}

function as(operand: Expr, type: Type): Expr {
  return sameType(operand.type, type) ? operand : { op: 'cast', type, operand };
}
