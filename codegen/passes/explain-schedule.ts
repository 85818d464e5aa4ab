import { type Block, conditionsOf } from '../ir/blocks.ts';
import { type Expr, elementOf, lanesOf, type Span } from '../ir/ir.ts';
import { intervalOfCycle, loopCycles, type Wait } from '../ir/loop-cycles.ts';
import { takesMultiplier } from '../ir/multipliers.ts';
import type { ScheduledProcess } from '../ir/scheduled.ts';
import { operandsOf } from '../ir/visit.ts';
import { delayOf, registerOutput } from './delays.ts';
import { momentsOf } from './schedule.ts';

/** One operation on the way that is too long. */
export interface ChainStep {
  readonly op: Expr['op'];
  readonly what: string;
  readonly line?: number;
  readonly stage: number;
  /** Nanoseconds of the delay table; a multiplication has a stage of its own. */
  readonly delay: number;
}

/** What keeps an iteration from following the one before in the next cycle. */
export type Limit =
  | {
      readonly kind: 'variable';
      readonly name: string;
      /** From what the value begins with, to the variable. */
      readonly chain: readonly ChainStep[];
      /** False: the value is late for another reason, and the variable is also needed early. */
      readonly recurrence: boolean;
      readonly readStage: number;
      readonly writeStage: number;
      readonly line?: number;
    }
  | {
      readonly kind: 'array';
      readonly name: string;
      /** From the load to the value that is stored. */
      readonly chain: readonly ChainStep[];
      readonly loadStage: number;
      readonly storeStage: number;
      readonly line?: number;
    }
  | {
      readonly kind: 'condition';
      readonly chain: readonly ChainStep[];
      readonly stage: number;
      readonly line?: number;
    }
  | {
      readonly kind: 'access';
      /** E.g. `read of the stream s`. */
      readonly what: string;
      readonly lines: readonly number[];
    }
  | { readonly kind: 'inner loop' };

export interface LoopReport {
  readonly span: Span;
  /** Initiation interval that the source asks for by pipeline(). */
  readonly asked?: number;
  /** Cycles from one iteration to the next; undefined where an inner loop decides. */
  readonly got?: number;
  readonly limit?: Limit;
}

export interface ProcessReport {
  readonly process: string;
  readonly span: Span;
  readonly stages: number;
  /** Nanoseconds of logic that a stage holds, and by how much that was stretched for a recurrence. */
  readonly budget: number;
  readonly stretch: number;
  readonly loops: readonly LoopReport[];
}

/** Per loop of a scheduled process: what was asked, what became of it, and why. Changes nothing. */
export function explainSchedule(scheduled: ScheduledProcess): ProcessReport {
  const { name, span, blocks } = scheduled.blocks;
  return {
    process: name,
    span,
    stages: scheduled.stages,
    budget: round(scheduled.budget),
    stretch: round(scheduled.budget - scheduled.clock),
    loops: loopCycles(scheduled.blocks).map(({ head, path }) => {
      const { ii, span } = blocks[head];
      const asked = ii === undefined ? {} : { asked: ii };
      if (path === undefined) return { span, ...asked, limit: { kind: 'inner loop' } };
      const { cycles, waits } = intervalOfCycle(scheduled, path);
      const limit = cycles > 1 ? limitOf(scheduled, path, waits) : undefined;
      return { span, ...asked, got: cycles, ...(limit === undefined ? {} : { limit }) };
    }),
  };
}

const round = (nanoseconds: number) => Math.round(nanoseconds * 100) / 100;

function limitOf(
  scheduled: ScheduledProcess,
  path: readonly number[],
  waits: readonly Wait[],
): Limit | undefined {
  const longest = waits.reduce<Wait | undefined>(
    (most, wait) => (most === undefined || wait.cycles > most.cycles ? wait : most),
    undefined,
  );
  if (longest === undefined || path.length - 1 >= longest.cycles)
    return accessLimit(scheduled, path);
  if (longest.kind === 'condition') return conditionLimit(scheduled, longest.block);
  if (longest.kind === 'array') return arrayLimit(scheduled, longest.name, longest.writer);
  return variableLimit(scheduled, longest.name, longest.writer);
}

function arrayLimit(scheduled: ScheduledProcess, name: string, at: number): Limit {
  const block = scheduled.blocks.blocks[at];
  const store = block.ops.find((op) => op.kind === 'store' && op.resource === name);
  const [loadStage, storeStage] = ['load', 'store'].map(
    (kind) => scheduled.accessStage.get(`${kind} ${name}`) ?? 0,
  );
  const line = store?.span?.line;
  return {
    kind: 'array',
    name,
    chain: store === undefined ? [] : new Way(scheduled, at).to(store.args[1]),
    loadStage,
    storeStage,
    ...(line === undefined ? {} : { line }),
  };
}

const nouns: Readonly<Record<string, string>> = {
  read: 'read() of the stream',
  write: 'write() of the stream',
  request: 'request() of the memory',
  receive: 'receive() of the memory',
  send: 'send() of the memory',
  response: 'response() of the memory',
  load: 'load from the array',
  store: 'store to the array',
};

/** A block was split because one stream, port or bank serves one access a cycle. */
function accessLimit(scheduled: ScheduledProcess, path: readonly number[]): Limit | undefined {
  const found = new Map<string, number[]>();
  for (const at of path) {
    for (const { kind, resource, span } of scheduled.blocks.blocks[at].ops) {
      const key = `${nouns[kind] ?? kind} ${resource}`;
      found.set(key, [...(found.get(key) ?? []), ...(span === undefined ? [] : [span.line])]);
    }
  }
  const [most] = [...found].sort(([, a], [, b]) => b.length - a.length);
  if (most === undefined || most[1].length < 2) return undefined;
  return { kind: 'access', what: most[0], lines: most[1] };
}

