import {
  type AssignStmt,
  type Expr,
  elementOf,
  type IfStmt,
  type KernelIR,
  type LoopStmt,
  type Process,
  rangeOf,
  type Stmt,
  type Type,
} from '../../ir/ir.ts';
import { reads, variablesOf } from '../../ir/reads.ts';
import { common, isSingle, type Range, refined } from '../../ir/value-ranges.ts';
import {
  allStatements,
  definedBy,
  expressionsOf,
  mapStatements,
  operandsOf,
} from '../../ir/visit.ts';
import { accessOf } from '../c-coroutines/segments.ts';
import { type Facts, type Specialised, specialise } from './specialise.ts';
import { cutsOf, outsideOf, plain, reachable } from './value-parts.ts';

/**
 * Turns of a loop that are alike: what its variables hold decides most of what a turn would ask, and goes on
 * holding. A loop over rows without a gap between them is such a loop between two rows: only the first turn of a
 * row reads what the row is, and only the last one hands it on.
 */
export interface SteadyTurns {
  /** What variables hold where each of the turns begins, beyond the loop's own condition. */
  readonly facts: Facts;
  /** One turn, the loop's step in it. */
  readonly statements: readonly Stmt[];
  /** A variable that each turn moves by one towards a bound: how many turns there are. */
  readonly counter?: Counter;
  /** A variable that each turn moves up by one, until it is what an expression says that no turn changes. */
  readonly bound?: { readonly name: string; readonly until: Expr };
  /** The facts and the loop's condition have to be asked again before each turn, but for what the counter says. */
  readonly asked: readonly string[];
  /** Whether the loop's own condition has to be asked again. */
  readonly condition: boolean;
  /** Where the turns are entered: behind this statement of the loop's body; at its head where it is missing. */
  readonly after?: IfStmt;
}

export interface Counter {
  readonly name: string;
  readonly by: 1 | -1;
  /** The last value with which a turn begins. */
  readonly last: bigint;
  /** The statement that moves it, where nothing else in a turn reads it: it may move once, by all turns. */
  readonly alone?: AssignStmt;
}

/** A turn has to become so much smaller. */
const worth = 0.85;

/** A turn, looked at from where it may be entered. */
interface Entry {
  /** What comes before in the loop's body, and has nothing to do in a steady turn. */
  readonly before: readonly Stmt[];
  readonly rest: readonly Stmt[];
  readonly after?: IfStmt;
}

/**
 * Facts under which turns of a loop are alike and small; undefined where there are none.
 * @param inTurn variables that no turn hands on to the next.
 */
export function steadyTurns(
  kernel: KernelIR,
  process: Process,
  loop: LoopStmt,
  inTurn: ReadonlySet<string>,
): SteadyTurns | undefined {
  if (loop.body.some(({ kind }) => kind === 'loop')) return undefined;
  const whole = cost([...loop.body, ...loop.step]);
  const found = entriesOf(loop, inTurn)
    .flatMap((entry) => new Search(kernel, process, loop, inTurn, entry).turns())
    .filter(({ size }) => size <= whole * worth)
    // From the middle of a turn more turns are alike than from its head.
    .sort((a, b) => a.size - b.size || b.entry - a.entry);
  return found[0]?.turns ?? plainTurns(loop, inTurn) ?? ampleTurns(loop, inTurn);
}

/** Turns of any loop, while there is room for all that each of them may do. */
function ampleTurns(loop: LoopStmt, inTurn: ReadonlySet<string>): SteadyTurns | undefined {
  const { body, step } = loop;
  if ([...allStatements(body)].every((stmt) => accessOf(stmt) === undefined)) return undefined;
  return {
    facts: new Map(),
    statements: withoutUnread([...body, ...step], inTurn),
    asked: [],
    condition: true,
  };
}

/** A loop with nothing to decide that may have to wait: all of its turns are alike, up to a bound that stays. */
function plainTurns(loop: LoopStmt, inTurn: ReadonlySet<string>): SteadyTurns | undefined {
  const { condition, step, body } = loop;
  const list = [...body, ...step];
  const [move] = step;
  if (condition.op !== 'lt' || condition.left.op !== 'var' || step.length !== 1) return undefined;
  const { name } = condition.left;
  const assigned = new Set([...allStatements(list)].flatMap(definedBy));
  const moves = list.filter((stmt) => definedBy(stmt).includes(name));
  if (moves.length !== 1 || move.variable !== name || stepOf(move.value, name) !== 1)
    return undefined;
  if ([...variablesOf(condition.right)].some((one) => assigned.has(one))) return undefined;
  const waits = (stmt: Stmt) =>
    stmt.kind === 'if' && [...allStatements([stmt])].some((one) => accessOf(one) !== undefined);
  if (body.some(waits) || !body.some((stmt) => accessOf(stmt) !== undefined)) return undefined;
  return {
    facts: new Map(),
    statements: withoutUnread(list, inTurn),
    bound: { name, until: condition.right },
    asked: [],
    condition: false,
  };
}

