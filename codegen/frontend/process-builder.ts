import type { CallExpression } from 'ts-morph';
import { cast, constant } from '../ir/build.ts';
import type { AssignStmt, Expr, LocalArray, Span, Stmt, Table, Type, Variable } from '../ir/ir.ts';
import { type Diagnostic, fail } from './diagnostics.ts';
import type { Jumps } from './jump-statements.ts';
import { plainName } from './plain-name.ts';
import type { Scope } from './scope.ts';
import { settleStatements } from './settle-statements.ts';
import type { Value } from './values.ts';

/** What one kernel's compilation collects besides processes. */
export interface KernelState {
  readonly diagnostics: Diagnostic[];
  readonly tables: Table[];
}

/** What calls mean in a dataflow region: they make streams, processes, and arrays of both. */
export interface RegionCalls {
  /** The value of a call, or undefined where the region gives it no meaning of its own. */
  call(node: CallExpression, scope: Scope, builder: ProcessBuilder): Value | undefined;
}

/** Collects the statements and variables of one process while its source is walked. */
export class ProcessBuilder {
  readonly kernel: KernelState;
  readonly variables: Variable[] = [];
  readonly arrays: LocalArray[] = [];
  /** Above 0 inside `?:`, `&&`, `||` and lambdas, where nothing may block. */
  pureDepth = 0;
  /** Above 0 where the lanes of a vector are computed one by one, to be joined again. */
  laneDepth = 0;
  /** Set while expressions of a dataflow region are evaluated. */
  region: RegionCalls | undefined;
  /** Where `break`, `continue` and `return` lead at this point of the source. */
  jumps: Jumps = {};
  private readonly names = new Set<string>();
  private readonly decidedLater = new Map<Stmt, () => readonly Stmt[]>();
  private sink: Stmt[] = [];

  constructor(kernel: KernelState) {
    this.kernel = kernel;
  }

  /** The finished body of the process. */
  get statements(): readonly Stmt[] {
    return this.settled(this.sink);
  }

  /** Statements whose open parts are known by now, with those filled in. */
  settled(list: readonly Stmt[]): readonly Stmt[] {
    return settleStatements(list, this.decidedLater);
  }

  /** The list that statements go to now. */
  get place(): readonly Stmt[] {
    return this.sink;
  }

  /** Appends what `body` emits to a list that was collected before. */
  into(list: Stmt[], body: () => void): void {
    const before = this.sink;
    this.sink = list;
    try {
      body();
    } finally {
      this.sink = before;
    }
  }

  /** Keeps a place here for assignments that are known only when the process is complete. */
  later(statements: () => readonly AssignStmt[]): void {
    const mark: Stmt = { kind: 'if', condition: constant(0n), then: [], else: [] };
    this.decidedLater.set(mark, statements);
    this.sink.push(mark);
  }

  /** The statements that `body` emits, instead of appending them here. */
  collect(body: () => void): Stmt[] {
    const collected: Stmt[] = [];
    this.into(collected, body);
    return collected;
  }

  emit(statement: Stmt): void {
    if (this.pureDepth > 0 && statement.kind === 'loop' && statement.span !== undefined) {
      fail(
        'TW3001',
        statement.span,
        'a loop runs inside a condition or a lambda',
        'Call the function in a statement of its own, or unroll() the loop.',
      );
    }
    // A load disturbs nothing, so it may be done where its value goes unused.
    const free = ['assign', 'if', 'load'].includes(statement.kind);
    if (this.pureDepth > 0 && !free && statement.span !== undefined) {
      fail(
        'TW3001',
        statement.span,
        `${statement.kind === 'print' || statement.kind === 'assert' ? `${statement.kind}()` : 'a stream or memory'} is used inside a condition or a lambda`,
        'Give it a statement of its own, inside an if.',
      );
    }
    this.sink.push(statement);
  }

  /** A new variable named after the source's, made unique within the process. */
  declare(name: string, type: Type, mutable: boolean, span: Span): string {
    const unique = this.unique(name);
    this.variables.push({ name: unique, type, mutable, span });
    return unique;
  }

  private unique(name: string): string {
    const plain = plainName(name);
    let unique = plain;
    for (let copy = 2; this.names.has(unique); copy++) unique = `${plain}_${copy}`;
    this.names.add(unique);
    return unique;
  }

  /** A new array, named like a variable. Its index and its stores are the caller's. */
  declareArray(name: string, array: Omit<LocalArray, 'name'>): string {
    const unique = this.unique(name);
    this.arrays.push({ name: unique, ...array });
    return unique;
  }

  isMutable(variable: string): boolean {
    return this.variables.some((one) => one.name === variable && one.mutable);
  }

  /** Takes variables back that no statement mentions any more. */
  forget(gone: { has(name: string): boolean }): void {
    const kept = this.variables.filter((one) => !gone.has(one.name));
    this.variables.splice(0, this.variables.length, ...kept);
  }

  /** Names a value, so that the emitted text reads like the source. Constants and names stay as they are. */
  name(name: string, expr: Expr, span: Span): Expr {
    if (expr.op === 'const' || expr.op === 'scalar') return expr;
    if (expr.op === 'var' && this.variables.some((one) => one.name === expr.name && !one.mutable)) {
      return expr;
    }
    const variable = this.declare(name, expr.type, false, span);
    this.emit({ kind: 'assign', variable, value: cast(expr, expr.type), span });
    return { op: 'var', name: variable, type: expr.type, span };
  }
}
