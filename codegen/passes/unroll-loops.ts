import { binary, cast, constant, exprRange, isConstant } from '../ir/build.ts';
import { evaluate } from '../ir/evaluate.ts';
import {
  type AssignStmt,
  type Expr,
  type IntType,
  type KernelIR,
  type LoopStmt,
  type Process,
  type Stmt,
  type Type,
  typeForRange,
  type Variable,
  wrap,
} from '../ir/ir.ts';
import { mapExpr, mapExpressions, variablesIn } from '../ir/rewrite.ts';
import { allStatements, definedBy, expressionsOf } from '../ir/visit.ts';

/**
 * unroll-loops: as many copies of a loop's body in one iteration as the source asks for.
 *
 *   loop i = 0:u5 while lt(i, 16) step i = add(i, 1) unroll 2
 *     write s i
 *   ⇒
 *   loop i = 0:u5 while lt(i, 16) step i = add(i, 2)
 *     write s i
 *     write s add(i, 1)
 *
 * Where the number of iterations is not known to be a multiple, the later copies are guarded:
 *
 *   loop i = 0:u6 while lt(i, $n) step i = add:u6(i, 2)
 *     write s i
 *     if lt(add:u6(i, 1), $n)
 *       write s add(i, 1)
 *
 * A counter that may pass its end by more than it did becomes wider. A loop that does not count (its
 * counter is assigned elsewhere too) takes its step between the copies.
 */
export const unrollLoops = {
  name: 'unroll-loops',
  description: 'several copies of a loop body in one iteration',
  run(kernel: KernelIR): KernelIR {
    const asked = (process: Process) =>
      [...allStatements(process.body)].some(
        (one) => one.kind === 'loop' && one.unroll !== undefined,
      );
    if (!kernel.processes.some(asked)) return kernel;
    return {
      ...kernel,
      processes: kernel.processes.map((one) => (asked(one) ? new Unroller(one).run() : one)),
    };
  },
};

/** A loop whose counter goes up or down by a constant towards a bound. */
interface Counting {
  readonly name: string;
  readonly type: IntType;
  readonly start: AssignStmt;
  readonly by: bigint;
}

class Unroller {
  private readonly process: Process;
  private readonly variables: Map<string, Variable>;

  constructor(process: Process) {
    this.process = process;
    this.variables = new Map(process.variables.map((one) => [one.name, one]));
  }

  run(): Process {
    const body = this.list(this.process.body);
    return { ...this.process, variables: [...this.variables.values()], body };
  }

  private list(statements: readonly Stmt[]): readonly Stmt[] {
    return statements.map((one): Stmt => {
      if (one.kind === 'if')
        return { ...one, then: this.list(one.then), else: this.list(one.else) };
      if (one.kind !== 'loop') return one;
      const { unroll, ...rest } = one;
      const loop: LoopStmt = { ...rest, body: this.list(one.body) };
      return unroll === undefined ? loop : this.unrolled(loop, unroll);
    });
  }

  private unrolled(loop: LoopStmt, asked: number): LoopStmt {
    const counting = this.counting(loop);
    if (counting === undefined) return this.stepByStep(loop, asked);
    const trips = tripsOf(loop, counting);
    const copies = trips === undefined ? asked : Math.min(asked, trips);
    if (copies <= 1) return loop;
    if (trips !== undefined && trips % copies === 0) return this.exact(loop, counting, copies);
    return this.guarded(loop, counting, copies);
  }

  /** The counter's assignments, if the loop has one that nothing else moves or looks at. */
  private counting(loop: LoopStmt): Counting | undefined {
    const [start, ...others] = loop.init.filter((one) => one.variable === loop.step[0]?.variable);
    const [step] = loop.step;
    if (start === undefined || others.length > 0 || loop.step.length !== 1) return undefined;
    const { variable: name, value } = step;
    const type = this.variables.get(name)?.type;
    if (type?.kind !== 'int' || (value.op !== 'add' && value.op !== 'sub')) return undefined;
    if (value.left.op !== 'var' || value.left.name !== name || !isConstant(value.right)) {
      return undefined;
    }
    const inside = [...allStatements([loop])].filter((one) => touches(one, name)).length;
    const anywhere = [...allStatements(this.process.body)].filter((one) =>
      touches(one, name),
    ).length;
    const moved = [...allStatements(loop.body)].some((one) => definedBy(one).includes(name));
    if (moved || inside !== anywhere) return undefined;
    const by = value.op === 'add' ? value.right.value : -value.right.value;
    return heads(loop.condition, name, by) ? { name, type, start, by } : undefined;
  }

  private exact(loop: LoopStmt, { name, type, by }: Counting, copies: number): LoopStmt {
    const counter: Expr = { op: 'var', name, type };
    const body = Array.from({ length: copies }, (_, at) =>
      this.copy(loop.body, at, name, advanced(counter, BigInt(at) * by, type)),
    );
    const step = { ...loop.step[0], value: advanced(counter, BigInt(copies) * by, type) };
    return { ...loop, body: body.flat(), step: [step] };
  }

