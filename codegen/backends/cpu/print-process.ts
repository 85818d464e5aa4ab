import { constant as constantOf } from '../../ir/build.ts';
import type { IfStmt, LoopStmt, Stmt } from '../../ir/ir.ts';
import { type Expr, type IntType, rangeOf, u1, type VecType } from '../../ir/ir.ts';
import type { Range } from '../../ir/value-ranges.ts';
import { allStatements, definedBy } from '../../ir/visit.ts';
import { known } from '../c-coroutines/known.ts';
import type { KernelPlan, ProcessPlan } from '../c-coroutines/plan.ts';
import { lastOf, type Need, type Run, runsOf, type Segments } from '../c-coroutines/segments.ts';
import { waitKinds } from '../c-coroutines/wait-kinds.ts';
import { prefetchOf } from './prefetch.ts';
import { StatementPrinter } from './print-statements.ts';
import { shiftOf } from './shift-registers.ts';
import { type Counter, type SteadyTurns, steadyTurns } from './steady-turns.ts';
import { type TurnNeed, turnNeeds } from './turn-needs.ts';
import { turnVariables } from './turn-variables.ts';

/** More turns in one only make code long. */
const mostTogether = 8;

/** Prints the function of a process: statements that can stop where they wait, and go on from there. */
export function printProcess(plan: KernelPlan, own: ProcessPlan): readonly string[] {
  return new ProcessPrinter(plan, own).print();
}

class ProcessPrinter extends StatementPrinter {
  private labels = 0;
  /** Of each loop that has a fast copy, the variables that live within a turn. */
  private readonly turns = new Map<LoopStmt, ReadonlySet<string>>();
  /** In a fast copy: where its slow one goes on, which of its variables have a value, and names of limits. */
  private fast:
    | {
        readonly label: string;
        assigned: Set<string>;
        readonly limits: ReadonlyMap<string, string>;
      }
    | undefined;

  constructor(plan: KernelPlan, own: ProcessPlan) {
    super(plan, own);
    this.findTurns(own.segments);
  }

  private findTurns({ list }: Segments): void {
    for (const one of list) {
      if (one.kind === 'run') continue;
      const inner = one.kind === 'loop' ? [one.body] : [one.then, one.else];
      if (one.kind === 'loop' && !inner.some(hasLoop)) {
        const lasting = [...turnVariables(this.own.process, one.source)].filter(
          (name) => this.own.lasting.has(name) && !this.registers.has(name),
        );
        this.turns.set(one.source, new Set(lasting));
        for (const name of lasting) this.within.add(name);
      } else for (const segments of inner) this.findTurns(segments);
    }
  }

  print(): readonly string[] {
    const { name, lasting, segments, at } = this.own;
    const kept = this.own.process.variables.filter(
      (one) => lasting.has(one.name) && !this.within.has(one.name) && !this.registers.has(one.name),
    );
    this.line(`auto *const state = &w->${name};`);
    this.line(`uint at = w->at[${at}];`);
    this.line('int next = -1;');
    for (const text of this.cursors.loads()) this.line(text);
    for (const { name: variable, type } of kept) this.declare(variable, type, true);
    for (const first of this.firsts.values()) this.line(`uint ${first} = state->${first};`);
    this.segments(segments, segments.last);
    this.line('at = FINISHED;');
    this.line('w->moved = 1;');
    if (this.jumps) this.lines.push('suspend:');
    this.line(`w->at[${at}] = at;`);
    for (const text of this.cursors.saves()) this.line(text);
    for (const { name: variable, type } of kept) this.save(variable, type);
    for (const first of this.firsts.values()) this.line(`state->${first} = ${first};`);
    this.line('return next;');
    return this.lines;
  }

  /**
   * `at` is the point to go on from, 0 where the code runs on. Whoever comes here to go on does so at a point
   * up to `last`: what lies before that point is passed over.
   */
  private segments({ list }: Segments, last: number): void {
    // Behind the last point nobody goes on any more.
    let passed = last === 0;
    for (const one of list) {
      const until = lastOf(one);
      const guarded = !passed && until < last;
      this.line(guarded ? (until === 0 ? 'if (at == 0) {' : `if (at <= ${until}) {`) : '{');
      this.nested(() => {
        if (one.kind === 'run') this.printRun(one);
        else if (one.kind === 'loop') this.pausingLoop(one.source, one.body);
        else this.pausingIf(one.source, one.then, one.else);
      });
      this.line('}');
      if (until === last) passed = true;
    }
  }

  private printRun(run: Run): void {
    this.run = run.statements;
    if (run.point > 0) {
      this.source(run.statements.find(({ span }) => span !== undefined)?.span);
      for (const need of run.needs) this.wait(need, run.point);
      this.line('at = 0;');
    }
    this.block(run.statements);
  }

