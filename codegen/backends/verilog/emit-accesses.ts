import type { BlockOp } from '../../ir/blocks.ts';
import type { Expr } from '../../ir/ir.ts';
import { constantText } from './expressions.ts';
import { accessSignals } from './ports.ts';
import type { ProcessContext } from './process-context.ts';

export function variableUpdates(context: ProcessContext): void {
  const { blocks, writeStage } = context.scheduled;
  if (blocks.state.size === 0) return;
  context.line();
  context.line('always @(posedge clk) begin');
  for (const name of blocks.state.keys()) {
    const stage = writeStage.get(name) ?? 0;
    blocks.blocks.forEach((block, at) => {
      const write = block.writes.find((one) => one.variable === name);
      if (write === undefined) return;
      const holds = context.holds(stage, at);
      const when = [
        `s${stage}_go`,
        ...(holds === undefined ? [] : [holds]),
        ...(write.enable === undefined ? [] : [context.refer(write.enable, stage, at)]),
      ].join(' && ');
      const value =
        write.value.op === 'const'
          ? constantText(write.value)
          : context.refer(write.value, stage, at);
      context.line(`    if (${when}) r_${name} <= ${value};`);
    });
  }
  context.line('end');
}

export function accesses(context: ProcessContext): void {
  const { stages } = context.scheduled;
  context.line();
  for (let stage = 0; stage < stages; stage++) {
    const byPort = new Map<string, { readonly op: BlockOp; readonly block: number }[]>();
    for (const one of context.opsAt(stage)) {
      if (one.op.kind === 'log') continue;
      const key = `${one.op.kind} ${one.op.resource}`;
      byPort.set(key, [...(byPort.get(key) ?? []), one]);
    }
    for (const uses of byPort.values()) access(context, stage, uses);
  }
}

function access(
  context: ProcessContext,
  stage: number,
  uses: readonly { readonly op: BlockOp; readonly block: number }[],
): void {
  const { strobe, outputs } = accessSignals(uses[0].op, context.kernel);
  const conditions = uses.map(({ op, block }) => context.active(op, stage, block));
  const always = conditions.some((one) => one.length === 0);
  const any = conditions.map((one) => `(${one.join(' && ')})`).join(' || ');
  context.line(`assign ${strobe} = s${stage}_go${always ? '' : ` && (${any})`};`);
  outputs.forEach((output, at) => {
    const texts = uses.map(({ op, block }) => outputText(context, op, at, stage, block));
    // The last use needs no condition: the strobe says when the value counts.
    const text = texts.reduceRight((rest, one, use) => {
      const holds = context.holds(stage, uses[use].block);
      return holds === undefined ? one : `${holds} ? ${one} : (${rest})`;
    });
    context.line(`assign ${output.name} = ${text};`);
  });
}

function outputText(
  context: ProcessContext,
  op: BlockOp,
  at: number,
  stage: number,
  block: number,
): string {
  const text = (expr: Expr) =>
    expr.op === 'const' ? constantText(expr) : context.refer(expr, stage, block);
  if (op.kind === 'write')
    return op.args.length === 1
      ? text(op.args[0])
      : `{${[...op.args].reverse().map(text).join(', ')}}`;
  return text(op.args[at]);
}