  private guarded(loop: LoopStmt, counting: Counting, copies: number): LoopStmt {
    const { name, type, by, start } = counting;
    const all = BigInt(copies) * by;
    const { min, max } = exprRange({ op: 'var', name, type });
    const wide = typeForRange(min + (by < 0n ? all : 0n), max + (by > 0n ? all : 0n));
    const known = this.variables.get(name);
    if (known !== undefined) this.variables.set(name, { ...known, type: wide });
    const counter: Expr = { op: 'var', name, type: wide };
    const guard = (at: number) =>
      replaced(loop.condition, name, advanced(counter, BigInt(at) * by, wide));
    const bodyOf = (at: number): readonly Stmt[] => {
      const value = cast(advanced(counter, BigInt(at) * by, wide), type);
      const body = this.copy(loop.body, at, name, value);
      if (at === copies - 1) return body;
      const { span } = loop;
      const rest: Stmt = {
        kind: 'if',
        condition: guard(at + 1),
        then: bodyOf(at + 1),
        else: [],
        ...(span === undefined ? {} : { span }),
      };
      return [...body, rest];
    };
    return {
      ...loop,
      init: loop.init.map((one) =>
        one === start ? { ...one, value: cast(one.value, wide) } : one,
      ),
      condition: guard(0),
      step: [{ ...loop.step[0], value: advanced(counter, all, wide) }],
      body: bodyOf(0),
    };
  }

  /** Any loop: the step and the test between the copies. */
  private stepByStep(loop: LoopStmt, copies: number): LoopStmt {
    const { span } = loop;
    const bodyOf = (at: number): readonly Stmt[] => {
      const body = [...this.copy(loop.body, at), ...renamed(loop.step, new Map())];
      if (at === copies - 1) return body;
      const rest: Stmt = {
        kind: 'if',
        condition: loop.condition,
        then: bodyOf(at + 1),
        else: [],
        ...(span === undefined ? {} : { span }),
      };
      return [...body, rest];
    };
    return { ...loop, step: [], body: bodyOf(0) };
  }

  /** The body once more, its constants under names of their own, `value` in place of `counter`. */
  private copy(body: readonly Stmt[], at: number, counter?: string, value?: Expr): readonly Stmt[] {
    const names = new Map<string, string>();
    if (at > 0) {
      for (const name of [...allStatements(body)].flatMap(definedBy)) {
        const known = this.variables.get(name);
        if (known === undefined || known.mutable) continue;
        let copy = 2;
        while (this.variables.has(`${name}_${copy}`)) copy++;
        this.variables.set(`${name}_${copy}`, { ...known, name: `${name}_${copy}` });
        names.set(name, `${name}_${copy}`);
      }
    }
    const leaf = (expr: Expr): Expr => {
      if (expr.op !== 'var') return expr;
      if (expr.name === counter && value !== undefined) return value;
      const other = names.get(expr.name);
      return other === undefined ? expr : { ...expr, name: other };
    };
    const done = new Map<Expr, Expr>();
    const mapped = mapExpressions(body, (expr) => mapExpr(expr, leaf, done));
    return at === 0 ? mapped : renamed(mapped, names);
  }
}

/**
 * Copies of statements, their results under other names. Each statement is an object of its own: back ends ask which
 * one declares a variable.
 */
function renamed<T extends Stmt>(list: readonly T[], names: ReadonlyMap<string, string>): T[] {
  const other = (name: string) => names.get(name) ?? name;
  return list.map((one): T => {
    switch (one.kind) {
      case 'assign':
        return { ...one, variable: other(one.variable) };
      case 'read':
        return { ...one, into: one.into.map((name) => (name === undefined ? name : other(name))) };
      case 'receive':
      case 'load':
        return { ...one, into: other(one.into) };
      case 'if':
        return { ...one, then: renamed(one.then, names), else: renamed(one.else, names) };
      case 'loop':
        return {
          ...one,
          init: renamed(one.init, names),
          body: renamed(one.body, names),
          step: renamed(one.step, names),
        };
      default:
        return { ...one };
    }
  });
}

function advanced(counter: Expr, by: bigint, type: Type): Expr {
  return by < 0n
    ? binary('sub', type, counter, constant(-by))
    : binary('add', type, counter, constant(by));
}

function replaced(expr: Expr, name: string, value: Expr): Expr {
  return mapExpr(expr, (one) => (one.op === 'var' && one.name === name ? value : one));
}

function touches(statement: Stmt, name: string): boolean {
  return (
    definedBy(statement).includes(name) ||
    expressionsOf(statement).some((expr) => variablesIn(expr).has(name))
  );
}

/** Whether the condition compares the counter with a bound that it moves towards, and nothing else. */
function heads(condition: Expr, name: string, by: bigint): boolean {
  if (condition.op === 'and') {
    const [left, right] = [condition.left, condition.right];
    if (!variablesIn(left).has(name)) return heads(right, name, by);
    return !variablesIn(right).has(name) && heads(left, name, by);
  }
  if (condition.op !== 'lt' && condition.op !== 'le') return false;
  const [near, far] =
    by > 0n ? [condition.left, condition.right] : [condition.right, condition.left];
  return near.op === 'var' && near.name === name && !variablesIn(far).has(name);
}

/** Loops of more iterations than this count as unknown. */
const mostTrips = 65536;

/** The number of iterations, where it is known. */
function tripsOf({ condition }: LoopStmt, { name, type, start, by }: Counting): number | undefined {
  const others = [...variablesIn(condition)].some((one) => one !== name);
  if (others || !isConstant(start.value) || usesScalar(condition)) return undefined;
  let value = start.value.value;
  const environment = {
    variable: () => value,
    scalar: (): never => {
      throw new Error('a scalar is not known');
    },
  };
  for (let trips = 0; trips <= mostTrips; trips++) {
    if (evaluate(condition, environment) === 0n) return trips;
    value = wrap(value + by, type);
  }
  return undefined;
}

function usesScalar(expr: Expr): boolean {
  let found = false;
  mapExpr(expr, (one) => {
    if (one.op === 'scalar' || one.op === 'table') found = true;
    return one;
  });
  return found;
}
