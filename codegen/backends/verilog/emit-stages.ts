import { bitsOf, elementOf, lanesOf } from '../../ir/ir.ts';
import { stallAndGo } from './emit-sequencing.ts';
import { ExpressionPrinter } from './expressions.ts';
import { accessSignals, ramSignal, range, typeRange } from './ports.ts';
import type { ProcessContext } from './process-context.ts';
import type { PlannedValue } from './process-plan.ts';
import { lineText, spansOfStage } from './source-lines.ts';

export function variables(context: ProcessContext): void {
  const { state } = context.scheduled.blocks;
  if (state.size > 0)
    context.line('// Variables of the source that live from one block to another.');
  for (const [name, type] of state) context.line(`reg  ${typeRange(type)}r_${name};`);
  context.line();
  const { stages, gate } = context.scheduled;
  const index = context.blockBits === 1 ? '' : `[${context.blockBits - 1}:0] `;
  for (let stage = 0; stage < stages; stage++) {
    context.line(`reg  s${stage}_valid;`);
    if (context.multiple()) context.line(`reg  ${index}s${stage}_block;`);
    if (stage <= gate) context.line(`wire s${stage}_stall;`);
    context.line(`wire s${stage}_go;`);
  }
}

export function emitStage(context: ProcessContext, stage: number): void {
  context.line();
  const { file } = context.scheduled.blocks.span;
  const lines = lineText(spansOfStage(context, stage), file);
  context.line(`// Stage ${stage}${lines === '' ? '.' : `: ${lines}`}`);
  context.scheduled.blocks.blocks.forEach((_, block) => {
    for (const value of context.plan.values[block]) {
      if (value.stage === stage) emitValue(context, value);
    }
  });
  stallAndGo(context, stage);
  const crossing = context.plan
    .crossing(stage)
    .filter((value) => !computedInRegister(context, value, stage));
  for (const value of crossing) {
    context.line(`reg  ${typeRange(value.expr.type)}s${stage + 1}_${value.name};`);
  }
  if (crossing.length === 0) return;
  context.line(`always @(posedge clk) if (${moves(context, stage)}) begin`);
  for (const value of crossing) {
    context.line(`    s${stage + 1}_${value.name} <= ${context.nameAt(value, stage)};`);
  }
  context.line('end');
}

/**
 * When the registers behind a stage load. From the gate on nothing waits, and they need no enable for the
 * sake of what they hold; the stage's valid bit, a register of its own, spares simulators (and power) the
 * cycles in which there is nothing to hold.
 */
function moves(context: ProcessContext, stage: number): string {
  return stage < context.scheduled.gate ? `s${stage}_go` : `s${stage}_valid`;
}

/** A vector that only its register sees is computed where the register loads: simulators do it only then. */
function computedInRegister(context: ProcessContext, value: PlannedValue, stage: number): boolean {
  if (stage !== value.stage || value.usedHere || value.lastUse === stage) return false;
  if (value.source !== undefined || ExpressionPrinter.widerThanResult(value.expr) !== undefined)
    return false;
  context.here = { stage, block: value.block };
  return context.printer.assigned(value.expr).kind === 'lanes';
}

function emitValue(context: ProcessContext, value: PlannedValue): void {
  const { expr, stage, block } = value;
  const name = `s${stage}_${value.name}`;
  context.here = { stage, block };
  if (value.source !== undefined) {
    context.line(`wire ${typeRange(expr.type)}${name} = ${resultText(context, value)};`);
    return;
  }
  const origin = lineText([expr.span], context.scheduled.blocks.span.file);
  const where = origin === '' ? '' : ` // ${origin}`;
  const wider = ExpressionPrinter.widerThanResult(expr);
  const assigned = context.printer.assigned(expr);
  const width = elementOf(expr.type).width;
  const lanes = lanesOf(expr.type);
  if (assigned.kind === 'lanes' && computedInRegister(context, value, stage)) {
    const register = `s${stage + 1}_${value.name}`;
    context.line(`reg  ${typeRange(expr.type)}${register};${where}`);
    emitLanes(context, register, width, lanes, assigned.text, moves(context, stage));
    return;
  }
  const target = wider === undefined ? name : `${name}_wide`;
  const targetWidth = wider ?? width;
  const kind = assigned.kind === 'lanes' ? 'reg ' : 'wire';
  context.line(
    `${kind} ${wider === undefined ? typeRange(expr.type) : range(targetWidth * lanes)}${target};${where}`,
  );
  if (assigned.kind === 'whole') {
    context.line(`assign ${target} = ${assigned.text};`);
  } else if (assigned.kind === 'list') {
    assigned.texts.forEach((text, lane) => {
      context.line(`assign ${target}[${lane * width} +: ${width}] = ${text};`);
    });
  } else {
    emitLanes(context, target, targetWidth, lanes, assigned.text);
  }
  if (wider === undefined) return;
  context.partly.add(target);
  context.line(`${expr.type.kind === 'int' ? 'wire' : 'reg '} ${typeRange(expr.type)}${name};`);
  if (expr.type.kind === 'int') context.line(`assign ${name} = ${target}[${width - 1}:0];`);
  else emitLanes(context, name, width, lanes, `${target}[lane*${wider} +: ${width}]`);
}

/** Lane by lane in a loop: one process a vector, where a driver a lane makes simulators slow. */
function emitLanes(
  context: ProcessContext,
  target: string,
  width: number,
  lanes: number,
  text: string,
  loads?: string,
): void {
  const index = `lane_${target}`;
  const own = (one: string) => one.replace(/\blane\b/g, index);
  const slice = width === 1 ? `${target}[lane]` : `${target}[lane*${width} +: ${width}]`;
  context.line(`integer ${index};`);
  const [when, sign] =
    loads === undefined
      ? ['always @* begin', '=']
      : [`always @(posedge clk) if (${loads}) begin`, '<='];
  context.line(when);
  context.line(`    for (${index} = 0; ${index} < ${lanes}; ${index} = ${index} + 1) begin`);
  context.line(`        ${own(slice)} ${sign} ${own(text)};`);
  context.line('    end');
  context.line('end');
}

/** The part of a stream's word, or the beat, that a result variable takes. */
function resultText(context: ProcessContext, value: PlannedValue): string {
  const { source, expr } = value;
  if (source === undefined || expr.op !== 'var') throw new Error('not a result');
  if (source.kind === 'load') return ramSignal(source.resource, 'read_data');
  const { input } = accessSignals(source, context.kernel);
  if (input === undefined) throw new Error(`${source.kind} has no result`);
  const stream = context.kernel.streams.find((one) => one.name === source.resource);
  if (source.kind === 'receive' || stream === undefined) return input.name;
  let low = 0;
  for (const [at, field] of stream.fields.entries()) {
    const bits = bitsOf(field.type);
    if (source.into[at] === expr.name) {
      if (bits === input.width) return input.name;
      return bits === 1 ? `${input.name}[${low}]` : `${input.name}[${low + bits - 1}:${low}]`;
    }
    low += bits;
  }
  throw new Error(`no field for ${expr.name}`);
}
