import { exprRange } from '../ir/build.ts';
import { Interner } from '../ir/intern.ts';
import {
  bitsOf,
  type Expr,
  elementOf,
  type KernelIR,
  type Process,
  type Stmt,
  type Variable,
} from '../ir/ir.ts';
import { takesMultiplier } from '../ir/multipliers.ts';
import { mapExpr, mapExpressions, variablesIn } from '../ir/rewrite.ts';
import { allStatements, definedBy, expressionsOf, operandsOf } from '../ir/visit.ts';

/**
 * hoist-invariants: computes before a loop what is the same in each of its turns.
 *
 *   loop while running ii 1                            n_minus_1 = sub:i33($n, 1:u1)
 *     running = ne:u1(done, sub:i33($n, 1:u1))    ⇒    loop while running ii 1
 *                                                        running = ne:u1(done, n_minus_1)
 *
 * It costs a register, so it must pay. It does for
 *   - a multiplication that takes pipeline stages: its product need not be piped along;
 *   - a sum, difference or comparison of 16 bits and more that a loop's condition or a variable of the loop
 *     depends on: it leaves the recurrence, which limits the clock.
 * Anything else is left: constants and shifts are wires, and what only leads to an output is pipelined.
 * Only out of loops that are in no other loop: what an inner loop would wait for at each of its starts
 * costs cycles, which a computation beside its pipeline does not.
 */
export const hoistInvariants = {
  name: 'hoist-invariants',
  description: 'what is the same in each turn of a loop is computed before it, where that pays',
  run(kernel: KernelIR): KernelIR {
    const taken = [kernel.scalars, kernel.memories, kernel.streams, kernel.tables].flatMap((list) =>
      list.map(({ name }) => name),
    );
    return {
      ...kernel,
      processes: kernel.processes.map((process) => new Hoister(process, taken).process()),
    };
  },
};

/** From here on a carry chain is worth a register. */
const wide = 16;

class Hoister {
  private readonly source: Process;
  private readonly names: Set<string>;
  private readonly added: Variable[] = [];
  private readonly mutable: ReadonlySet<string>;

  constructor(source: Process, taken: readonly string[]) {
    this.source = source;
    this.mutable = new Set(source.variables.filter((one) => one.mutable).map(({ name }) => name));
    this.names = new Set([
      ...taken,
      ...source.variables.map(({ name }) => name),
      ...source.arrays.map(({ name }) => name),
    ]);
  }

  process(): Process {
    const body = this.list(this.source.body);
    if (this.added.length === 0) return this.source;
    return { ...this.source, variables: [...this.source.variables, ...this.added], body };
  }

  /** Statements that are in no loop. */
  private list(list: readonly Stmt[]): readonly Stmt[] {
    return list.flatMap((one): readonly Stmt[] => {
      if (one.kind === 'loop') return this.loop(one);
      if (one.kind !== 'if') return [one];
      return [{ ...one, then: this.list(one.then), else: this.list(one.else) }];
    });
  }

  private loop(loop: Extract<Stmt, { kind: 'loop' }>): readonly Stmt[] {
    const inside = [...allStatements([loop])];
    const changing = new Set(inside.flatMap((one) => definedBy(one)));
    const recurrent = recurrence(inside, this.mutable);
    const interner = new Interner();
    const invariant = new Map<Expr, boolean>();
    const isInvariant = (expr: Expr): boolean => {
      const decided = invariant.get(expr);
      if (decided !== undefined) return decided;
      const found =
        expr.op === 'var' ? !changing.has(expr.name) : operandsOf(expr).every(isInvariant);
      invariant.set(expr, found);
      return found;
    };
    const moved = new Map<Expr, Variable>();
    const before: Stmt[] = [];
    const known = (expr: Expr): Expr => {
      const variable = moved.get(expr);
      if (variable === undefined) return expr;
      return { op: 'var', type: variable.type, name: variable.name };
    };
    const take = (expr: Expr): Expr => {
      const interned = interner.intern(expr);
      let variable = moved.get(interned);
      if (variable === undefined) {
        const { span } = loop;
        variable = {
          name: this.fresh(expr),
          type: expr.type,
          mutable: false,
          ...(span === undefined ? {} : { span }),
        };
        // A part of it may have been moved already.
        const value = mapExpr(interned, known);
        moved.set(interned, variable);
        this.added.push(variable);
        before.push({
          kind: 'assign',
          variable: variable.name,
          value,
          ...(span === undefined ? {} : { span }),
        });
      }
      return { op: 'var', type: variable.type, name: variable.name };
    };
    // The largest invariant parts first: from the roots down.
    const rewrite = (expr: Expr, statement: Stmt): Expr => {
      const largest = new Set<Expr>();
      const inRecurrence = recurrent.has(statement);
      const find = (one: Expr): void => {
        if (largest.has(one)) return;
        if (isInvariant(one) && pays(one, inRecurrence)) largest.add(one);
        else operandsOf(one).forEach(find);
      };
      find(expr);
      if (largest.size === 0) return expr;
      return replace(expr, largest, take);
    };
    const [rewritten] = mapExpressions([loop], rewrite);
    return [...before, rewritten];
  }

