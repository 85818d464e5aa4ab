import { type Block, type BlockOp, conditionsOf } from '../../ir/blocks.ts';
import type { Expr } from '../../ir/ir.ts';
import type { ScheduledProcess } from '../../ir/scheduled.ts';
import { operandsOf } from '../../ir/visit.ts';

/** Where a block's value is made and how far down the pipeline it is needed. */
export interface PlannedValue {
  readonly expr: Expr;
  readonly block: number;
  /** Unique in the process, without the stage's prefix. */
  readonly name: string;
  readonly stage: number;
  lastUse: number;
  /** Whether something in its own stage looks at it; otherwise only the register behind it does. */
  usedHere: boolean;
  /** True when the value is the variable as it was (a register of the process). */
  readonly state: boolean;
  /** The operation of the block whose result it is. */
  readonly source: BlockOp | undefined;
}

/**
 * Names every value of a scheduled process and finds how long each is needed. State variables share one
 * entry over all blocks, since all read them in the same stage.
 */
export class ProcessPlan {
  readonly scheduled: ScheduledProcess;
  /** Values by block, in an order in which operands come first. */
  readonly values: readonly (readonly PlannedValue[])[];
  private readonly byExpr: readonly Map<Expr, PlannedValue>[];
  private readonly states = new Map<string, PlannedValue>();
  /** Names that with a stage's prefix would be one of the stage's own signals. */
  private readonly used = new Set([
    'valid',
    'block',
    'stall',
    'go',
    'push',
    'pop',
    'din',
    'dout',
    'full',
    'empty',
  ]);

  constructor(scheduled: ScheduledProcess) {
    this.scheduled = scheduled;
    this.byExpr = scheduled.blocks.blocks.map(() => new Map());
    this.values = scheduled.blocks.blocks.map((block, index) => this.planBlock(block, index));
  }

  private unique(base: string): string {
    const clean = base.replace(/[^A-Za-z0-9_]/g, '_');
    let name = clean;
    for (let copy = 2; this.used.has(name); copy++) name = `${clean}_${copy}`;
    this.used.add(name);
    return name;
  }

  private planBlock(block: Block, index: number): readonly PlannedValue[] {
    const order: PlannedValue[] = [];
    const { accessStage, writeStage, nextStage } = this.scheduled;
    const need = (expr: Expr, stage: number): void => {
      const value = this.plan(expr, block, index, order);
      if (value !== undefined) use(value, stage);
    };
    for (const op of block.ops) {
      const stage = accessStage.get(`${op.kind} ${op.resource}`) ?? 0;
      if (op.predicate !== undefined) need(op.predicate, stage);
      for (const arg of op.args) need(arg, stage);
    }
    for (const write of block.writes) {
      const stage = writeStage.get(write.variable) ?? 0;
      need(write.value, stage);
      if (write.enable !== undefined) need(write.enable, stage);
    }
    for (const condition of conditionsOf(block.next)) need(condition, nextStage[index]);
    return order;
  }

  private plan(
    expr: Expr,
    block: Block,
    index: number,
    order: PlannedValue[],
  ): PlannedValue | undefined {
    if (expr.op === 'const' || expr.op === 'scalar') return undefined;
    const known = this.byExpr[index].get(expr);
    if (known !== undefined) return known;
    const source =
      expr.op === 'var' ? block.ops.find((op) => op.into.includes(expr.name)) : undefined;
    if (expr.op === 'var' && source === undefined) return this.planState(expr, index);
    const stage = this.scheduled.valueStage[index].get(expr) ?? 0;
    for (const operand of operandsOf(expr)) {
      const value = this.plan(operand, block, index, order);
      if (value !== undefined) use(value, stage);
    }
    const hint = expr.op === 'var' ? expr.name : this.scheduled.blocks.names.get(expr);
    const value: PlannedValue = {
      expr,
      block: index,
      name: this.unique(hint ?? expr.op.replace('-', '_')),
      stage,
      lastUse: stage,
      usedHere: false,
      state: false,
      source,
    };
    this.byExpr[index].set(expr, value);
    order.push(value);
    return value;
  }

  private planState(expr: Extract<Expr, { op: 'var' }>, index: number): PlannedValue {
    const known = this.states.get(expr.name);
    const value = known ?? {
      expr,
      block: index,
      name: this.unique(`${expr.name}_now`),
      stage: this.scheduled.readStage.get(expr.name) ?? 0,
      lastUse: this.scheduled.readStage.get(expr.name) ?? 0,
      usedHere: true,
      state: true,
      source: undefined,
    };
    this.states.set(expr.name, value);
    this.byExpr[index].set(expr, value);
    return value;
  }

  /** Every value that crosses from one stage into the next, by the stage that it leaves. */
  crossing(stage: number): readonly PlannedValue[] {
    return [...this.states.values(), ...this.values.flat()].filter(
      (value) => value.stage <= stage && value.lastUse > stage,
    );
  }

  find(expr: Expr, block: number): PlannedValue {
    const found = this.byExpr[block].get(expr);
    if (found === undefined) throw new Error(`${expr.op} was never planned`);
    return found;
  }
}

function use(value: PlannedValue, stage: number): void {
  value.lastUse = Math.max(value.lastUse, stage);
  value.usedHere ||= stage === value.stage;
}
