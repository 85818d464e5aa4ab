import {
  type Block,
  type BlockOp,
  type BlockProcess,
  conditionsOf,
  readsOf,
  rootsOf,
  targetsOf,
} from '../ir/blocks.ts';
import type { Expr } from '../ir/ir.ts';
import { takesMultiplier } from '../ir/multipliers.ts';
import type { Placement, ScheduledProcess } from '../ir/scheduled.ts';
import { operandsOf } from '../ir/visit.ts';
import { accessSetup, delayOf, fifoOutput, overlap, ramOutput, registerOutput } from './delays.ts';
import { neededStages, variableUses } from './needed-stages.ts';
import { accessKey, inOrder, OpposedAccesses } from './opposed-accesses.ts';
import { withGate } from './stall-gate.ts';

/** Nanoseconds of the delay table that a stage holds unless a recurrence needs more. */
export const clockBudget = 3.2;

/**
 * schedule: gives every value, access and variable of a process its pipeline stage.
 *
 *   block 1: read s → x; acc := acc + x; next i + 1 < n
 *   ⇒ stage 0: i, its increment and the choice of the next block
 *     stage 1: read s; acc read, added to and written back, so that iterations follow every cycle
 *
 * All blocks of a process share one pipeline, in order. A stream, a memory port and a variable belong to
 * one stage in all blocks; so accesses keep the program's order, and a variable is safe when it is written
 * in the stage that reads it. Written later, a younger block waits (that is what limits the II).
 */
export function schedule(process: BlockProcess, clock = clockBudget): ScheduledProcess {
  // II before clock: a recurrence that does not fit into a stage gets a longer one.
  let best: Placement | undefined;
  for (const stretch of [1, 1.1, 1.25, 1.45, 1.75, 2.1]) {
    const found = improve(process, clock * stretch);
    const excess = found.blocks.blocks.reduce(
      (sum, block, at) =>
        sum + Math.max(0, (found.ii[at] ?? 1) - (block.ii ?? Number.POSITIVE_INFINITY)),
      0,
    );
    if (best === undefined || cost(found) < cost(best)) best = found;
    if (excess === 0) break;
  }
  if (best === undefined) throw new Error('no schedule');
  return { ...withGate(best), clock };
}

/** Loops dominate, then the other blocks' delays, then the length of the pipeline. */
function cost(found: Placement): number {
  const loops = found.ii.reduce<number>((sum, ii) => sum + (ii ?? 0), 0);
  const branches = found.nextStage.reduce((sum, stage) => sum + stage, 0);
  let late = 0;
  for (const [name, stage] of found.writeStage) late += stage - (found.readStage.get(name) ?? 0);
  return 10_000 * loops + 100 * branches + late + found.stages / 1000;
}

/** How many placements the search for a better one may try, times the expressions placed in each. */
const searchEffort = 400_000;

/**
 * Moves the stage in which each variable is read as long as that helps: first to where it is needed, which
 * delays nothing; then, where an iteration still waits for a variable, that one further.
 */
function improve(process: BlockProcess, budget: number): Placement {
  const uses = variableUses(process);
  const reads = new Map<string, number>();
  for (const name of process.state.keys()) reads.set(name, 0);
  let best = place(process, reads, budget);
  for (;;) {
    const needed = neededStages(uses, best);
    const found = place(
      process,
      new Map([...reads.keys()].map((name) => [name, needed.get(name) ?? 0])),
      budget,
    );
    if (cost(found) >= cost(best)) break;
    best = found;
  }
  for (const [name, stage] of best.readStage) reads.set(name, stage);
  const size = best.valueStage.reduce((sum, values) => sum + values.size, 1);
  let trials = Math.max(50, Math.floor(searchEffort / size));
  for (let round = 0; round < 4; round++) {
    const before = cost(best);
    for (const name of process.state.keys()) {
      const latest = best.writeStage.get(name) ?? 0;
      const from = reads.get(name) ?? 0;
      for (let stage = from + 1; stage <= latest; stage++) {
        if (best.ii.every((ii) => ii === undefined || ii === 1) || trials-- <= 0) return best;
        reads.set(name, stage);
        const found = place(process, reads, budget);
        if (cost(found) < cost(best)) {
          best = found;
          continue;
        }
        reads.set(name, best.readStage.get(name) ?? 0);
      }
    }
    if (cost(best) === before) break;
  }
  return best;
}

