import type { BlockProcess } from '../ir/blocks.ts';
import type { Placement, ScheduledProcess } from '../ir/scheduled.ts';

/** What has to wait where it stands: what it takes is not there yet. */
const inputs: ReadonlySet<string> = new Set(['read', 'receive', 'response']);
const outputs: ReadonlySet<string> = new Set(['write', 'request', 'send']);

/**
 * stall-gate: the last stage of a pipeline that can stall.
 *
 *   stage 0: read s → x; stage 1: x × f; stage 2: write t, unless x was 0
 *   ⇒ the gate is stage 0: no block passes it while t is full, and stages 1 and 2 always move on
 *
 * So nothing past the gate is held up, and no ready signal runs back through it. What is under way
 * when an output fills up still arrives: the queue behind it has that much slack. An output whose
 * condition is known only later must not be waited for before, since it may never be written: the gate
 * then stands where the condition is known.
 */
export function withGate(placed: Placement): ScheduledProcess {
  const { blocks, accessStage, readStage, writeStage, valueStage } = placed;
  let gate = 0;
  const raise = (stage: number | undefined) => {
    gate = Math.max(gate, stage ?? 0);
  };
  for (const [access, stage] of accessStage) {
    if (inputs.has(access.split(' ')[0])) raise(stage);
  }
  for (const name of blocks.state.keys()) {
    const from = readStage.get(name) ?? 0;
    if ((writeStage.get(name) ?? 0) > from) raise(from);
  }
  for (const { name } of blocks.arrays) {
    const load = accessStage.get(`load ${name}`);
    const store = accessStage.get(`store ${name}`);
    if (load !== undefined && store !== undefined && store > load + 1) raise(load);
  }
  // A gate that moves back takes outputs before it out of question: they wait where they stand.
  for (let before = -1; before !== gate; ) {
    before = gate;
    for (const { stage, known } of conditionalOutputs(blocks, accessStage, valueStage)) {
      if (stage > gate) raise(known);
    }
  }
  return { ...placed, gate };
}

interface ConditionalOutput {
  readonly stage: number;
  /** Stage in which it is known whether the output happens. */
  readonly known: number;
}

function* conditionalOutputs(
  process: BlockProcess,
  accessStage: ReadonlyMap<string, number>,
  valueStage: Placement['valueStage'],
): Generator<ConditionalOutput> {
  for (const [at, block] of process.blocks.entries()) {
    for (const { kind, resource, predicate } of block.ops) {
      if (!outputs.has(kind) || predicate === undefined) continue;
      const stage = accessStage.get(`${kind} ${resource}`) ?? 0;
      yield { stage, known: Math.min(stage, valueStage[at].get(predicate) ?? stage) };
    }
  }
}