  /** `rows_minus_1`, `hop_times_3`, `base_add`: what it is made of. */
  private fresh(expr: Expr): string {
    const text = describe(expr);
    let name = text;
    for (let at = 2; this.names.has(name); at++) name = `${text}_${at}`;
    this.names.add(name);
    return name;
  }
}

function replace(expr: Expr, parts: ReadonlySet<Expr>, take: (expr: Expr) => Expr): Expr {
  // Seen from the roots, so that a part within a part is not taken as well.
  const done = new Map<Expr, Expr>();
  for (const part of parts) done.set(part, take(part));
  return mapExpr(expr, (one) => one, done);
}

/** Statements whose value a loop's condition or a variable that lives on depends on. */
function recurrence(inside: readonly Stmt[], mutable: ReadonlySet<string>): ReadonlySet<Stmt> {
  const found = new Set<Stmt>();
  const needed = new Set<string>(mutable);
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const one of inside) {
      const matters =
        one.kind === 'loop' || one.kind === 'if' || definedBy(one).some((name) => needed.has(name));
      if (!matters || found.has(one)) continue;
      found.add(one);
      for (const expr of expressionsOf(one)) variablesIn(expr, needed);
    }
  }
  return found;
}

/** True where a register is worth having for this value. */
function pays(expr: Expr, inRecurrence: boolean): boolean {
  if (operandsOf(expr).length === 0 || exprRange(expr).min === exprRange(expr).max) return false;
  if (takesMultiplier(expr)) return true;
  if (inRecurrence && isCarry(expr)) return true;
  // A cheap operation on top is taken along, unless it makes the register wider.
  const below = operandsOf(expr).filter((one) => pays(one, inRecurrence));
  return (
    below.length > 0 && bitsOf(expr.type) <= below.reduce((sum, one) => sum + bitsOf(one.type), 0)
  );
}

function isCarry(expr: Expr): boolean {
  if (expr.op === 'add' || expr.op === 'sub') return elementOf(expr.type).width >= wide;
  if (expr.op !== 'lt' && expr.op !== 'le') return false;
  return [expr.left, expr.right].some(({ type }) => elementOf(type).width >= wide);
}

const words: Readonly<Record<string, string>> = { add: 'plus', sub: 'minus', mul: 'times' };

function describe(expr: Expr): string {
  const leaf = firstName(expr) ?? 'value';
  const operands = operandsOf(expr);
  const [first, second] = operands;
  const plain = first?.op === 'var' || first?.op === 'scalar';
  const word = words[expr.op];
  if (plain && word !== undefined && second !== undefined) {
    if (second.op === 'const' && typeof second.value === 'bigint' && second.value >= 0n) {
      return second.value < 1_000_000n ? `${leaf}_${word}_${second.value}` : `${leaf}_${word}`;
    }
    if (second.op === 'var' || second.op === 'scalar') return `${leaf}_${word}_${second.name}`;
  }
  return `${leaf}_${word ?? 'invariant'}`;
}

function firstName(expr: Expr): string | undefined {
  if (expr.op === 'var' || expr.op === 'scalar') return expr.name;
  for (const one of operandsOf(expr)) {
    const name = firstName(one);
    if (name !== undefined) return name;
  }
  return undefined;
}
