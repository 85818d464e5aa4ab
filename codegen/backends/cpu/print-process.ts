import type { IfStmt, LoopStmt, Stmt } from '../../ir/ir.ts';
import { definedBy } from '../../ir/visit.ts';
import { known } from '../c-coroutines/known.ts';
import type { KernelPlan, ProcessPlan } from '../c-coroutines/plan.ts';
import { lastOf, type Need, type Run, runsOf, type Segments } from '../c-coroutines/segments.ts';
import { waitKinds } from '../c-coroutines/wait-kinds.ts';
import { PeriodPrinter } from './print-periods.ts';
import { turnVariables } from './turn-variables.ts';

/** Prints the function of a process: statements that can stop where they wait, and go on from there. */
export function printProcess(plan: KernelPlan, own: ProcessPlan): readonly string[] {
  return new ProcessPrinter(plan, own).print();
}

class ProcessPrinter extends PeriodPrinter {
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
      if (one.kind === 'loop' && one.source.rare === true) continue;
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
        const period = this.wholePeriodOf(loop, turn);
        if (plain && period === undefined && this.carriesVectors(loop.body, turn)) {
          // Two turns in one: vectors that move on from variable to variable then stay where they are.
          this.lines.push('#pragma GCC unroll 2');
        }
        this.line(plain ? `while (${condition}) {` : 'for (;;) {');
        this.nested(() => {
          if (!plain) this.line(`if (!(${this.condition(loop.condition)})) goto ${left};`);
          if (period !== undefined) this.periodLoop(loop, period, limits.names);
          const steady = this.steadyTurnsOf(loop, turn);
          if (steady !== undefined && steady.after === undefined)
            this.steadyLoop(loop, steady, limits.names);
          for (const name of turn) this.declare(name, this.typeOf(name), false);
          this.fastSegments(body, (one) => {
            if (steady?.after !== undefined && one === steady.after)
              this.steadyLoop(loop, steady, limits.names);
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
