import type { BlockOp } from '../../ir/blocks.ts';
import { elementOf } from '../../ir/ir.ts';
import type { ProcessContext } from './process-context.ts';

/** Mark at the start of each line that a simulator must take for a line of the kernel's log. */
export const logMark = 'TILEWRIGHT';

/**
 * print() and assert() of the source, for simulators only. A line is
 * `TILEWRIGHT <order> <process> <source line> P|F <text>`; all of a process come from one stage, so in
 * order. A failed assertion ends the simulation.
 */
export function logs(context: ProcessContext): void {
  const { kernel, scheduled } = context;
  const process = kernel.processes.findIndex((one) => one.name === scheduled.blocks.name);
  for (let stage = 0; stage < scheduled.stages; stage++) {
    const ops = context.opsAt(stage).filter(({ op }) => op.kind === 'log');
    if (ops.length === 0) continue;
    context.line();
    context.line('`ifndef SYNTHESIS');
    context.line('// print() and assert() of the source.');
    context.line(`always @(posedge clk) if (s${stage}_go) begin`);
    for (const { op, block } of ops) {
      const conditions = context.active(op, stage, block);
      const when = conditions.length === 0 ? '' : `if (${conditions.join(' && ')}) `;
      context.line(`    ${when}${display(context, op, process, stage, block)}`);
    }
    context.line('end');
    context.line('`endif');
  }
}

function display(
  context: ProcessContext,
  op: BlockOp,
  process: number,
  stage: number,
  block: number,
): string {
  if (op.log === undefined) throw new Error('a log without a text');
  const { text, failure } = op.log;
  const { name } = context.scheduled.blocks;
  const head = `${logMark} ${process} ${name} ${op.span?.line ?? 0} ${failure ? 'F' : 'P'} `;
  const pattern = text.map(escaped).join('%0d');
  const values = op.args.map((value) => {
    const name = context.refer(value, stage, block);
    return elementOf(value.type).signed ? `$signed(${name})` : name;
  });
  const line = `$display(${[`"${head}${pattern}"`, ...values].join(', ')});`;
  return failure ? `begin ${line} $finish; end` : line;
}

/** Text inside a format string of Verilog; the front end admits printable ASCII only. */
export function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%');
}