  private lacks(need: Need, limits?: ReadonlyMap<string, string>): string {
    return `(int)(${this.cursors.room(need, limits)}) < ${need.count}`;
  }

  /** Stops the process at this point until a stream or memory is ready for so many accesses. */
  private wait(need: Need, point: number): void {
    const { access, name } = need;
    const partner = this.cursors.partner(need);
    const code = waitKinds[access] * 0x10000 + this.cursors.resource(name).at;
    // Who waits for itself, or for nobody, waits for ever.
    const alone = partner === undefined || partner === this.own;
    const over = alone ? '1' : `w->at[${partner.at}] == FINISHED`;
    this.line(`if (unlikely(${this.lacks(need)})) {`);
    this.nested(() => {
      this.line(`if (pause(w, ${this.own.at}, ${code}, ${over}, at)) at = ${point};`);
      if (!alone) this.line(`next = ${partner.at};`);
      this.line(this.jump());
    });
    this.line('}');
  }

  private pausingLoop(loop: LoopStmt, body: Segments): void {
    this.source(loop.span);
    const turn = this.turns.get(loop);
    if (loop.init.length > 0) {
      this.line('if (at == 0) {');
      this.nested(() => this.block(loop.init));
      this.line('}');
    }
    if (turn !== undefined && body.last > 0) {
      this.fastLoop(loop, body, turn);
      return;
    }
    this.line('for (;;) {');
    this.nested(() => {
      this.line('if (at == 0) {');
      this.nested(() => this.line(`if (!(${this.condition(loop.condition)})) break;`));
      this.line('}');
      this.segments(body, body.last);
      this.line('{');
      this.nested(() => this.block(loop.step));
      this.line('}');
    });
    this.line('}');
  }

  /** A loop whose turns run one after another while all that they need is there, and slowly else. */
  private fastLoop(loop: LoopStmt, body: Segments, turn: ReadonlySet<string>): void {
    this.labels += 1;
    const label = this.scope.claim(`wait_${this.labels}`);
    const left = this.scope.claim(`left_${this.labels}`);
    this.line('for (;;) {');
    this.nested(() => {
      this.line('if (at == 0) {');
      this.nested(() => {
        const needs = [...runsOf(body)].flatMap((run) => run.needs);
        const limits = this.cursors.limits(needs, this.scope);
        for (const text of limits.lines) this.line(text);
        this.line('w->moved = 1;');
        this.fast = { label, assigned: new Set(), limits: limits.names };
        this.turn = turn;
        const before = this.lines.length;
        const condition = this.condition(loop.condition);
        const plain = this.lines.length === before;
        this.lines.length = before;
        // Two turns in one: vectors that move on from variable to variable then stay where they are.
        if (plain && this.carriesVectors(loop.body, turn)) this.lines.push('#pragma GCC unroll 2');
        this.line(plain ? `while (${condition}) {` : 'for (;;) {');
        this.nested(() => {
          if (!plain) this.line(`if (!(${this.condition(loop.condition)})) goto ${left};`);
          const steady = this.steadyTurnsOf(loop, turn);
          if (steady !== undefined && steady.after === undefined) this.steadyLoop(loop, steady);
          for (const name of turn) this.declare(name, this.typeOf(name), false);
          this.fastSegments(body, (one) => {
            if (steady?.after !== undefined && one === steady.after) this.steadyLoop(loop, steady);
          });
          this.line('{');
          this.nested(() => this.block(loop.step));
          this.line('}');
        });
        this.line('}');
        if (plain) this.line(`goto ${left};`);
        this.fast = undefined;
        this.turn = undefined;
      });
      this.line('}');
      this.line(`${label}:`);
      this.forgetSource();
      this.segments(body, body.last);
      this.line('{');
      this.nested(() => this.block(loop.step));
      this.line('}');
    });
    this.line('}');
    this.line(`${left}:;`);
  }

  private steadyTurnsOf(loop: LoopStmt, turn: ReadonlySet<string>): SteadyTurns | undefined {
    const inTurn = this.own.process.variables
      .map(({ name }) => name)
      .filter((name) => turn.has(name) || !this.own.lasting.has(name));
    return steadyTurns(this.plan.kernel, this.own.process, loop, new Set(inTurn));
  }

