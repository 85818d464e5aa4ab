import { binary } from '../ir/build.ts';
import { type AssignStmt, type Expr, type Span, type Stmt, u1 } from '../ir/ir.ts';
import type { ProcessBuilder } from './process-builder.ts';

/**
 * `break`, `continue` and `return` as structured code. The IR has no jump, so what a jump skips must not
 * run where the jump was taken:
 *
 *   if (c) { a; break; } rest        ⇒  if c { a; running = 0 } else { rest }
 *   if (c) { a; if (d) break; } rest ⇒  if c { a; if d { running = 0 } }; if running { rest }
 *
 * The first form, code that follows moves into the branch that comes to its end, needs no test of a flag.
 * The second is for places that control reaches both with and without the jump.
 */

/** A place that control jumps to: behind a loop, the end of a loop's body, behind a switch or a function. */
export class Target {
  private readonly name: string;
  private readonly span: Span;
  private readonly builder: ProcessBuilder;
  private flag: string | undefined;

  /** `name` is that of the flag, should one be needed: 1 while the jump was not taken. */
  constructor(name: string, span: Span, builder: ProcessBuilder) {
    this.name = name;
    this.span = span;
    this.builder = builder;
  }

  /** 1 while the jump was not taken. */
  test(): Expr {
    this.flag ??= this.builder.declare(this.name, u1, true, this.span);
    return { op: 'var', name: this.flag, type: u1, span: this.span };
  }

  /** The assignment of the flag, none where nothing tests it. Known when the process is complete. */
  private set(value: bigint): AssignStmt[] {
    if (this.flag === undefined) return [];
    const constant: Expr = { op: 'const', type: u1, value };
    return [{ kind: 'assign', variable: this.flag, value: constant, span: this.span }];
  }

  /** Before the code that may jump here. */
  arm(): void {
    this.builder.later(() => this.set(1n));
  }

  /** At the jump. */
  take(): void {
    this.builder.later(() => this.set(0n));
  }
}

/** How control leaves a piece of code. */
export interface Flow {
  /** False: it never comes to the end, it always jumps. */
  readonly falls: boolean;
  /** The list that code that follows belongs into; undefined: behind the piece. */
  readonly open?: Stmt[];
  /** Jumps that may have been taken where control is at that place. */
  readonly pending: ReadonlySet<Target>;
  /** Jumps that may have been taken out of it. */
  readonly jumps: ReadonlySet<Target>;
}

const none: ReadonlySet<Target> = new Set();

/** Code that comes to its end, always. */
export const straight: Flow = { falls: true, pending: none, jumps: none };

/** The statement that jumps. */
export function jumpTo(target: Target): Flow {
  target.take();
  return { falls: false, pending: none, jumps: new Set([target]) };
}

function union(a: ReadonlySet<Target>, b: ReadonlySet<Target>): ReadonlySet<Target> {
  return b.size === 0 ? a : a.size === 0 ? b : new Set([...a, ...b]);
}

export function without(all: ReadonlySet<Target>, one: Target): ReadonlySet<Target> {
  return all.has(one) ? new Set([...all].filter((other) => other !== one)) : all;
}

/** `condition`, where none of the jumps was taken. */
export function whileNotTaken(jumps: ReadonlySet<Target>, condition?: Expr): Expr {
  const tests = [...jumps].map((target) => target.test());
  if (condition !== undefined) tests.push(condition);
  return tests.reduce((all, one) => binary('and', u1, all, one));
}

/** Pieces of code one after another; a piece is compiled only where control can come to it. */
export function inSequence(parts: Iterable<() => Flow>, builder: ProcessBuilder): Flow {
  let flow = straight;
  const here = (body: () => void) => {
    if (flow.open === undefined) body();
    else builder.into(flow.open, body);
  };
  const run = (part: () => Flow): void => {
    if (flow.pending.size > 0) {
      const rest: Stmt[] = [];
      const condition = whileNotTaken(flow.pending);
      here(() => builder.emit({ kind: 'if', condition, then: rest, else: [] }));
      flow = { ...flow, open: rest, pending: none };
    }
    here(() => {
      const next = part();
      const open = next.open ?? flow.open;
      flow = {
        falls: next.falls,
        ...(open === undefined ? {} : { open }),
        pending: next.pending,
        jumps: union(flow.jumps, next.jumps),
      };
    });
  };
  for (const part of parts) {
    if (!flow.falls) break;
    run(part);
  }
  return flow;
}

/** Two branches, of which one runs. */
export function eitherOf(
  [then, thenList]: readonly [Flow, Stmt[]],
  [otherwise, elseList]: readonly [Flow, Stmt[]],
): Flow {
  const jumps = union(then.jumps, otherwise.jumps);
  if (jumps.size === 0) return straight;
  if (then.falls && otherwise.falls) return { falls: true, pending: jumps, jumps };
  const [flow, list] = then.falls ? [then, thenList] : [otherwise, elseList];
  return { falls: flow.falls, open: flow.open ?? list, pending: flow.pending, jumps };
}

/** The code together with the place behind it that `target` stands for. */
export function landing(flow: Flow, target: Target): Flow {
  if (!flow.jumps.has(target)) return flow;
  const jumps = without(flow.jumps, target);
  return { falls: true, pending: jumps, jumps };
}