interface Moment {
  readonly stage: number;
  /** Nanoseconds after the stage's clock edge. */
  readonly time: number;
}

export function later(a: Moment, b: Moment): Moment {
  return a.stage > b.stage || (a.stage === b.stage && a.time >= b.time) ? a : b;
}

/** As soon as possible, given the stage in which each variable is read. */
function place(
  process: BlockProcess,
  reads: ReadonlyMap<string, number>,
  budget: number,
): Placement {
  const accessStage = new Map<string, number>();
  let values: Map<Expr, Moment>[] = [];
  // Access stages only grow; each round places all blocks against the stages known so far. A round settles at least
  // one access for good, unless some push each other on and on.
  const accesses = new Set(process.blocks.flatMap(({ ops }) => ops.map(accessKey)));
  let rounds = 2 * accesses.size + 4;
  let grown = new Set<string>();
  for (let changed = true; changed; ) {
    if (--rounds < 0) throw new OpposedAccesses(process.name, grown);
    changed = false;
    grown = new Set();
    values = process.blocks.map((block) => {
      const moments = new Map<Expr, Moment>();
      const at = (expr: Expr) => momentOf(expr, block, moments, reads, accessStage, budget);
      for (const root of rootsOf(block)) at(root);
      const earlier: (Pick<BlockOp, 'kind' | 'resource'> & { readonly stage: number })[] = [];
      for (const op of block.ops) {
        const key = accessKey(op);
        let stage = accessStage.get(key) ?? 0;
        if (op.predicate !== undefined) {
          const ready = at(op.predicate);
          stage = Math.max(
            stage,
            ready.time + accessSetup > budget ? ready.stage + 1 : ready.stage,
          );
        }
        for (const arg of op.args) {
          const ready = at(arg);
          // An array's address and a request go through logic of their own before the next register.
          const further = op.kind === 'load' || op.kind === 'request';
          const late = further && ready.time + accessSetup > budget;
          stage = Math.max(stage, late ? ready.stage + 1 : ready.stage);
        }
        // A store comes a stage after every load: what it overtakes is then known (the forwarding below).
        if (op.kind === 'store')
          stage = Math.max(stage, (accessStage.get(`load ${op.resource}`) ?? -1) + 1);
        for (const one of earlier) {
          if (inOrder(one, op)) stage = Math.max(stage, one.stage + 1);
        }
        if (stage !== accessStage.get(key)) {
          changed ||= stage > (accessStage.get(key) ?? -1);
          grown.add(key);
          accessStage.set(key, stage);
        }
        earlier.push({ resource: op.resource, kind: op.kind, stage });
      }
      return moments;
    });
  }
  const writeStage = new Map<string, number>();
  for (const name of process.state.keys()) writeStage.set(name, reads.get(name) ?? 0);
  process.blocks.forEach((block, index) => {
    for (const write of block.writes) {
      const when = [write.value, ...(write.enable === undefined ? [] : [write.enable])].map(
        (expr) => stageOf(expr, block, values[index], reads, accessStage),
      );
      const known = writeStage.get(write.variable) ?? 0;
      writeStage.set(write.variable, Math.max(known, ...when));
    }
  });
  const nextStage = process.blocks.map((block, index) =>
    Math.max(
      0,
      ...[...conditionsOf(block.next)].map((expr) =>
        stageOf(expr, block, values[index], reads, accessStage),
      ),
    ),
  );
  const stages =
    1 +
    Math.max(
      0,
      ...accessStage.values(),
      ...writeStage.values(),
      ...reads.values(),
      ...nextStage,
      ...values.flatMap((moments) => [...moments.values()].map((moment) => moment.stage)),
    );
  return {
    blocks: process,
    stages,
    accessStage,
    readStage: new Map(reads),
    writeStage,
    nextStage,
    valueStage: values.map(
      (moments) => new Map([...moments].map(([expr, moment]) => [expr, moment.stage])),
    ),
    ii: process.blocks.map((block, index) =>
      intervalOf(process, block, index, reads, writeStage, nextStage, accessStage),
    ),
    clock: budget,
    budget,
  };
}

/** When each value of a block is there: for those who explain a schedule. */
export function momentsOf(scheduled: Placement, block: number): (expr: Expr) => Moment {
  const { blocks, readStage, accessStage, budget } = scheduled;
  const known = new Map<Expr, Moment>();
  return (expr) => momentOf(expr, blocks.blocks[block], known, readStage, accessStage, budget);
}

