import { constant as constantOf } from '../../ir/build.ts';
import {
  type Expr,
  type IntType,
  type LoopStmt,
  rangeOf,
  type Stmt,
  u1,
  type VecType,
} from '../../ir/ir.ts';
import type { Range } from '../../ir/value-ranges.ts';
import { allStatements, definedBy } from '../../ir/visit.ts';
import { known } from '../c-coroutines/known.ts';
import { converted } from '../c-coroutines/text.ts';
import { prefetchOf } from './prefetch.ts';
import { StatementPrinter } from './print-statements.ts';
import { shiftOf } from './shift-registers.ts';
import { type Counter, type SteadyTurns, steadyTurns } from './steady-turns.ts';
import { type TurnNeed, turnNeeds } from './turn-needs.ts';

/** More turns in one only make code long. */
const mostTogether = 8;

/** Prints loops over turns that are alike, in which nothing is waited for. */
export abstract class SteadyPrinter extends StatementPrinter {
  protected steadyTurnsOf(loop: LoopStmt, turn: ReadonlySet<string>): SteadyTurns | undefined {
    return steadyTurns(this.plan.kernel, this.own.process, loop, this.keptWithin(turn));
  }

  /** The variables that no turn hands on to the next. */
  protected keptWithin(turn: ReadonlySet<string>): ReadonlySet<string> {
    const names = this.own.process.variables.map(({ name }) => name);
    return new Set(names.filter((name) => turn.has(name) || !this.own.lasting.has(name)));
  }

  /**
   * As many steady turns as there is room for, one after another: nothing is waited for in them. The turns before
   * and behind them are done as all others are.
   */
  protected steadyLoop(
    loop: LoopStmt,
    steady: SteadyTurns,
    limits: ReadonlyMap<string, string>,
  ): void {
    const turn = this.turn ?? new Set();
    const { statements, counter } = steady;
    const facts = [...steady.facts].flatMap(([name, range]) => this.factTexts(name, range));
    this.line(facts.length === 0 ? '{' : `if (${facts.join(' && ')}) {`);
    this.nested(() => {
      const [n, i] = [this.scope.claim('turns'), this.scope.claim('turn')];
      const most = this.mostTurns(steady);
      this.line(`uint ${n} = ${most};`);
      const needs = turnNeeds(statements);
      for (const need of needs) this.limitTurns(n, need, limits);
      this.slots = new Map();
      for (const need of needs) if (need.count === 1) this.inRows(n, i, need);
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

  /** The statements of a turn, in a block of their own. */
  protected steadyTurn(statements: readonly Stmt[], turn: ReadonlySet<string>): void {
    const used = new Set([...allStatements(statements)].flatMap(definedBy));
    for (const name of turn) if (used.has(name)) this.declare(name, this.typeOf(name), false);
    this.run = statements;
    this.block(statements);
  }

  /** Conditions under which a variable holds what it may hold. */
  protected factTexts(name: string, { min, max }: Range): string[] {
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

  private mostTurns({ counter, bound }: SteadyTurns): string {
    if (counter !== undefined) return this.turnsLeft(counter);
    if (bound === undefined) return '0x40000000';
    const until = converted(this.expressions.print(bound.until), 'ulong').text;
    return `(uint)min<ulong>(${until} - (ulong)${this.variable(bound.name)}, 0x40000000)`;
  }

  private turnsLeft({ name, by, last }: Counter): string {
    const own = `(ulong)${this.variable(name)}`;
    // Modulo 2^64, as the counter is here: both may be below 0.
    const past = `${BigInt.asUintN(64, last + BigInt(by))}u`;
    const left = by === 1 ? `${past} - ${own}` : `${own} - ${past}`;
    return `(uint)min<ulong>(${left}, 0x40000000)`;
  }

  protected limitTurns(n: string, need: TurnNeed, limits: ReadonlyMap<string, string>): void {
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

  /** Elements that turns, or periods of them, take or put one after another: they lie so in the ring up to its end. */
  protected inRows(n: string, i: string, { access, name, count, always }: TurnNeed): void {
    if (!always || (access !== 'read' && access !== 'write')) return;
    const stream = known(this.plan.streams.get(name), name);
    if (stream.fields.length === 0) return;
    const at = this.cursors.counter(name, access === 'read' ? 'taken' : 'written');
    const first = this.scope.claim(`${stream.name}_from`);
    const left = `${stream.capacity} - (${at} & ${stream.capacity - 1})`;
    this.line(`${n} = turns_in<${count}>(${n}, (int)(${left}));`);
    const kind = access === 'read' ? 'const auto' : 'auto';
    let next = 0;
    // No two rings have a place in common.
    this.slots.set(`${access} ${name}`, {
      text: `${kind} *__restrict const ${first} = &w->bulk.${stream.name}[${at} & ${stream.capacity - 1}];`,
      slot: () => `${first}[${count === 1 ? i : `${i} * ${count} + ${next++}`}]`,
    });
  }

  /** Whether a turn hands vectors on to the next in variables. */
  protected carriesVectors(body: readonly Stmt[], turn: ReadonlySet<string>): boolean {
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
}
