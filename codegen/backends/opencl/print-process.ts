import { declaringStmt } from '../../ir/declaring.ts';
import {
  type Expr,
  elementOf,
  type IfStmt,
  type LoopStmt,
  type Message,
  type Stmt,
  type Type,
} from '../../ir/ir.ts';
import type { NameScope } from '../../support/name-scope.ts';
import { ControlPrinter } from '../c-coroutines/control-printer.ts';
import { ExpressionPrinter } from '../c-coroutines/expressions.ts';
import { known } from '../c-coroutines/known.ts';
import { partnerOf } from '../c-coroutines/partner-of.ts';
import {
  type KernelPlan,
  type MemoryPlan,
  namesIn,
  type ProcessPlan,
  type StreamPlan,
} from '../c-coroutines/plan.ts';
import {
  lastOf,
  type Need,
  type Run,
  type Segment,
  type Segments,
} from '../c-coroutines/segments.ts';
import { converted } from '../c-coroutines/text.ts';
import { storedInt, storedType } from '../c-coroutines/types.ts';
import { waitKinds } from '../c-coroutines/wait-kinds.ts';

export interface PrintedProcess {
  readonly lines: readonly string[];
  readonly usedMemories: ReadonlySet<string>;
  readonly usedScalars: ReadonlySet<string>;
  readonly usesReport: boolean;
}

/** Prints the body of a process: statements that can stop where they wait, and go on from there. */
export function printProcess(plan: KernelPlan, own: ProcessPlan): PrintedProcess {
  return new ProcessPrinter(plan, own).print();
}

class ProcessPrinter extends ControlPrinter {
  private readonly plan: KernelPlan;
  private readonly own: ProcessPlan;
  private readonly scope: NameScope;
  private readonly variables: ReadonlyMap<string, string>;
  private readonly types: ReadonlyMap<string, Type>;
  private readonly arrays: ReadonlyMap<string, string>;
  protected readonly expressions: ExpressionPrinter;
  private readonly usedMemories = new Set<string>();
  private readonly usedScalars = new Set<string>();
  private usesReport = false;
  /** The statements of the run that is printed: its variables are declared in it. */
  private run: readonly Stmt[] = [];

  constructor(plan: KernelPlan, own: ProcessPlan) {
    super();
    this.plan = plan;
    this.own = own;
    const { scope, variables, arrays } = namesIn(plan, own);
    this.scope = scope;
    this.variables = variables;
    this.arrays = arrays;
    this.types = new Map(own.process.variables.map(({ name, type }) => [name, type]));
    const names = {
      claim: (wanted: string) => this.scope.claim(wanted),
      variable: (name: string) => this.variable(name),
      scalar: (name: string) => {
        this.usedScalars.add(name);
        return known(plan.scalars.get(name), name);
      },
      table: (name: string) => known(plan.tables.get(name), name),
    };
    this.expressions = new ExpressionPrinter(names, plan.constants, (text) => this.line(text));
  }

  print(): PrintedProcess {
    const { name, lasting, segments } = this.own;
    const kept = this.own.process.variables.filter((one) => lasting.has(one.name));
    this.line(`global struct ${this.own.state} *const state = &w->${name};`);
    if (segments.last > 0) this.line('uint at = state->at;');
    for (const { name: variable, type } of kept) {
      const own = this.variable(variable);
      this.line(`${storedType(type)} ${own} = state->${own};`);
    }
    this.segments(segments, segments.last);
    this.line(`${segments.last > 0 ? 'at' : 'state->at'} = FINISHED;`);
    this.line('w->moved = 1;');
    if (this.jumps) this.lines.push('suspend:');
    if (segments.last > 0) this.line('state->at = at;');
    for (const { name: variable } of kept) {
      const own = this.variable(variable);
      this.line(`state->${own} = ${own};`);
    }
    // A label must stand before a statement.
    if (this.lines.at(-1) === 'suspend:') this.line(';');
    const { lines, usedMemories, usedScalars, usesReport } = this;
    return { lines, usedMemories, usedScalars, usesReport };
  }

  private variable(name: string): string {
    return known(this.variables.get(name), name);
  }

