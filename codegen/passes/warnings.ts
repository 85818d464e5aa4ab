import type { Diagnostic } from '../ir/diagnostic.ts';
import type { KernelIR, Process, Stmt } from '../ir/ir.ts';
import type { Schedule } from '../ir/scheduled.ts';
import { allStatements } from '../ir/visit.ts';
import {
  type ChainStep,
  explainSchedule,
  type Limit,
  type LoopReport,
} from './explain-schedule.ts';
import { neededDepths } from './needed-depths.ts';

/**
 * What works and is slower than its source asks for. `stated` has the depths that the source states, by
 * stream. Each warning names the place, the reason and the rewrite.
 */
export function kernelWarnings(
  kernel: KernelIR,
  schedule: Schedule,
  stated: ReadonlyMap<string, number>,
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const process of kernel.processes) {
    const scheduled = schedule.get(process.name);
    if (scheduled === undefined) continue;
    const { loops } = explainSchedule(scheduled);
    found.push(...loops.flatMap(intervalWarning), ...nestedPipelines(process));
    found.push(...roundTrips(process));
  }
  found.push(...shallowStreams(kernel, schedule, stated));
  // A process that is called twice is at fault once.
  const seen = new Set<string>();
  return found.filter(({ code, span, message }) => {
    const key = `${code} ${span.file}:${span.line}:${span.column} ${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

const at = (line: number | undefined) => (line === undefined ? '' : ` (line ${line})`);

export function stepText({ what, line, stage, delay, op }: ChainStep): string {
  const cost = op === 'mul' && delay === 1.5 ? ', a stage of its own' : `, ${delay.toFixed(2)} ns`;
  return `${what}${at(line)}: stage ${stage}${delay > 0 ? cost : ''}`;
}

function intervalWarning({ span, asked, got, limit }: LoopReport): Diagnostic[] {
  if (asked === undefined || got === undefined || got <= asked || limit === undefined) return [];
  return [
    {
      code: 'TW6001',
      severity: 'warning',
      span,
      message: `pipeline(${asked === 1 ? '' : asked}) asks for an iteration every ${cycles(asked)}, and gets one every ${cycles(got)}: ${reason(limit)}`,
      notes: limitNotes(limit),
      hint: rewrite(limit, got),
    },
  ];
}

const cycles = (count: number) => (count === 1 ? 'cycle' : `${count} cycles`);

/** What limits an interval, in one clause. */
export function reason(limit: Limit): string {
  switch (limit.kind) {
    case 'variable':
      return limit.recurrence
        ? `the next iteration needs '${limit.name}' of this one`
        : `'${limit.name}' is needed early and known late`;
    case 'array':
      return `an element of '${limit.name}' that comes again is not stored yet`;
    case 'condition':
      return 'whether there is a next iteration is known late';
    case 'access':
      return `${limit.lines.length} × ${limit.what} in an iteration, which serves one a cycle`;
    case 'inner loop':
      return 'the loop inside decides';
  }
}

export function limitNotes(limit: Limit): string[] {
  if (limit.kind === 'inner loop') return [];
  if (limit.kind === 'access') return [`lines ${limit.lines.join(', ')}`];
  const end =
    limit.kind === 'condition'
      ? `the choice of the next block${at(limit.line)}: at the end of stage ${limit.stage}; an iteration begins in stage 0`
      : limit.kind === 'array'
        ? `${limit.name}${at(limit.line)}: stored in stage ${limit.storeStage}, and loaded in stage ${limit.loadStage}`
        : `${limit.name}${at(limit.line)}: written in stage ${limit.writeStage}, and read in stage ${limit.readStage}`;
  return [...limit.chain.map(stepText), end];
}

function rewrite(limit: Limit, got: number): string {
  const slower = `or state what it takes: pipeline(${got}).`;
  if (limit.kind === 'access') {
    return `Use it once in an iteration (carry wider elements, or read ahead into a variable), ${slower}`;
  }
  if (limit.kind === 'inner loop') return 'Move pipeline() into the inner loop.';
  const ops = new Set(limit.chain.map(({ op }) => op));
  if (limit.kind === 'condition') {
    return `Count iterations whose number is known before the loop (for (let i = 0; i < n; i++)), or let the producer send the mark of the last one a step earlier, ${slower}`;
  }
  if (limit.kind === 'array') {
    return `Compute less between the load and the store of '${limit.name}': what does not depend on the element can be done before, ${slower}`;
  }
  if (!limit.recurrence) {
    return `Let what needs '${limit.name}' early use a variable of its own that is known early, ${slower}`;
  }
  if (ops.has('mul')) {
    return `The product depends on '${limit.name}' itself: narrow its factors to what one DSP takes (18 × 27 bits), or keep several independent '${limit.name}' in turn, ${slower}`;
  }
  if (ops.has('reduce')) {
    return `Fold what does not depend on '${limit.name}' first and add only that to it, or keep several partial results in turn, ${slower}`;
  }
  return `Shorten the chain: compute what does not depend on '${limit.name}' before it, narrow the operands, or keep several partial results in turn, ${slower}`;
}

function nestedPipelines(process: Process): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const loop of allStatements(process.body)) {
    if (loop.kind !== 'loop' || loop.ii === undefined || loop.span === undefined) continue;
    const inner = [...allStatements(loop.body)].find((one) => one.kind === 'loop');
    if (inner === undefined) continue;
    found.push({
      code: 'TW6003',
      severity: 'warning',
      span: loop.span,
      message: 'pipeline() on a loop that holds another loop has no effect',
      notes: inner.span === undefined ? [] : [`the loop inside is on line ${inner.span.line}`],
      hint: 'Move pipeline() into the inner loop, or unroll() that one if its bounds are constants.',
    });
  }
  return found;
}

const answers: readonly (readonly [ask: Stmt['kind'], answer: Stmt['kind'], ...words: string[]])[] =
  [
    ['request', 'receive', 'request()', 'receive()', 'its data'],
    ['send', 'response', 'send()', 'response()', 'the response'],
  ];

/** Request and answer in one loop: the pipeline waits for each answer before it goes on. */
function roundTrips(process: Process): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const loop of allStatements(process.body)) {
    if (loop.kind !== 'loop') continue;
    for (const [ask, answer, asks, takes, what] of answers) {
      for (const first of loop.body) {
        if (first.kind !== ask || !('memory' in first)) continue;
        const then = loop.body.find(
          (one) => one.kind === answer && 'memory' in one && one.memory === first.memory,
        );
        const span = then?.span ?? loop.span;
        if (then === undefined || span === undefined) continue;
        found.push({
          code: 'TW6004',
          severity: 'warning',
          span,
          message: `each iteration waits here for ${what} of the memory ${first.memory}, a whole latency long`,
          notes: first.span === undefined ? [] : [`${asks} is on line ${first.span.line}`],
          hint: `Put ${asks} and ${takes} into two processes; then many are in flight at once.`,
        });
      }
    }
  }
  return found;
}

function shallowStreams(
  kernel: KernelIR,
  schedule: Schedule,
  stated: ReadonlyMap<string, number>,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [name, need] of neededDepths(kernel, schedule)) {
    const depth = stated.get(name) ?? 0;
    const stream = kernel.streams.find((one) => one.name === name);
    if (stream === undefined || depth === 0 || depth >= need.depth) continue;
    found.push({
      code: 'TW6002',
      severity: 'warning',
      span: stream.span,
      message: `the stream ${name} holds ${depth} elements, and ${need.because}`,
      notes: need.path,
      hint: `State { depth: ${need.depth} } or more, or no depth: it is derived then.`,
    });
  }
  return found;
}