function conditionLimit(scheduled: ScheduledProcess, at: number): Limit {
  const block = scheduled.blocks.blocks[at];
  const way = new Way(scheduled, at);
  const root = way.latest([...conditionsOf(block.next)]);
  const chain = way.to(root);
  const line = root.span?.line;
  return {
    kind: 'condition',
    chain,
    stage: scheduled.nextStage[at],
    ...(line === undefined ? {} : { line }),
  };
}

function variableLimit(scheduled: ScheduledProcess, name: string, at: number): Limit {
  const block = scheduled.blocks.blocks[at];
  const way = new Way(scheduled, at);
  const write = block.writes.find((one) => one.variable === name);
  const roots = write === undefined ? [] : [write.value, ...(write.enable ? [write.enable] : [])];
  const own = way.through(name, roots);
  const root = own?.root ?? way.latest(roots);
  const line = root.span?.line;
  return {
    kind: 'variable',
    name,
    chain: own?.chain ?? way.to(root),
    recurrence: own !== undefined,
    readStage: scheduled.readStage.get(name) ?? 0,
    writeStage: scheduled.writeStage.get(name) ?? 0,
    ...(line === undefined ? {} : { line }),
  };
}

/** The operand that comes last, and its last operand, and so on: why a value is there no sooner. */
class Way {
  private readonly scheduled: ScheduledProcess;
  private readonly block: Block;
  private readonly moment: ReturnType<typeof momentsOf>;

  constructor(scheduled: ScheduledProcess, at: number) {
    this.scheduled = scheduled;
    this.block = scheduled.blocks.blocks[at];
    this.moment = momentsOf(scheduled, at);
  }

  latest(exprs: readonly Expr[]): Expr {
    return exprs.reduce((last, one) => {
      const [a, b] = [this.moment(last), this.moment(one)];
      return b.stage > a.stage || (b.stage === a.stage && b.time > a.time) ? one : last;
    });
  }

  private way(root: Expr, follow: (expr: Expr) => boolean = () => true): readonly Expr[] {
    const found = [root];
    for (let operands = operandsOf(root).filter(follow); operands.length > 0; ) {
      const last = this.latest(operands);
      found.unshift(last);
      operands = operandsOf(last).filter(follow);
    }
    return found;
  }

  /**
   * The way from the variable itself to one of the roots, where that alone is more than a stage holds: a
   * recurrence. Otherwise the value is late because something else is.
   */
  through(
    name: string,
    roots: readonly Expr[],
  ): { readonly root: Expr; readonly chain: readonly ChainStep[] } | undefined {
    const known = new Map<Expr, boolean>();
    const depends = (expr: Expr): boolean => {
      const before = known.get(expr);
      if (before !== undefined) return before;
      const result =
        (expr.op === 'var' && expr.name === name && this.operation(expr) === undefined) ||
        operandsOf(expr).some(depends);
      known.set(expr, result);
      return result;
    };
    const candidates = roots.filter(depends);
    if (candidates.length === 0) return undefined;
    const root = this.latest(candidates);
    const way = this.way(root, depends);
    const delay = way.reduce((sum, expr) => sum + delayOf(expr), registerOutput);
    const multiplies = way.some((expr) => takesMultiplier(expr));
    if (delay <= this.scheduled.budget && !multiplies) return undefined;
    return { root, chain: this.steps(way) };
  }

  to(root: Expr): readonly ChainStep[] {
    return this.steps(this.way(root));
  }

  private steps(way: readonly Expr[]): readonly ChainStep[] {
    return way
      .filter((expr, at) => at === 0 || delayOf(expr) > 0)
      .map((expr) => {
        const line = expr.span?.line ?? this.lineOf(expr);
        return {
          op: expr.op,
          what: this.describe(expr),
          ...(line === undefined ? {} : { line }),
          stage: this.moment(expr).stage,
          delay: round(delayOf(expr)),
        };
      });
  }

  private operation(expr: Expr) {
    return expr.op === 'var' ? this.block.ops.find((op) => op.into.includes(expr.name)) : undefined;
  }

  private lineOf(expr: Expr): number | undefined {
    return this.operation(expr)?.span?.line;
  }

  private describe(expr: Expr): string {
    if (expr.op === 'var') {
      const op = this.operation(expr);
      return op === undefined ? expr.name : `${nouns[op.kind] ?? op.kind} ${op.resource}`;
    }
    if (expr.op === 'const') return 'a constant';
    if (expr.op === 'scalar') return `the argument ${expr.name}`;
    const lanes = lanesOf(expr.type);
    const { width } = elementOf(operandsOf(expr)[0]?.type ?? expr.type);
    const bits = `${elementOf(expr.type).width === 1 ? width : elementOf(expr.type).width} bits`;
    const size = lanes > 1 ? `${lanes} × ${bits}` : bits;
    const name = this.scheduled.blocks.names.get(expr);
    const what = `${symbol(expr)} of ${size}`;
    return name === undefined ? what : `${name} = ${what}`;
  }
}

const symbols: Readonly<Record<string, string>> = {
  add: '+',
  sub: '−',
  mul: '×',
  and: '&',
  or: '|',
  xor: '^',
  not: 'not',
  shl: '<<',
  shr: '>>',
  eq: '===',
  ne: '!==',
  lt: '<',
  le: '<=',
  select: 'choice',
  saturate: 'saturation',
  lane: 'lane by index',
  'with-lane': 'with(index, …)',
  table: 'table',
};

const reductions = { add: 'sum', or: 'any', and: 'all', max: 'max', min: 'min' } as const;

function symbol(expr: Expr): string {
  if (expr.op === 'reduce') return reductions[expr.reduce];
  return symbols[expr.op] ?? expr.op;
}