/** The head of the body, and behind a first `if` that has something to wait for. */
function entriesOf({ body }: LoopStmt, inTurn: ReadonlySet<string>): Entry[] {
  const head: Entry = { before: [], rest: body };
  const at = body.findIndex(
    (stmt) => stmt.kind === 'if' && [...allStatements([stmt])].some((one) => accessOf(one)),
  );
  const after = body[at];
  const before = body.slice(0, at + 1);
  const rest = body.slice(at + 1);
  if (after?.kind !== 'if' || before.some((one) => accessOf(one) !== undefined)) return [head];
  const own = new Set(
    [...allStatements(before)].flatMap(definedBy).filter((one) => inTurn.has(one)),
  );
  const handed = [...allStatements(rest)].some((stmt) =>
    expressionsOf(stmt).some((expr) => [...variablesOf(expr)].some((name) => own.has(name))),
  );
  return handed ? [head] : [head, { before, rest, after }];
}

interface Found {
  readonly turns: SteadyTurns;
  readonly size: number;
  /** Statements of the body before the turns are entered. */
  readonly entry: number;
}

class Search {
  private readonly kernel: KernelIR;
  private readonly process: Process;
  private readonly loop: LoopStmt;
  private readonly inTurn: ReadonlySet<string>;
  private readonly entry: Entry;
  private readonly types: ReadonlyMap<string, Type>;
  /** What the loop's condition says. */
  private readonly start: Facts;

  constructor(
    kernel: KernelIR,
    process: Process,
    loop: LoopStmt,
    inTurn: ReadonlySet<string>,
    entry: Entry,
  ) {
    this.kernel = kernel;
    this.process = process;
    this.loop = loop;
    this.inTurn = inTurn;
    this.entry = entry;
    this.types = new Map(process.variables.map(({ name, type }) => [name, type]));
    const changed = new Set([...allStatements(entry.before)].flatMap(definedBy));
    const all = refined(loop.condition, true, new Map(), new Map(), kernel.tables);
    this.start = new Map([...(all ?? [])].filter(([name]) => !changed.has(name)));
  }

  turns(): Found[] {
    const body = [...this.loop.body, ...this.loop.step];
    const assigned = new Set([...allStatements(body)].flatMap(definedBy));
    const candidates = [...assigned].filter(
      (name) => this.types.get(name)?.kind === 'int' && !this.inTurn.has(name),
    );
    const bits = candidates.filter((name) => this.typeRange(name).max === 1n);
    return candidates
      .filter((name) => !bits.includes(name))
      .flatMap((name) => {
        const first = outsideOf(this.process, this.loop, name);
        const entered = this.specialised(this.entry.before, first && new Map([[name, first]]));
        const from = this.entry.before.length === 0 ? first : entered.after?.get(name);
        const next = (range: Range) =>
          this.turn(new Map(this.start).set(name, range)).after?.get(name);
        return reachable(cutsOf(body, name), this.typeRange(name), from, next).flatMap((part) =>
          this.alike(name, part, bits),
        );
      });
  }

  private typeRange(name: string): Range {
    const type = this.types.get(name);
    return type === undefined ? { min: 0n, max: 0n } : rangeOf(elementOf(type));
  }

  private specialised(list: readonly Stmt[], facts: Facts = new Map()): Specialised {
    return specialise(list, facts, this.kernel.tables);
  }

  private turn(facts: Facts): Specialised {
    return this.specialised([...this.entry.rest, ...this.loop.step], facts);
  }

  /** The facts and as many truth values that the turns keep as they are. */
  private withBits(given: Facts, bits: readonly string[]): Facts {
    let facts = given;
    for (const name of bits) {
      if (facts.has(name)) continue;
      const found = [1n, 0n].flatMap((value) => {
        const more = new Map(facts).set(name, { min: value, max: value });
        const { list, after } = this.turn(more);
        const kept = after?.get(name);
        if (kept === undefined || !isSingle(kept) || kept.min !== value) return [];
        // What no turn changes decides nothing by itself: either value is as likely.
        const writes = [...allStatements(list)].some((stmt) => definedBy(stmt).includes(name));
        return writes ? [{ more, size: cost(list) }] : [];
      });
      const [best] = found.sort((a, b) => a.size - b.size);
      if (best !== undefined && best.size < cost(this.turn(facts).list)) facts = best.more;
    }
    return facts;
  }

