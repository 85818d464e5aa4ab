import type { LoopStmt } from '../../ir/ir.ts';
import { SteadyPrinter } from './print-steady.ts';
import { turnNeeds } from './turn-needs.ts';
import { type WholePeriod, wholePeriod } from './whole-periods.ts';

/** Prints periods of loops whose counter goes round: all turns of one without a question in between. */
export abstract class PeriodPrinter extends SteadyPrinter {
  protected wholePeriodOf(loop: LoopStmt, turn: ReadonlySet<string>): WholePeriod | undefined {
    const { kernel } = this.plan;
    return wholePeriod(kernel, this.own.process, loop, this.keptWithin(turn));
  }

  /** As many whole periods as there is room for. A turn that begins elsewhere is done as all others are. */
  protected periodLoop(
    loop: LoopStmt,
    period: WholePeriod,
    limits: ReadonlyMap<string, string>,
  ): void {
    const turn = this.turn ?? new Set();
    const facts = [...period.facts].flatMap(([name, range]) => this.factTexts(name, range));
    this.line(`if (${facts.join(' && ')}) {`);
    this.nested(() => {
      const [n, i] = [this.scope.claim('periods'), this.scope.claim('period')];
      this.line(`uint ${n} = 0x40000000;`);
      const needs = turnNeeds(period.turns.flat());
      for (const need of needs) this.limitTurns(n, need, limits);
      this.slots = new Map();
      for (const need of needs) this.inRows(n, i, need);
      this.line(`if (${n} > 0) {`);
      this.nested(() => {
        for (const { text } of this.slots.values()) this.line(text);
        const more = period.condition ? ` && ${this.condition(loop.condition)}` : '';
        this.line(`for (uint ${i} = 0; ${i} < ${n}${more}; ++${i}) {`);
        this.nested(() => {
          for (const statements of period.turns) {
            this.line('{');
            this.nested(() => this.steadyTurn(statements, turn));
            this.line('}');
          }
        });
        this.line('}');
        this.line('continue;');
      });
      this.line('}');
      this.slots = new Map();
    });
    this.line('}');
    this.forgetSource();
  }
}
