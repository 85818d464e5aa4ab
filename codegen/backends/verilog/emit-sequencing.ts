import { type BlockOp, type Next, readsOf, targetsOf } from '../../ir/blocks.ts';
import { arrayHazards } from './emit-arrays.ts';
import { literal } from './expressions.ts';
import { accessSignals } from './ports.ts';
import type { ProcessContext } from './process-context.ts';

/** One reason for which a stage may have to wait. */
export interface StallReason {
  /** The access that cannot happen yet; undefined where a value of an older block is awaited. */
  readonly access?: Pick<BlockOp, 'kind' | 'resource' | 'span'>;
  /** The condition, in Verilog. */
  readonly text: string;
}

/** Why a stage may have to wait: for its inputs, its outputs, or an older block. */
export function stallReasons(context: ProcessContext, stage: number): readonly StallReason[] {
  const { gate } = context.scheduled;
  if (stage > gate) return [];
  const own = context.opsAt(stage);
  // Outputs of all stages behind the gate are waited for at the gate.
  const behind =
    stage < gate
      ? []
      : Array.from({ length: context.scheduled.stages - 1 - gate }, (_, at) =>
          context.opsAt(gate + 1 + at),
        ).flat();
  const accesses = [...own, ...behind].flatMap(({ op, block }) => {
    const { busy } = accessSignals(op, context.kernel);
    if (busy === undefined) return [];
    const text = `(${[...context.active(op, stage, block), busy].join(' && ')})`;
    return [{ access: op, text }];
  });
  const older = [...hazards(context, stage), ...arrayHazards(context, stage)];
  return [...accesses, ...older.map((text) => ({ text }))];
}

export function stallAndGo(context: ProcessContext, stage: number): void {
  const { gate } = context.scheduled;
  if (stage > gate) {
    context.line(`assign s${stage}_go = s${stage}_valid;`);
    return;
  }
  const reasons = stallReasons(context, stage).map(({ text }) => text);
  context.line(`assign s${stage}_stall = ${reasons.length === 0 ? "1'b0" : reasons.join(' || ')};`);
  const next = stage < gate ? ` && (!s${stage + 1}_valid || s${stage + 1}_go)` : '';
  context.line(`assign s${stage}_go = s${stage}_valid && !s${stage}_stall${next};`);
}

/** A block waits where an older one has yet to write a variable that it reads. */
function hazards(context: ProcessContext, stage: number): string[] {
  const { readStage, writeStage, blocks } = context.scheduled;
  const reasons: string[] = [];
  for (const name of blocks.state.keys()) {
    const from = readStage.get(name) ?? 0;
    const to = writeStage.get(name) ?? 0;
    if (from !== stage || to <= from) continue;
    const holdsAny = (at: number, which: (block: number) => boolean): string => {
      const found = blocks.blocks
        .map((_, block) => block)
        .filter(which)
        .map((block) => context.holds(at, block));
      if (found.length === 0) return "1'b0";
      return found.includes(undefined) ? "1'b1" : `(${found.join(' || ')})`;
    };
    const writers: string[] = [];
    for (let at = from + 1; at <= to; at++) {
      const writes = (block: number) =>
        blocks.blocks[block].writes.some((one) => one.variable === name);
      writers.push(`(s${at}_valid && ${holdsAny(at, writes)})`);
    }
    const reads = holdsAny(stage, (block) => readsOf(blocks.blocks[block]).has(name));
    reasons.push(`(${reads} && (${writers.join(' || ')}))`);
  }
  return reasons;
}

/** Which block comes next, and the valid bits of the stages. */
export function control(context: ProcessContext): void {
  const { stages, nextStage, blocks, gate } = context.scheduled;
  context.line();
  context.line('// The next block, as soon as it is known.');
  const index = context.blockBits === 1 ? '' : `[${context.blockBits - 1}:0] `;
  blocks.blocks.forEach((block, at) => {
    const stage = nextStage[at];
    const ends = [...targetsOf(block.next)].includes(undefined);
    const goes = [...targetsOf(block.next)].some((target) => target !== undefined);
    if (context.multiple() && goes) {
      context.line(
        `wire ${index}next_${at} = ${nextText(context, block.next, stage, at, (target) => literal(BigInt(target ?? 0), context.blockBits))};`,
      );
    }
    if (ends && goes) {
      context.line(
        `wire ends_${at} = ${nextText(context, block.next, stage, at, (target) => (target === undefined ? "1'b1" : "1'b0"))};`,
      );
    }
  });
  context.line();
  context.line('always @(posedge clk) begin');
  context.line('    if (!rst_n) begin');
  context.line("        s0_valid <= 1'b0;");
  context.line('    end else begin');
  context.line("        if (s0_go) s0_valid <= 1'b0;");
  blocks.blocks.forEach((block, at) => {
    const stage = nextStage[at];
    const holds = context.holds(stage, at);
    const when = [`s${stage}_go`, ...(holds === undefined ? [] : [holds])].join(' && ');
    const targets = [...targetsOf(block.next)];
    if (targets.every((target) => target === undefined)) return;
    const ends = targets.includes(undefined) ? `!ends_${at}` : "1'b1";
    context.line(`        if (${when}) s0_valid <= ${ends};`);
  });
  context.line("        if (start) s0_valid <= 1'b1;");
  context.line('    end');
  if (context.multiple()) {
    blocks.blocks.forEach((block, at) => {
      if ([...targetsOf(block.next)].every((target) => target === undefined)) return;
      const stage = nextStage[at];
      context.line(`    if (s${stage}_go && ${context.holds(stage, at)}) s0_block <= next_${at};`);
    });
    context.line(`    if (start) s0_block <= ${literal(0n, context.blockBits)};`);
  }
  context.line('end');
  for (let stage = 1; stage < stages; stage++) {
    context.line('always @(posedge clk) begin');
    context.line(`    if (!rst_n) s${stage}_valid <= 1'b0;`);
    if (stage > gate) context.line(`    else s${stage}_valid <= s${stage - 1}_go;`);
    else {
      context.line(`    else if (s${stage - 1}_go) s${stage}_valid <= 1'b1;`);
      context.line(`    else if (s${stage}_go) s${stage}_valid <= 1'b0;`);
    }
    if (context.multiple()) {
      const moves = stage > gate ? '' : `if (s${stage - 1}_go) `;
      context.line(`    ${moves}s${stage}_block <= s${stage - 1}_block;`);
    }
    context.line('end');
  }
  const valid = Array.from({ length: stages }, (_, stage) => `s${stage}_valid`);
  context.line(`assign idle = !(${valid.join(' || ')});`);
}

function nextText(
  context: ProcessContext,
  next: Next,
  stage: number,
  block: number,
  leaf: (target: number | undefined) => string,
): string {
  if (next.kind === 'goto') return leaf(next.block);
  const [then, otherwise] = [next.then, next.else].map((one) =>
    nextText(context, one, stage, block, leaf),
  );
  if (then === otherwise) return then;
  return `${context.refer(next.condition, stage, block)} ? ${then} : (${otherwise})`;
}