  /**
   * As many steady turns as there is room for, one after another: nothing is waited for in them. The turns before
   * and behind them are done as all others are.
   */
  private steadyLoop(loop: LoopStmt, steady: SteadyTurns): void {
    const turn = this.turn ?? new Set();
    const { limits } = known(this.fast, 'a fast loop');
    const { statements, counter } = steady;
    const facts = [...steady.facts].flatMap(([name, range]) => this.factTexts(name, range));
    this.line(`if (${facts.length === 0 ? 'true' : facts.join(' && ')}) {`);
    this.nested(() => {
      const [n, i] = [this.scope.claim('turns'), this.scope.claim('turn')];
      const most = counter === undefined ? '0x40000000' : this.turnsLeft(counter);
      this.line(`uint ${n} = ${most};`);
      const needs = turnNeeds(statements);
      for (const need of needs) this.limitTurns(n, need, limits);
      this.slots = new Map();
      for (const need of needs) this.contiguous(n, i, need);
      this.roomy = this.limitShifts(n, statements);
      const burst = this.wholeBursts(needs);
      const together = burst?.beats ?? (this.carriesVectors(statements, turn) ? 2 : 1);
      if (together > 1) this.line(`${n} -= ${n} % ${together};`);
      if (burst !== undefined) this.line(`if (${burst.left} != 0) ${n} = 0;`);
      this.line(`if (${n} > 0) {`);
      this.nested(() => {
        for (const { text } of this.slots.values()) this.line(text);
        const again = [
          ...steady.asked.flatMap((name) =>
            this.factTexts(name, known(steady.facts.get(name), name)),
          ),
          ...(steady.condition ? [this.condition(loop.condition)] : []),
        ];
        const more = [`${i} < ${n}`, ...again].join(' && ');
        const unrolled = together > 1 && again.length === 0;
        this.line(`for (uint ${i} = 0; ${more};${unrolled ? '' : ` ++${i}`}) {`);
        this.nested(() => {
          if (unrolled) {
            // Turns in one: vectors that move on from variable to variable then stay where they are.
            if (burst !== undefined) this.line(`${burst.left} = 0;`);
            this.lines.push(`#pragma GCC unroll ${together}`);
            this.line(`for (uint ${i}_ = 0; ${i}_ < ${together}; ++${i}_, ++${i}) {`);
            this.nested(() => this.steadyTurn(statements, turn));
            this.line('}');
          } else this.steadyTurn(statements, turn);
        });
        this.line('}');
        if (counter?.alone !== undefined) {
          const sign = counter.by === 1 ? '+' : '-';
          this.line(`${this.variable(counter.name)} ${sign}= ${n};`);
        }
        this.line('continue;');
      });
      this.line('}');
      this.slots = new Map();
      this.roomy = new Set();
    });
    this.line('}');
    this.forgetSource();
  }

  private steadyTurn(statements: readonly Stmt[], turn: ReadonlySet<string>): void {
    const used = new Set([...allStatements(statements)].flatMap(definedBy));
    for (const name of turn) if (used.has(name)) this.declare(name, this.typeOf(name), false);
    this.run = statements;
    this.block(statements);
  }

  /** Conditions under which a variable holds what it may hold. */
  private factTexts(name: string, { min, max }: Range): string[] {
    const type = this.typeOf(name) as IntType;
    const all = rangeOf(type);
    const own: Expr = { op: 'var', type, name };
    const ask = (op: 'eq' | 'le', left: Expr, right: Expr) =>
      this.condition({ op, type: u1, left, right });
    if (min === max) return [ask('eq', own, constantOf(min))];
    return [
      ...(min > all.min ? [ask('le', constantOf(min), own)] : []),
      ...(max < all.max ? [ask('le', own, constantOf(max))] : []),
    ];
  }

  /** Where each turn takes a beat and bursts are short: the beats of one, and what is left of it at a turn. */
  private wholeBursts(
    needs: readonly TurnNeed[],
  ): { readonly beats: number; readonly left: string } | undefined {
    for (const { access, name, count, always, guard } of needs) {
      if (access !== 'receive' || count > 1 || !(always || guard !== undefined)) continue;
      const { burst } = prefetchOf(this.plan, known(this.plan.memories.get(name), name));
      if (burst < 2 || burst > mostTogether) continue;
      return { beats: burst, left: this.cursors.counter(name, 'left') };
    }
    return undefined;
  }

  private turnsLeft({ name, by, last }: Counter): string {
    const own = this.variable(name);
    return by === 1
      ? `(uint)min<ulong>(${last + 1n}u - (ulong)${own}, 0x40000000)`
      : `(uint)min<ulong>((ulong)${own} - ${last - 1n}u, 0x40000000)`;
  }

  private limitTurns(n: string, need: TurnNeed, limits: ReadonlyMap<string, string>): void {
    const least = `${n} = turns_in<${need.count}>(${n}, (int)(${this.cursors.room(need, limits)}));`;
    const guard = need.guard === undefined ? '' : `if (${this.condition(need.guard)}) `;
    this.line(`${guard}${least}`);
  }

