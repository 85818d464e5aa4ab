import { exprRange } from '../ir/build.ts';
import { type Expr, elementOf, type KernelIR, type Process, rangeOf, type Stmt } from '../ir/ir.ts';
import { joined, type Range, type Ranges, rangeOfExpr, refined } from '../ir/value-ranges.ts';
import { allStatements, definedBy, expressionsOf, operandsOf } from '../ir/visit.ts';

/** What the variables and expressions of a process may be in any run. */
export interface ProcessRanges {
  /** By name: all that the variable ever holds. */
  readonly variables: ReadonlyMap<string, Range>;
  /** Missing where the expression is never reached. */
  readonly expressions: ReadonlyMap<Expr, Range>;
}

/**
 * Follows a process with intervals instead of values. A loop is walked until nothing new comes round; a
 * bound that still grows after a few turns jumps to the next constant of the process (widening), so that
 * a counter stops at the bound that its loop compares it with; one that still grows then to its type's end.
 */
export function processRanges(kernel: KernelIR, process: Process): ProcessRanges {
  const walker = new Walker(kernel, process);
  walker.run();
  return walker;
}

class Walker implements ProcessRanges {
  readonly variables = new Map<string, Range>();
  readonly expressions = new Map<Expr, Range>();
  private readonly source: Process;
  private readonly tables: KernelIR['tables'];
  private readonly types: ReadonlyMap<string, Range>;
  /** Sorted: where growing bounds stop. */
  private readonly stops: readonly bigint[];
  /** Of immutable variables: the value of the turn that is walked, since each is assigned before it is read. */
  private readonly immutable = new Map<string, Range>();
  private readonly mutable: ReadonlySet<string>;
  /** What is seen counts only once the loops around it are settled. */
  private recording = true;

  constructor(kernel: KernelIR, source: Process) {
    this.source = source;
    this.tables = kernel.tables;
    this.mutable = new Set(source.variables.filter((one) => one.mutable).map(({ name }) => name));
    this.types = new Map(
      source.variables.map(({ name, type }) => [name, rangeOf(elementOf(type))]),
    );
    this.stops = stopsOf(source);
  }

  run(): void {
    const start = new Map<string, Range>();
    for (const { name, mutable } of this.source.variables) {
      if (!mutable) continue;
      start.set(name, { min: 0n, max: 0n });
      this.variables.set(name, { min: 0n, max: 0n });
    }
    this.list(this.source.body, start);
  }

  private list(list: readonly Stmt[], at: Ranges | undefined): Ranges | undefined {
    return list.reduce((state, one) => this.statement(one, state), at);
  }

  private look(exprs: readonly Expr[], at: Ranges): Range[] {
    const seen = new Map<Expr, Range>();
    const known = { get: (name: string) => at.get(name) ?? this.immutable.get(name) };
    const found = exprs.map((expr) => rangeOfExpr(expr, known, this.tables, seen));
    if (this.recording) {
      for (const [expr, range] of seen) {
        const before = this.expressions.get(expr);
        this.expressions.set(expr, before === undefined ? range : joined(before, range));
      }
    }
    return found;
  }

  /** What holds after a statement; undefined where nothing comes after it. */
  private statement(one: Stmt, at: Ranges | undefined): Ranges | undefined {
    if (at === undefined) return undefined;
    if (one.kind === 'loop') return this.loop(one, at);
    const ranges = this.look(expressionsOf(one), at);
    if (one.kind === 'if') {
      const then = this.list(
        one.then,
        refined(one.condition, true, at, this.immutable, this.tables),
      );
      const otherwise = this.list(
        one.else,
        refined(one.condition, false, at, this.immutable, this.tables),
      );
      return either(then, otherwise);
    }
    const names = definedBy(one);
    if (names.length === 0) return at;
    // What a condition said of a variable ends where it is assigned.
    const changes = names.some((name) => this.mutable.has(name) || at.has(name));
    const after = changes ? new Map(at) : at;
    for (const name of names) {
      const all = this.types.get(name);
      const range = one.kind === 'assign' ? ranges[0] : all;
      if (range === undefined) continue;
      if (this.mutable.has(name)) (after as Map<string, Range>).set(name, range);
      else {
        this.immutable.set(name, range);
        if (changes) (after as Map<string, Range>).delete(name);
      }
      if (!this.recording) continue;
      const known = this.variables.get(name);
      this.variables.set(name, known === undefined ? range : joined(known, range));
    }
    return after;
  }