  private typeOf(name: string): Type {
    return known(this.types.get(name), name);
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
      if (guarded) {
        this.line(until === 0 ? 'if (at == 0) {' : `if (at <= ${until}) {`);
        this.nested(() => this.segment(one));
        this.line('}');
      } else this.segment(one);
      if (until === last) passed = true;
    }
  }

  private segment(one: Segment): void {
    if (one.kind === 'run') this.printRun(one);
    else if (one.kind === 'loop') this.pausingLoop(one.source, one.body);
    else this.pausingIf(one.source, one.then, one.else);
  }

  private printRun(run: Run): void {
    this.run = run.statements;
    if (run.point > 0) {
      this.source(run.statements.find(({ span }) => span !== undefined)?.span);
      for (const need of run.needs) this.wait(need, run.point);
      this.line('at = 0;');
    }
    this.line('{');
    this.nested(() => this.block(run.statements));
    this.line('}');
  }

  /** Stops the process at this point until a stream or memory is ready for so many accesses. */
  private wait({ access, name, count }: Need, point: number): void {
    const { plan } = this;
    const stream = plan.streams.get(name);
    const resource = stream ?? known(plan.memories.get(name), name);
    const queue = `w->${resource.name}`;
    const lacks = {
      read: `${queue}.written - ${queue}.taken < ${count}`,
      write: `${stream?.capacity} - (${queue}.written - ${queue}.taken) < ${count}`,
      receive: `${queue}.requested - ${queue}.taken < ${count}`,
      send: `${queue}.requested - ${queue}.taken < ${count}`,
      request: `${plan.requests} - (${queue}.asked - ${queue}.begun) < ${count}`,
      response: `${queue}.asked - ${queue}.answered < ${count}`,
    }[access];
    const code = waitKinds[access] * 0x10000 + resource.at;
    const partner = partnerOf(plan, access, name);
    // Who waits for itself, or for nobody, waits for ever.
    const over =
      partner === undefined || partner === this.own ? '1' : `w->${partner.name}.at == FINISHED`;
    this.line(`if (${lacks}) {`);
    this.nested(() => {
      this.line(`if (pause(w, &state->waiting, ${code}, ${over}, at)) at = ${point};`);
      this.line(this.jump());
    });
    this.line('}');
  }

  private pausingLoop(loop: LoopStmt, body: Segments): void {
    this.source(loop.span);
    if (loop.init.length > 0) {
      this.line('if (at == 0) {');
      this.nested(() => this.block(loop.init));
      this.line('}');
    }
    this.line('for (;;) {');
    this.nested(() => {
      this.line('if (at == 0) {');
      this.nested(() => {
        const { text } = this.expressions.print(loop.condition);
        this.line(`if (!(${text})) break;`);
      });
      this.line('}');
      this.segments(body, body.last);
      this.block(loop.step);
    });
    this.line('}');
  }

  private pausingIf(stmt: IfStmt, then: Segments, otherwise: Segments): void {
    this.source(stmt.span);
    this.line('{');
    this.nested(() => {
      const { text } = this.expressions.print(stmt.condition);
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
    });
    this.line('}');
  }

  /** `T name` where the statement declares a variable of the run, else `name`. */
  private target(stmt: Stmt, name: string): string {
    const variable = this.variable(name);
    return this.declares(stmt, name) ? `${storedType(this.typeOf(name))} ${variable}` : variable;
  }

  private declares(stmt: Stmt, name: string): boolean {
    return !this.own.lasting.has(name) && declaringStmt(this.run, name) === stmt;
  }

  protected statement(stmt: Stmt): void {
    this.source(stmt.span);
    switch (stmt.kind) {
      case 'assign': {
        const type = this.typeOf(stmt.variable);
        if (type.kind === 'int') {
          const value = this.expressions.value(stmt.value, type);
          this.line(`${this.target(stmt, stmt.variable)} = ${value};`);
          return;
        }
        if (this.declares(stmt, stmt.variable)) this.line(`${this.target(stmt, stmt.variable)};`);
        const name = this.variable(stmt.variable);
        this.expressions.assign(name, stmt.variable, stmt.value, type);
        return;
      }
      case 'read':
        this.read(stmt, known(this.plan.streams.get(stmt.stream), stmt.stream));
        return;
      case 'write':
        this.write(stmt.values, known(this.plan.streams.get(stmt.stream), stmt.stream));
        return;
      case 'request': {
        const memory = this.memory(stmt.memory);
        const [beat, beats] = [stmt.beat, stmt.beats].map(
          (one) => converted(this.expressions.print(one), 'ulong').text,
        );
        const beatsOf = `w->${memory.beats}`;
        this.line(
          `if (!ask(w, &w->${memory.name}, ${memory.at}, ${beat}, ${beats}, ${beatsOf})) ${this.jump()}`,
        );
        return;
      }
      case 'receive':
        this.beat(stmt, this.memory(stmt.memory), stmt.into);
        return;
      case 'send':
        this.send(stmt.value, this.memory(stmt.memory));
        return;
      case 'response':
        this.line(`w->${this.memory(stmt.memory).name}.answered += 1;`);
        return;
      case 'load': {
        const { name, length, element } = this.array(stmt.array);
        if (element.kind === 'int') {
          const index = this.expressions.print(stmt.index);
          const { text } = this.expressions.indexed(name, index, length, element);
          this.line(`${this.target(stmt, stmt.into)} = ${text};`);
          return;
        }
        const index = this.expressions.namedIndex(stmt.index);
        const inside = this.expressions.within(index, length);
        if (this.declares(stmt, stmt.into)) this.line(`${this.target(stmt, stmt.into)};`);
        // An index past the end gives any value.
        const condition = inside.literal === true ? '' : `${inside.text} ? ${index.text} : 0`;
        this.line(`${this.variable(stmt.into)} = ${name}[${condition || index.text}];`);
        return;
      }
      case 'store':
        this.store(stmt);
        return;
      case 'print':
        this.message(stmt, this.own.at);
        return;
      case 'assert': {
        this.endIf(`!(${this.condition(stmt.condition)})`, () => {
          this.message(stmt, 0xffff);
          this.line(`fail_at(w, ASSERTION, ${this.own.at}, 0, 0, 0);`);
        });
        return;
      }
      case 'if':
        this.branch(stmt);
        return;
      case 'loop':
        this.plainLoop(stmt);
        return;
    }
  }

  protected condition(expr: Expr): string {
    return this.expressions.print(expr).text;
  }

  private array(name: string) {
    const array = this.own.process.arrays.find((one) => one.name === name);
    const { length, element } = known(array, name);
    const own = known(this.arrays.get(name), name);
    return { name: `w->bulk.${this.own.arrays}.${own}`, length, element };
  }

  private store(stmt: Extract<Stmt, { readonly kind: 'store' }>): void {
    const { name, length, element } = this.array(stmt.array);
    const index = this.expressions.namedIndex(stmt.index);
    const inside = this.expressions.within(index, length);
    if (inside.literal !== true || inside.min === 0n) {
      const position = converted(index, index.min < 0n ? 'long' : 'ulong').text;
      const array = this.own.process.arrays.findIndex((one) => one.name === stmt.array);
      this.endIf(`!(${inside.text})`, () =>
        this.line(
          `fail_at(w, ARRAY_INDEX, ${this.own.at}, ${array}, (ulong)(${position}), ${length});`,
        ),
      );
    }
    const target = `${name}[${index.text}]`;
    if (element.kind === 'int') {
      this.line(`${target} = ${this.expressions.value(stmt.value, element)};`);
    } else {
      this.expressions.assign(target, undefined, stmt.value, element);
    }
  }

  private slot(stream: StreamPlan, counter: 'written' | 'taken'): string {
    return `w->bulk.${stream.name}[w->${stream.name}.${counter} & ${stream.capacity - 1}]`;
  }

  private read(stmt: Extract<Stmt, { readonly kind: 'read' }>, stream: StreamPlan): void {
    for (const [field, name] of stmt.into.entries()) {
      if (name === undefined) continue;
      const value = `${this.slot(stream, 'taken')}.${stream.fields[field]}`;
      this.line(`${this.target(stmt, name)} = ${value};`);
    }
    this.line(`w->${stream.name}.taken += 1;`);
  }

  private write(values: readonly Expr[], stream: StreamPlan): void {
    if (values.length > 0) {
      const slot = this.scope.claim('slot');
      this.line(
        `global struct ${stream.element} *const ${slot} = &${this.slot(stream, 'written')};`,
      );
      for (const [field, value] of values.entries()) {
        const { type } = stream.stream.fields[field];
        const target = `${slot}->${stream.fields[field]}`;
        if (type.kind === 'int') this.line(`${target} = ${this.expressions.value(value, type)};`);
        else this.expressions.assign(target, undefined, value, type);
      }
    }
    this.line(`w->${stream.name}.written += 1;`);
  }

  private memory(name: string): MemoryPlan {
    return known(this.plan.memories.get(name), name);
  }

  private beatPointer({ name, memory }: MemoryPlan, element: string, constant: string): string {
    this.usedMemories.add(memory.name);
    const pointer = this.scope.claim('beat');
    const bytes = memory.beatBits / 8;
    const beat = `${name} + next_beat(&w->${name}) * ${bytes}`;
    const type = `global ${constant}${element} *`;
    this.line(`${type}const ${pointer} = (${type})(${beat});`);
    return pointer;
  }

  private beat(stmt: Stmt, memory: MemoryPlan, into: string): void {
    const type = this.typeOf(into);
    const pointer = this.beatPointer(memory, storedInt(elementOf(type)), 'const ');
    if (type.kind === 'int') {
      this.line(`${this.target(stmt, into)} = *${pointer};`);
      return;
    }
    if (this.declares(stmt, into)) this.line(`${this.target(stmt, into)};`);
    this.line(
      `for (int l = 0; l < ${type.lanes}; ++l) ${this.variable(into)}.lane[l] = ${pointer}[l];`,
    );
  }

  private send(value: Expr, memory: MemoryPlan): void {
    const { type } = value;
    const text = this.expressions.value(value, type);
    const pointer = this.beatPointer(memory, storedInt(elementOf(type)), '');
    if (type.kind === 'int') this.line(`*${pointer} = ${text};`);
    else this.line(`for (int l = 0; l < ${type.lanes}; ++l) ${pointer}[l] = ${text}.lane[l];`);
  }

  /** A line of the report, with the number of the process that writes it. */
  private message(message: Message, tag: number): void {
    this.usesReport = true;
    const to = 'w, report, report_bytes';
    this.line(`begin_line(${to}, ${tag});`);
    this.pieces(message, to, '0');
    this.line(`end_line(${to});`);
  }
}