  /** The shift registers that each turn moves on once: there are as many turns as they have lanes left. */
  private limitShifts(n: string, statements: readonly Stmt[]): ReadonlySet<string> {
    const found = new Set<string>();
    for (const stmt of statements) {
      if (stmt.kind !== 'assign' || !this.registers.has(stmt.variable)) continue;
      const name = stmt.variable;
      const shift = shiftOf(stmt.value, name);
      const moves = [...allStatements(statements)].filter((one) => definedBy(one).includes(name));
      if (shift === undefined || moves.length > 1) continue;
      const { lanes } = this.typeOf(name) as VecType;
      const left = `(int)(${lanes}u - ${known(this.firsts.get(name), name)})`;
      this.line(`${n} = turns_in<${shift.by}>(${n}, ${left});`);
      found.add(name);
    }
    return found;
  }

  /** Elements that turns take or put one after another: they lie so in the ring up to its end. */
  private contiguous(n: string, i: string, { access, name, count, always }: TurnNeed): void {
    if (!always || count > 1 || (access !== 'read' && access !== 'write')) return;
    const stream = known(this.plan.streams.get(name), name);
    if (stream.fields.length === 0) return;
    const at = this.cursors.counter(name, access === 'read' ? 'taken' : 'written');
    const first = this.scope.claim(`${stream.name}_from`);
    this.line(`${n} = min<uint>(${n}, ${stream.capacity} - (${at} & ${stream.capacity - 1}));`);
    const kind = access === 'read' ? 'const auto' : 'auto';
    this.slots.set(`${access} ${name}`, {
      text: `${kind} *const ${first} = &w->bulk.${stream.name}[${at} & ${stream.capacity - 1}];`,
      slot: `${first}[${i}]`,
    });
  }

  /** Whether a turn hands vectors on to the next in variables. */
  private carriesVectors(body: readonly Stmt[], turn: ReadonlySet<string>): boolean {
    return [...allStatements(body)]
      .flatMap(definedBy)
      .some(
        (name) =>
          this.own.lasting.has(name) &&
          !turn.has(name) &&
          !this.registers.has(name) &&
          this.typeOf(name).kind === 'vec',
      );
  }

  private fastSegments(
    { list }: Segments,
    behind: (source: IfStmt) => void = () => undefined,
  ): void {
    const fast = known(this.fast, 'a fast loop');
    for (const one of list) {
      this.line('{');
      this.nested(() => {
        if (one.kind === 'run') this.fastRun(one);
        else if (one.kind === 'if') {
          this.source(one.source.span);
          this.line(`if (${this.condition(one.condition)}) {`);
          const before = new Set(fast.assigned);
          this.nested(() => this.fastSegments(one.then));
          const then = fast.assigned;
          fast.assigned = before;
          if (one.else.list.length > 0) {
            this.line('} else {');
            this.nested(() => this.fastSegments(one.else));
          }
          this.line('}');
          const other = fast.assigned;
          fast.assigned = new Set([...then].filter((name) => other.has(name)));
        }
      });
      this.line('}');
      if (one.kind === 'if') behind(one.source);
    }
  }

  private fastRun(run: Run): void {
    const fast = known(this.fast, 'a fast loop');
    this.run = run.statements;
    if (run.point > 0) {
      this.source(run.statements.find(({ span }) => span !== undefined)?.span);
      const lacks = run.needs.map((need) => this.lacks(need, fast.limits));
      this.line(`if (unlikely(${lacks.join(' || ')})) {`);
      this.nested(() => {
        for (const name of this.turn ?? [])
          if (fast.assigned.has(name)) this.save(name, this.typeOf(name));
        this.line(`at = ${run.point};`);
        this.line(`goto ${fast.label};`);
      });
      this.line('}');
    }
    this.block(run.statements);
    for (const stmt of run.statements)
      for (const name of alwaysDefined(stmt)) fast.assigned.add(name);
  }

  private pausingIf(stmt: IfStmt, then: Segments, otherwise: Segments): void {
    this.source(stmt.span);
    const text = this.condition(stmt.condition);
    const chosen =
      then.last === 0
        ? `at == 0 && (${text})`
        : otherwise.last === 0
          ? `at != 0 || (${text})`
          : `at == 0 ? (${text}) : at <= ${then.last}`;
    this.line(`if (${chosen}) {`);
    this.nested(() => this.segments(then, then.last));
    if (otherwise.list.length > 0) {
      this.line('} else {');
      this.nested(() => this.segments(otherwise, otherwise.last));
    }
    this.line('}');
  }
}

function alwaysDefined(stmt: Stmt): readonly string[] {
  if (stmt.kind === 'loop') return stmt.init.flatMap(alwaysDefined);
  if (stmt.kind !== 'if') return definedBy(stmt);
  const other = new Set(stmt.else.flatMap(alwaysDefined));
  return stmt.then.flatMap(alwaysDefined).filter((name) => other.has(name));
}

function hasLoop({ list }: Segments): boolean {
  return list.some((one) => {
    if (one.kind === 'run') return false;
    return one.kind === 'loop' || hasLoop(one.then) || hasLoop(one.else);
  });
}
