import { cast } from '../ir/build.ts';
import type { Expr, LocalArray, Span, Stmt, Table, Type, Variable } from '../ir/ir.ts';
import { type Diagnostic, fail } from './diagnostics.ts';

/** What one kernel's compilation collects besides processes. */
export interface KernelState {
  readonly diagnostics: Diagnostic[];
  readonly tables: Table[];
}

/** Collects the statements and variables of one process while its source is walked. */
export class ProcessBuilder {
  readonly kernel: KernelState;
  readonly variables: Variable[] = [];
  readonly arrays: LocalArray[] = [];
  /** Above 0 inside `?:`, `&&`, `||` and lambdas, where nothing may block. */
  pureDepth = 0;
  private readonly names = new Set<string>();
  private sink: Stmt[] = [];

  constructor(kernel: KernelState) {
    this.kernel = kernel;
  }

  get statements(): readonly Stmt[] {
    return this.sink;
  }

  /** The statements that `body` emits, instead of appending them here. */
  collect(body: () => void): Stmt[] {
    const before = this.sink;
    const collected: Stmt[] = [];
    this.sink = collected;
    try {
      body();
    } finally {
      this.sink = before;
    }
    return collected;
  }

  emit(statement: Stmt): void {
    if (this.pureDepth > 0 && statement.kind !== 'assign' && statement.span !== undefined) {
      fail(
        'TW3001',
        statement.span,
        'a stream or memory is used inside a condition or a lambda',
        'Take the value in a statement of its own, inside an if.',
      );
    }
    this.sink.push(statement);
  }

  /** A new variable named after the source's, made unique within the process. */
  declare(name: string, type: Type, mutable: boolean, span: Span): string {
    let unique = name;
    for (let copy = 2; this.names.has(unique); copy++) unique = `${name}_${copy}`;
    this.names.add(unique);
    this.variables.push({ name: unique, type, mutable, span });
    return unique;
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
