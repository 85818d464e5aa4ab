import type { BlockOp } from '../../ir/blocks.ts';
import { bitsOf, type Expr, type KernelIR } from '../../ir/ir.ts';
import type { ScheduledProcess } from '../../ir/scheduled.ts';
import { constantText, ExpressionPrinter, literal } from './expressions.ts';
import { scalarWire } from './ports.ts';
import { type PlannedValue, ProcessPlan } from './process-plan.ts';
import { tableFunction } from './table-function.ts';

/** What the parts of a process's module share while it is written: names, conditions, and the lines so far. */
export class ProcessContext {
  readonly kernel: KernelIR;
  readonly scheduled: ScheduledProcess;
  readonly plan: ProcessPlan;
  readonly lines: string[] = [];
  /** Vector constants that something slices, by their text. */
  readonly constants = new Map<string, { readonly name: string; readonly width: number }>();
  /** Functions that look up tables, by their names. */
  readonly tables = new Map<string, readonly string[]>();
  readonly partly = new Set<string>();
  readonly blockBits: number;
  /** Stage and block whose operands are being printed. */
  here = { stage: 0, block: 0 };
  readonly printer: ExpressionPrinter;

  constructor(kernel: KernelIR, scheduled: ScheduledProcess) {
    this.kernel = kernel;
    this.scheduled = scheduled;
    this.plan = new ProcessPlan(scheduled);
    this.blockBits = Math.max(1, Math.ceil(Math.log2(scheduled.blocks.blocks.length)));
    this.printer = new ExpressionPrinter({
      name: (expr) => this.refer(expr, this.here.stage, this.here.block),
      partly: (name) => this.partly.add(name),
      table: (expr) => {
        const { name, lines } = tableFunction(kernel, expr);
        this.tables.set(name, lines);
        return name;
      },
    });
  }

  line(text = ''): void {
    this.lines.push(text === '' ? '' : `    ${text}`);
  }

  /** The name of a value as stage `stage` sees it. */
  refer(expr: Expr, stage: number, block: number): string {
    if (expr.op === 'const') {
      return expr.type.kind === 'int' ? constantText(expr) : this.constantName(expr);
    }
    if (expr.op === 'scalar') return scalarWire(expr.name);
    return this.nameAt(this.plan.find(expr, block), stage);
  }

  /** True where a value of a block is computed by the time the block is in stage `stage`. */
  knownBy(expr: Expr, block: number, stage: number): boolean {
    return (
      expr.op === 'const' || expr.op === 'scalar' || this.plan.find(expr, block).stage <= stage
    );
  }

  nameAt(value: PlannedValue, stage: number): string {
    if (value.state && stage === value.stage) return this.register(value.expr);
    return `s${stage}_${value.name}`;
  }

  register(expr: Expr): string {
    return expr.op === 'var' ? `r_${expr.name}` : '';
  }

  constantName(expr: Extract<Expr, { op: 'const' }>): string {
    const text = constantText(expr);
    const known = this.constants.get(text);
    if (known !== undefined) return known.name;
    const name = `CONSTANT_${this.constants.size}`;
    this.constants.set(text, { name, width: bitsOf(expr.type) });
    this.partly.add(name);
    return name;
  }

  multiple(): boolean {
    return this.scheduled.blocks.blocks.length > 1;
  }

  /** True (as text) where stage `stage` holds block `block`; undefined where it cannot hold another. */
  holds(stage: number, block: number): string | undefined {
    if (!this.multiple()) return undefined;
    return `(s${stage}_block == ${literal(BigInt(block), this.blockBits)})`;
  }

  opsAt(stage: number): { readonly op: BlockOp; readonly block: number }[] {
    return this.scheduled.blocks.blocks.flatMap((block, index) =>
      block.ops
        .filter((op) => this.scheduled.accessStage.get(`${op.kind} ${op.resource}`) === stage)
        .map((op) => ({ op, block: index })),
    );
  }

  /** The condition under which block `block` in stage `stage` does `op`. */
  active(op: BlockOp, stage: number, block: number): string[] {
    const holds = this.holds(stage, block);
    return [
      ...(holds === undefined ? [] : [holds]),
      ...(op.predicate === undefined ? [] : [this.refer(op.predicate, stage, block)]),
    ];
  }
}