  /** The turns while a variable is in a part of what it may hold, if they stay as they are. */
  private alike(name: string, given: Range, bits: readonly string[]): Found[] {
    const part = common(given, this.start.get(name) ?? given);
    if (part === undefined || part.max - part.min < 1n) return [];
    const facts = this.withBits(new Map(this.start).set(name, part), bits);
    const { list, after } = this.turn(facts);
    if (after === undefined) return [];
    const holds = ([other, range]: readonly [string, Range]) => {
      const then = after.get(other) ?? this.typeRange(other);
      return other === name || (then.min >= range.min && then.max <= range.max);
    };
    if (![...facts].every(holds)) return [];
    const then = after.get(name) ?? this.typeRange(name);
    const kept = common(then, part);
    if (kept === undefined) return [];
    // From turn to turn, with the variable still in its part, there is nothing to do before the place of entry.
    const between = new Map(after).set(name, kept);
    if (this.specialised(this.entry.before, between).list.length > 0) return [];
    const moves = [...allStatements(list)].filter((stmt) => definedBy(stmt).includes(name));
    if (moves.length === 0) return [];
    const counter = counterOf(list, moves, name, part, this.typeRange(name));
    const near = then.min >= part.min - 1n && then.max <= part.max + 1n;
    if (counter === undefined && !near) return [];
    const ends = refined(this.loop.condition, false, facts, new Map(), this.kernel.tables);
    if (ends !== undefined && this.entry.after !== undefined) return [];
    const rest = counter?.alone === undefined ? list : list.filter((one) => one !== counter.alone);
    const turns: SteadyTurns = {
      facts: new Map([...facts].filter(([other]) => other === name || !this.start.has(other))),
      statements: withoutUnread(rest, this.inTurn),
      ...(counter === undefined ? {} : { counter }),
      asked: counter === undefined ? [name] : [],
      condition: ends !== undefined,
      ...(this.entry.after === undefined ? {} : { after: this.entry.after }),
    };
    return [{ turns, size: cost(list), entry: this.entry.before.length }];
  }
}

/** Without what nothing in the turn reads of the variables that no other turn sees. */
export function withoutUnread(list: readonly Stmt[], inTurn: ReadonlySet<string>): readonly Stmt[] {
  const read = new Set<string>();
  for (const stmt of allStatements(list)) {
    for (const expr of expressionsOf(stmt)) for (const name of variablesOf(expr)) read.add(name);
  }
  const left = mapStatements(list, (stmt) =>
    stmt.kind === 'assign' && inTurn.has(stmt.variable) && !read.has(stmt.variable) ? [] : [stmt],
  );
  const before = [...allStatements(list)].length;
  return [...allStatements(left)].length === before ? left : withoutUnread(left, inTurn);
}

/** How much there is to do: accesses, decisions and lanes. */
function cost(list: readonly Stmt[]): number {
  let sum = 0;
  const seen = new Set<Expr>();
  const visit = (expr: Expr): void => {
    if (seen.has(expr)) return;
    seen.add(expr);
    if (expr.op !== 'const' && expr.op !== 'var' && expr.op !== 'scalar') {
      sum += expr.type.kind === 'vec' ? 1 + expr.type.lanes / 8 : 1;
    }
    operandsOf(expr).forEach(visit);
  };
  for (const stmt of allStatements(list)) {
    sum += stmt.kind === 'assign' ? 0 : stmt.kind === 'if' ? 2 : 4;
    expressionsOf(stmt).forEach(visit);
  }
  return sum;
}

/** The counter that a variable is, where each turn moves it by one, whatever happens. */
function counterOf(
  list: readonly Stmt[],
  moves: readonly Stmt[],
  name: string,
  part: Range,
  type: Range,
): Counter | undefined {
  const [move] = moves;
  if (moves.length !== 1 || move.kind !== 'assign' || !list.includes(move)) return undefined;
  const step = stepOf(move.value, name);
  if (step === undefined) return undefined;
  const last = step === 1 ? part.max : part.min;
  // One past the last value it must not have come round.
  if (step === 1 ? last >= type.max : last <= type.min) return undefined;
  const others = [...allStatements(list)].filter((stmt) => stmt !== move);
  const read = others.some((stmt) => expressionsOf(stmt).some((expr) => reads(expr, name)));
  return { name, by: step, last, ...(read ? {} : { alone: move }) };
}

function stepOf(value: Expr, name: string): 1 | -1 | undefined {
  if (value.op === 'cast' && value.type.kind === 'int') return stepOf(value.operand, name);
  if (value.op !== 'add' && value.op !== 'sub') return undefined;
  const [left, right] = [plain(value.left), plain(value.right)];
  const one = (expr: Expr) => expr.op === 'const' && expr.value === 1n;
  const own = (expr: Expr) => expr.op === 'var' && expr.name === name;
  if (value.op === 'sub') return own(left) && one(right) ? -1 : undefined;
  return (own(left) && one(right)) || (one(left) && own(right)) ? 1 : undefined;
}