function stageOf(
  expr: Expr,
  block: Block,
  moments: ReadonlyMap<Expr, Moment>,
  reads: ReadonlyMap<string, number>,
  accessStage: ReadonlyMap<string, number>,
): number {
  return moments.get(expr)?.stage ?? leafMoment(expr, block, reads, accessStage).stage;
}

/** When the result of an operation of this block, or a variable, can be used first. */
function leafMoment(
  expr: Expr,
  block: Block,
  reads: ReadonlyMap<string, number>,
  accessStage: ReadonlyMap<string, number>,
): Moment {
  if (expr.op !== 'var') return { stage: 0, time: 0 };
  const op = block.ops.find((one) => one.into.includes(expr.name));
  if (op !== undefined) {
    const stage = accessStage.get(`${op.kind} ${op.resource}`) ?? 0;
    // Block RAM answers in the next cycle.
    if (op.kind === 'load') return { stage: stage + 1, time: ramOutput };
    return { stage, time: fifoOutput };
  }
  return { stage: reads.get(expr.name) ?? 0, time: registerOutput };
}

function momentOf(
  expr: Expr,
  block: Block,
  moments: Map<Expr, Moment>,
  reads: ReadonlyMap<string, number>,
  accessStage: ReadonlyMap<string, number>,
  budget: number,
): Moment {
  const known = moments.get(expr);
  if (known !== undefined) return known;
  const operands = operandsOf(expr);
  let result: Moment;
  if (operands.length === 0) {
    result = leafMoment(expr, block, reads, accessStage);
  } else {
    const reached = operands.map((one) =>
      momentOf(one, block, moments, reads, accessStage, budget),
    );
    const ready = reached.reduce(later);
    const delay = delayOf(expr);
    if (takesMultiplier(expr)) {
      // A multiplier wants its operands from registers and its result into them.
      const waits = ready.time > registerOutput ? 1 : 0;
      // One register cannot be the result's of one block and the operand's of the next.
      const start = ready.stage + waits + (operands.some(isProduct) ? 1 : 0);
      result = { stage: start, time: budget };
    } else {
      const done = reached.map(({ stage, time }, at) =>
        stage === ready.stage ? time + delay - overlap(expr, operands[at]) : 0,
      );
      const time = Math.max(...done);
      result =
        time > budget && delay > 0
          ? { stage: ready.stage + 1, time: Math.min(registerOutput + delay, budget) }
          : { stage: ready.stage, time };
    }
  }
  moments.set(expr, result);
  return result;
}

/** How many cycles apart this block can follow itself; undefined where it never does. */
function intervalOf(
  process: BlockProcess,
  block: Block,
  index: number,
  reads: ReadonlyMap<string, number>,
  writeStage: ReadonlyMap<string, number>,
  nextStage: readonly number[],
  accessStage: ReadonlyMap<string, number>,
): number | undefined {
  if (![...targetsOf(block.next)].includes(index)) return undefined;
  let interval = 1 + nextStage[index];
  const used = readsOf(block);
  for (const { variable } of block.writes) {
    if (!used.has(variable) || !process.state.has(variable)) continue;
    interval = Math.max(interval, 1 + (writeStage.get(variable) ?? 0) - (reads.get(variable) ?? 0));
  }
  for (const { kind, resource } of block.ops) {
    if (kind !== 'store' || !block.ops.some((op) => op.kind === 'load' && op.resource === resource))
      continue;
    // Where an element is loaded again before it is stored, forwarding bridges one stage.
    const [load, store] = ['load', 'store'].map(
      (one) => accessStage.get(`${one} ${resource}`) ?? 0,
    );
    interval = Math.max(interval, store - load);
  }
  return interval;
}

/** A product, or bits of one: wires between two multipliers, but for the registers. */
function isProduct(expr: Expr): boolean {
  switch (expr.op) {
    case 'mul':
      return takesMultiplier(expr);
    case 'shl':
    case 'shr':
      return expr.right.op === 'const' && isProduct(expr.left);
    case 'cast':
    case 'shuffle':
    case 'concat':
    case 'build':
      return operandsOf(expr).some(isProduct);
    default:
      return false;
  }
}
