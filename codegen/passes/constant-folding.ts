import type { AssignStmt, Expr, KernelIR, Process, Stmt } from '../ir/ir.ts';
import { mapExpr, withExpressions } from '../ir/rewrite.ts';
import { constantOf, simplify, uniform } from '../ir/simplify.ts';
import { allStatements, definedBy, expressionsOf } from '../ir/visit.ts';

/**
 * constant-folding: computes what is known while compiling.
 *
 *   beats = 2:u3                      beats = 2:u3
 *   y = add:u8(mul:u8(x, 1:u1), 0:u1)   ⇒   y = x
 *   if lt:u1(beats, 4:u3)             if 1:u1
 *     write s mul:u8(y, beats)          write s mul:u8(y, 2:u3)
 *
 * A variable that holds a constant where it is read is replaced by it: an immutable one everywhere, a
 * mutable one until it is assigned again (of a vector single lanes only). So is one that only renames a scalar. Conditions become 0 or 1,
 * that of a loop 0 if its first test fails; `dead-code` takes away what then is never reached or read.
 */
export const constantFolding = {
  name: 'constant-folding',
  description: 'values that are known while compiling, and identities of the algebra',
  run(kernel: KernelIR): KernelIR {
    return {
      ...kernel,
      processes: kernel.processes.map((process) => new Folder(kernel, process).process()),
    };
  },
};

/** What variables hold at a point of the code, where that is a constant or a scalar. */
type Known = Map<string, Expr>;

class Folder {
  private readonly source: Process;
  private readonly tables: KernelIR['tables'];
  private readonly immutable: ReadonlySet<string>;
  private known: Known = new Map();
  /** Results that hold whatever the variables are: of expressions without variables. */
  private memo = new Map<Expr, Expr>();

  constructor(kernel: KernelIR, source: Process) {
    this.source = source;
    this.tables = kernel.tables;
    this.immutable = new Set(
      source.variables.filter((one) => !one.mutable).map(({ name }) => name),
    );
    // A variable starts at 0; an immutable one is not read before it is assigned.
    for (const { name, type, mutable } of source.variables) {
      if (mutable) this.known.set(name, constantOf(0n, type));
    }
  }

  process(): Process {
    return { ...this.source, body: this.list(this.source.body) };
  }

  private fold(expr: Expr): Expr {
    return mapExpr(expr, (one) => this.node(one), this.memo);
  }

  private node(expr: Expr): Expr {
    if (expr.op === 'var') {
      const value = this.known.get(expr.name);
      return value === undefined || value.type.kind === 'vec' ? expr : value;
    }
    // A constant vector stays a variable, which reads better; one lane of it is a number.
    if (expr.op === 'lane' && expr.vector.op === 'var' && expr.index.op === 'const') {
      const vector = this.known.get(expr.vector.name);
      if (vector !== undefined) return simplify({ ...expr, vector }, this.tables);
    }
    return simplify(expr, this.tables);
  }

  private forget(names: Iterable<string>): void {
    for (const name of names) this.known.delete(name);
    this.memo = new Map();
  }

  private list<T extends Stmt>(list: readonly T[]): T[] {
    return list.map((one) => this.statement(one) as T);
  }

  private statement(statement: Stmt): Stmt {
    if (statement.kind === 'loop') return this.loop(statement);
    const folded = withExpressions(
      statement,
      expressionsOf(statement).map((expr) => this.fold(expr)),
    );
    if (folded.kind === 'if') return this.branch(folded);
    this.forget(definedBy(folded));
    if (folded.kind === 'assign' && isKnown(folded.value)) {
      this.known.set(folded.variable, folded.value);
    }
    return folded;
  }

  private branch(statement: Extract<Stmt, { kind: 'if' }>): Stmt {
    const before = this.known;
    const arm = (list: readonly Stmt[]) => {
      this.known = new Map(before);
      this.memo = new Map();
      return { list: this.list(list), after: this.known };
    };
    const then = arm(statement.then);
    const otherwise = arm(statement.else);
    const decided = uniform(statement.condition);
    const joined = new Map(
      [...then.after].filter(([name, value]) => {
        const other = otherwise.after.get(name);
        // An immutable variable of one arm is read in that arm alone.
        return this.immutable.has(name) || (other !== undefined && sameConstant(value, other));
      }),
    );
    for (const [name, value] of otherwise.after) {
      if (this.immutable.has(name)) joined.set(name, value);
    }
    if (decided !== undefined) this.known = (decided === 0n ? otherwise : then).after;
    else this.known = joined;
    this.memo = new Map();
    return { ...statement, then: then.list, else: otherwise.list };
  }

  private loop(statement: Extract<Stmt, { kind: 'loop' }>): Stmt {
    const init = this.list<AssignStmt>(statement.init);
    const first = this.fold(statement.condition);
    if (uniform(first) === 0n) {
      // Never entered: what it would do is as it was.
      return { ...statement, init, condition: first };
    }
    this.forget(
      [...allStatements([...statement.body, ...statement.step])].flatMap((one) => definedBy(one)),
    );
    const condition = this.fold(statement.condition);
    const before = new Map(this.known);
    const body = this.list(statement.body);
    const step = this.list<AssignStmt>(statement.step);
    // Where the loop does not run nothing of this was assigned.
    this.known = new Map(
      [...this.known].filter(([name]) => before.has(name) || this.immutable.has(name)),
    );
    this.memo = new Map();
    return { ...statement, init, condition, body, step };
  }
}

function isKnown(expr: Expr): boolean {
  return expr.op === 'const' || expr.op === 'scalar';
}

function sameConstant(a: Expr, b: Expr): boolean {
  if (a.op === 'scalar' && b.op === 'scalar') return a.name === b.name;
  return a.op === 'const' && b.op === 'const' && String(a.value) === String(b.value);
}