  private loop(one: Extract<Stmt, { kind: 'loop' }>, at: Ranges): Ranges | undefined {
    const entry = this.list(one.init, at);
    if (entry === undefined) return undefined;
    const turn = (head: Ranges) =>
      this.list(
        [...one.body, ...one.step],
        refined(one.condition, true, head, this.immutable, this.tables),
      );
    const outer = this.recording;
    this.recording = false;
    let head = entry;
    for (let round = 0; ; round++) {
      const next = either(entry, turn(head)) ?? entry;
      const grown = this.grow(head, next, round < 3 ? 'no' : round < 8 ? 'stop' : 'end');
      if (grown === undefined) break;
      head = grown;
    }
    // Once more from above: what the jump overshot comes back to what the condition lets through.
    head = either(entry, turn(head)) ?? entry;
    this.recording = outer;
    if (outer) {
      this.look([one.condition], head);
      turn(head);
    }
    return refined(one.condition, false, head, this.immutable, this.tables);
  }

  /** The head of a loop with what came round; undefined where it holds all of that. */
  private grow(head: Ranges, next: Ranges, jump: 'no' | 'stop' | 'end'): Ranges | undefined {
    let changed = false;
    const result = new Map(head);
    for (const [name, range] of next) {
      const old = head.get(name);
      if (old !== undefined && range.min >= old.min && range.max <= old.max) continue;
      changed = true;
      const both = old === undefined ? range : joined(old, range);
      const all = this.types.get(name) ?? both;
      const min =
        jump !== 'no' && old !== undefined && range.min < old.min
          ? this.below(both.min, jump)
          : both.min;
      const max =
        jump !== 'no' && old !== undefined && range.max > old.max
          ? this.above(both.max, jump)
          : both.max;
      result.set(name, {
        min: min === undefined || min < all.min ? all.min : min,
        max: max === undefined || max > all.max ? all.max : max,
      });
    }
    return changed ? result : undefined;
  }

  private above(value: bigint, jump: 'stop' | 'end'): bigint | undefined {
    return jump === 'end' ? undefined : this.stops.find((stop) => stop >= value);
  }

  private below(value: bigint, jump: 'stop' | 'end'): bigint | undefined {
    return jump === 'end' ? undefined : this.stops.findLast((stop) => stop <= value);
  }
}

/** What holds behind two ways that meet. */
function either(a: Ranges | undefined, b: Ranges | undefined): Ranges | undefined {
  if (a === undefined || b === undefined || a === b) return a ?? b;
  const result = new Map<string, Range>();
  for (const [name, range] of b) {
    const other = a.get(name);
    if (other === range) result.set(name, range);
    else if (other !== undefined) result.set(name, joined(other, range));
  }
  return result;
}

/** The constants of a process and their neighbours, sorted. */
function stopsOf(process: Process): readonly bigint[] {
  const stops = new Set<bigint>();
  const seen = new Set<Expr>();
  const visit = (expr: Expr): void => {
    if (seen.has(expr)) return;
    seen.add(expr);
    if (expr.op === 'const') {
      const { min, max } = exprRange(expr);
      for (const value of [min - 1n, min, min + 1n, max - 1n, max, max + 1n]) stops.add(value);
    } else operandsOf(expr).forEach(visit);
  };
  for (const one of allStatements(process.body)) expressionsOf(one).forEach(visit);
  return [...stops].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
