import type { Expr, IfStmt, LoopStmt, Message, Stmt } from '../../ir/ir.ts';
import { CodeLines } from './code-lines.ts';
import { stringLiteral } from './string-literal.ts';
import { converted, operand, type Text } from './text.ts';

/** Prints what holds statements, and what ends a run, in a process that does not wait meanwhile. */
export abstract class ControlPrinter extends CodeLines {
  /** Whether something jumps to the end of the function. */
  protected jumps = false;
  protected abstract readonly expressions: { print(expr: Expr): Text };

  protected abstract statement(stmt: Stmt): void;
  protected abstract condition(expr: Expr): string;

  protected jump(): string {
    this.jumps = true;
    return 'goto suspend;';
  }

  protected block(statements: readonly Stmt[]): void {
    for (const one of statements) this.statement(one);
  }

  protected branch({ condition, then, else: otherwise }: IfStmt): void {
    this.line(`if (${this.condition(condition)}) {`);
    this.nested(() => this.block(then));
    if (otherwise.length > 0) {
      this.line('} else {');
      this.nested(() => this.block(otherwise));
    }
    this.line('}');
  }

  /** A loop in which the process never waits. */
  protected plainLoop(loop: LoopStmt): void {
    this.line('{');
    this.nested(() => {
      this.block(loop.init);
      this.line('for (;;) {');
      this.nested(() => {
        this.line(`if (!(${this.condition(loop.condition)})) break;`);
        this.block(loop.body);
        this.block(loop.step);
      });
      this.line('}');
    });
    this.line('}');
  }

  /** Ends the run where a test, as a condition of C, is true. */
  protected endIf(test: string, report: () => void): void {
    this.line(`if (${test}) {`);
    this.nested(() => {
      report();
      this.line(this.jump());
    });
    this.line('}');
  }

  /** Text with numbers in it, piece by piece; `no` is how the target says false. */
  protected pieces({ text, values }: Message, to: string, no: string): void {
    const numbers = values.map((value) => this.expressions.print(value));
    for (const [index, piece] of text.entries()) {
      if (piece !== '') this.line(`put_text(${to}, ${stringLiteral(piece)});`);
      const number = numbers[index];
      if (number === undefined) continue;
      const bits = `(ulong)${operand(number.min < 0n ? converted(number, 'long') : number)}`;
      const negative = number.min < 0n ? `${operand(number)} < 0` : no;
      this.line(`put_number(${to}, ${bits}, ${negative});`);
    }
  }
}
