import { declaringStmt } from '../../ir/declaring.ts';
import {
  type Expr,
  elementOf,
  type IfStmt,
  type LoopStmt,
  lanesOf,
  type Message,
  rangeOf,
  type Stmt,
  type Type,
  type VecType,
} from '../../ir/ir.ts';
import { allStatements, definedBy } from '../../ir/visit.ts';
import type { NameScope } from '../../support/name-scope.ts';
import { CodeLines } from '../c-coroutines/code-lines.ts';
import { known } from '../c-coroutines/known.ts';
import {
  type KernelPlan,
  type MemoryPlan,
  namesIn,
  type ProcessPlan,
  type StreamPlan,
} from '../c-coroutines/plan.ts';
import { lastOf, type Need, type Run, runsOf, type Segments } from '../c-coroutines/segments.ts';
import { stringLiteral } from '../c-coroutines/string-literal.ts';
import { converted, operand } from '../c-coroutines/text.ts';
import { storedInt } from '../c-coroutines/types.ts';
import { waitKinds } from '../c-coroutines/wait-kinds.ts';
import { constant } from './chunks.ts';
import { Cursors } from './cursors.ts';
import { type ShiftRegister, shiftOf, shiftRegisters } from './shift-registers.ts';
import { turnVariables } from './turn-variables.ts';
import {
  chunkCount,
  chunkLanes,
  chunkType,
  laneType,
  storedFormat,
  type Vector,
} from './vector.ts';
import { VectorExpressions } from './vector-expressions.ts';

/** The type in which a variable, an element or a field lies in memory: vectors as whole chunks. */
export function memberType(type: Type): string {
  if (type.kind === 'int') return laneType(storedFormat(type));
  const format = storedFormat(type.element);
  const lanes = chunkCount(type.lanes, format.bytes) * chunkLanes(type.lanes, format.bytes);
  return `lane_of<${laneType(format)}, ${lanes}>`;
}

/** The shift registers of a process, by name: those that last from run to run. */
function registersOf({ process, lasting }: ProcessPlan): Map<string, ShiftRegister> {
  const found = shiftRegisters(process).filter(({ name }) => lasting.has(name));
  return new Map(found.map((one) => [one.name, one]));
}

/** Where lane 0 of each shift register is: a name of the function and of the state. */
function firstNames(
  { scope, variables }: ReturnType<typeof namesIn>,
  registers: ReadonlyMap<string, ShiftRegister>,
): Map<string, string> {
  return new Map(
    [...registers.keys()].map((name) => [name, scope.claim(`${variables.get(name)}_first`)]),
  );
}

/** Lanes of a shift register in memory: its own, and as many of what follows, in whole chunks. */
function registerLanes(type: VecType): number {
  const { bytes } = storedFormat(type.element);
  const per = chunkLanes(type.lanes, bytes);
  return type.lanes + (chunkCount(type.lanes, bytes) + 1) * per;
}

/** The members of a process's state: its variables that last from run to run. */
export function stateMembers(plan: KernelPlan, own: ProcessPlan): string[] {
  const names = namesIn(plan, own);
  const firsts = firstNames(names, registersOf(own));
  return own.process.variables
    .filter(({ name }) => own.lasting.has(name))
    .flatMap(({ name, type }) => {
      const member = names.variables.get(name);
      const first = firsts.get(name);
      if (first === undefined || type.kind === 'int') return [`${memberType(type)} ${member}`];
      const lane = laneType(storedFormat(type.element));
      return [`lane_of<${lane}, ${registerLanes(type)}> ${member}`, `uint ${first}`];
    });
}

/** Prints the function of a process: statements that can stop where they wait, and go on from there. */
export function printProcess(plan: KernelPlan, own: ProcessPlan): readonly string[] {
  return new ProcessPrinter(plan, own).print();
}

/** Where the lanes of a vector lie that is read where it is used: in something with an array `lane`. */
interface Alias {
  readonly lanes: string;
}

class ProcessPrinter extends CodeLines {
  private readonly plan: KernelPlan;
  private readonly own: ProcessPlan;
  private readonly scope: NameScope;
  private readonly variables: ReadonlyMap<string, string>;
  private readonly types: ReadonlyMap<string, Type>;
  private readonly mutable: ReadonlySet<string>;
  private readonly arrays: ReadonlyMap<string, string>;
  private readonly registers: ReadonlyMap<string, ShiftRegister>;
  private readonly firsts: ReadonlyMap<string, string>;
  private readonly chunkNames = new Map<string, readonly string[]>();
  private readonly aliases = new Map<string, Alias | Vector>();
  private readonly expressions: VectorExpressions;
  private readonly cursors: Cursors;
  private readonly sends: boolean;
  private jumps = false;
  private labels = 0;
  /** The statements of the run that is printed: its variables are declared in it. */
  private run: readonly Stmt[] = [];
  /** Of each loop that has a fast copy, the variables that live within a turn. */
  private readonly turns = new Map<LoopStmt, ReadonlySet<string>>();
  /** All of them: in slow code they lie in the process's state. */
  private readonly within = new Set<string>();
  /** In a fast copy: where its slow one goes on, which of its variables have a value, and names of limits. */
  private fast:
    | {
        readonly label: string;
        readonly turn: ReadonlySet<string>;
        assigned: Set<string>;
        readonly limits: ReadonlyMap<string, string>;
      }
    | undefined;

  constructor(plan: KernelPlan, own: ProcessPlan) {
    super();
    this.plan = plan;
    this.own = own;
    const all = namesIn(plan, own);
    const { scope, variables, arrays } = all;
    this.registers = registersOf(own);
    this.firsts = firstNames(all, this.registers);
    this.scope = scope;
    this.variables = variables;
    this.arrays = arrays;
    this.types = new Map(own.process.variables.map(({ name, type }) => [name, type]));
    this.mutable = new Set(
      own.process.variables.filter((one) => one.mutable).map((one) => one.name),
    );
    this.sends = [...allStatements(own.process.body)].some(({ kind }) => kind === 'send');
    this.cursors = new Cursors(plan, own, scope);
    this.findTurns(own.segments);
    const names = {
      claim: (wanted: string) => this.scope.claim(wanted),
      variable: (name: string) => this.variable(name),
      scalar: (name: string) => `w->${known(plan.scalars.get(name), name)}`,
      table: (name: string) => known(plan.tables.get(name), name),
      vector: (name: string) => this.vector(name),
      lanesInMemory: (name: string) => this.lanesInMemory(name),
      shiftedLane: (name: string, lane: number) => {
        const first = this.firsts.get(name);
        if (first === undefined) return undefined;
        return `state->${known(this.variables.get(name), name)}.lane[${first} + ${lane}]`;
      },
    };
    this.expressions = new VectorExpressions(names, plan.constants, (text) => this.line(text));
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

  /** The names of a vector's chunks. */
  private chunksOf(name: string): readonly string[] {
    const before = this.chunkNames.get(name);
    if (before !== undefined) return before;
    const type = this.typeOf(name) as VecType;
    const count = chunkCount(type.lanes, storedFormat(type.element).bytes);
    const own = known(this.variables.get(name), name);
    const names = Array.from({ length: count }, (_, at) => this.scope.claim(`${own}_${at}`));
    this.chunkNames.set(name, names);
    return names;
  }

  private declare(name: string, type: Type, load: boolean): void {
    const own = known(this.variables.get(name), name);
    if (type.kind === 'int') {
      this.line(`${memberType(type)} ${own}${load ? ` = state->${own}` : ''};`);
      return;
    }
    const format = storedFormat(type.element);
    const [chunk, per] = [chunkType(type.lanes, format), chunkLanes(type.lanes, format.bytes)];
    for (const [at, one] of this.chunksOf(name).entries()) {
      const from = load ? ` = load<${chunk}>(&state->${own}.lane[${at * per}])` : '';
      this.line(`${chunk} ${one}${from};`);
    }
  }

  private save(name: string, type: Type): void {
    const own = known(this.variables.get(name), name);
    if (type.kind === 'int') this.line(`state->${own} = ${own};`);
    else this.storeChunks(`state->${own}`, this.chunksOf(name), type);
  }

  private storeChunks(target: string, chunks: readonly string[], type: VecType): void {
    const format = storedFormat(type.element);
    const own = chunkType(type.lanes, format);
    const per = chunkLanes(type.lanes, format.bytes);
    for (const [at, one] of chunks.entries()) {
      this.line(`store<${own}>(&${target}.lane[${at * per}], ${one});`);
    }
  }

  /** Whether a variable lies in the state at this place of the code. */
  private inState(name: string): boolean {
    return this.within.has(name) && !(this.fast?.turn.has(name) ?? false);
  }

  private variable(name: string): string {
    const own = known(this.variables.get(name), name);
    return this.inState(name) ? `state->${own}` : own;
  }

  private vector(name: string): Vector {
    const type = this.typeOf(name) as VecType;
    const alias = this.aliases.get(name);
    if (alias !== undefined && 'kind' in alias) return alias;
    const there = this.lanesInMemory(name);
    if (there !== undefined) return this.expressions.fromMemory(there, type.lanes, type.element);
    const format = storedFormat(type.element);
    const { min, max } = rangeOf(type.element);
    return { kind: 'chunks', chunks: this.chunksOf(name), lanes: type.lanes, format, min, max };
  }

  private lanesInMemory(name: string): string | undefined {
    const alias = this.aliases.get(name);
    if (alias !== undefined) return 'kind' in alias ? undefined : alias.lanes;
    return this.inState(name) ? this.variable(name) : undefined;
  }

  private typeOf(name: string): Type {
    return known(this.types.get(name), name);
  }

  private condition(expr: Expr): string {
    this.expressions.begin();
    return this.expressions.print(expr).text;
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

  private jump(): string {
    this.jumps = true;
    return 'goto suspend;';
  }

  /** Stops the process at this point until a stream or memory is ready for so many accesses. */
  private wait(need: Need, point: number): void {
    const { access, name } = need;
    const partner = this.cursors.partner(need);
    const code = waitKinds[access] * 0x10000 + this.cursors.resource(name).at;
    // Who waits for itself, or for nobody, waits for ever.
    const alone = partner === undefined || partner === this.own;
    const over = alone ? '1' : `w->at[${partner.at}] == FINISHED`;
    this.line(`if (unlikely(${this.cursors.lacks(need).join(' || ')})) {`);
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
        this.fast = { label, turn, assigned: new Set(), limits: limits.names };
        const before = this.lines.length;
        const condition = this.condition(loop.condition);
        const plain = this.lines.length === before;
        this.lines.length = before;
        // Two turns in one: vectors that move on from variable to variable then stay where they are.
        if (plain && this.carriesVectors(loop, turn)) this.lines.push('#pragma GCC unroll 2');
        this.line(plain ? `while (${condition}) {` : 'for (;;) {');
        this.nested(() => {
          if (!plain) this.line(`if (!(${this.condition(loop.condition)})) goto ${left};`);
          for (const name of turn) this.declare(name, this.typeOf(name), false);
          this.fastSegments(body);
          this.line('{');
          this.nested(() => this.block(loop.step));
          this.line('}');
        });
        this.line('}');
        if (plain) this.line(`goto ${left};`);
        this.fast = undefined;
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

  /** Whether a turn hands vectors on to the next in variables. */
  private carriesVectors(loop: LoopStmt, turn: ReadonlySet<string>): boolean {
    return [...allStatements(loop.body)]
      .flatMap(definedBy)
      .some(
        (name) =>
          this.own.lasting.has(name) &&
          !turn.has(name) &&
          !this.registers.has(name) &&
          this.typeOf(name).kind === 'vec',
      );
  }

  private fastSegments({ list }: Segments): void {
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
    }
  }

  private fastRun(run: Run): void {
    const fast = known(this.fast, 'a fast loop');
    this.run = run.statements;
    if (run.point > 0) {
      this.source(run.statements.find(({ span }) => span !== undefined)?.span);
      const lacks = run.needs.flatMap((need) => this.cursors.lacks(need, fast.limits));
      this.line(`if (unlikely(${lacks.join(' || ')})) {`);
      this.nested(() => {
        for (const name of fast.turn)
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

  private block(statements: readonly Stmt[]): void {
    for (const one of statements) this.statement(one);
  }

  private declares(stmt: Stmt, name: string): boolean {
    return !this.own.lasting.has(name) && declaringStmt(this.run, name) === stmt;
  }

  /** Whether a vector may be read where it lies: it is assigned once, by this statement of its run. */
  private readable(stmt: Stmt, name: string): boolean {
    return this.declares(stmt, name) && !this.mutable.has(name);
  }

  private assignInt(stmt: Stmt, name: string, text: string): void {
    const declared = this.declares(stmt, name) ? `${memberType(this.typeOf(name))} ` : '';
    this.line(`${declared}${this.variable(name)} = ${text};`);
  }

  /** Gives a vector variable chunks that are in the format of one. */
  private assignChunks(stmt: Stmt, name: string, texts: readonly string[]): void {
    const type = this.typeOf(name) as VecType;
    if (this.inState(name)) {
      this.storeChunks(this.variable(name), texts, type);
      return;
    }
    const own = chunkType(type.lanes, storedFormat(type.element));
    const names = this.chunksOf(name);
    if (this.declares(stmt, name)) {
      for (const [at, text] of texts.entries()) this.line(`${own} ${names[at]} = ${text};`);
      return;
    }
    // What one chunk is made of may be another's old value.
    const values = names.length === 1 ? texts : texts.map((text) => this.copied(text, own, names));
    for (const [at, text] of values.entries()) this.line(`${names[at]} = ${text};`);
  }

  private copied(text: string, own: string, names: readonly string[]): string {
    if (!names.some((name) => new RegExp(`\\b${name}\\b`).test(text))) return text;
    const name = this.scope.claim('t');
    this.line(`const ${own} ${name} = ${text};`);
    return name;
  }

  private statement(stmt: Stmt): void {
    this.source(stmt.span);
    this.expressions.begin();
    switch (stmt.kind) {
      case 'assign': {
        const type = this.typeOf(stmt.variable);
        if (type.kind === 'int') {
          this.assignInt(stmt, stmt.variable, this.expressions.value(stmt.value, type));
        } else if (this.registers.has(stmt.variable)) {
          this.assignRegister(stmt.variable, stmt.value, type);
        } else if (this.readable(stmt, stmt.variable) && stmt.value.type.kind === 'vec') {
          const { element, lanes } = type;
          const value = this.expressions.vectorOf(stmt.value, lanes);
          this.aliases.set(
            stmt.variable,
            this.steady(this.expressions.chunks.wrapped(value, element)),
          );
        } else {
          this.assignChunks(stmt, stmt.variable, this.expressions.stored(stmt.value, type));
        }
        return;
      }
      case 'read':
        this.read(stmt, known(this.plan.streams.get(stmt.stream), stmt.stream));
        return;
      case 'write':
        this.write(stmt.values, known(this.plan.streams.get(stmt.stream), stmt.stream));
        return;
      case 'request':
        this.request(stmt);
        return;
      case 'receive':
        this.receive(stmt, this.memory(stmt.memory), stmt.into);
        return;
      case 'send':
        this.send(stmt.value, this.memory(stmt.memory));
        return;
      case 'response':
        this.line(`${this.cursors.counter(stmt.memory, 'answered')} += 1;`);
        return;
      case 'load':
        this.load(stmt);
        return;
      case 'store':
        this.store(stmt);
        return;
      case 'print':
        this.message(stmt, `w->logs[${this.own.at}]`);
        return;
      case 'assert':
        this.line(`if (unlikely(!(${this.expressions.print(stmt.condition).text}))) {`);
        this.nested(() => {
          this.message(stmt, 'w->message');
          this.line(`fail_at(w, ASSERTION, ${this.own.at}, 0, 0, 0);`);
          this.line(this.jump());
        });
        this.line('}');
        return;
      case 'if':
        this.line(`if (${this.expressions.print(stmt.condition).text}) {`);
        this.nested(() => this.block(stmt.then));
        if (stmt.else.length > 0) {
          this.line('} else {');
          this.nested(() => this.block(stmt.else));
        }
        this.line('}');
        return;
      case 'loop':
        this.plainLoop(stmt);
        return;
    }
  }

  private assignRegister(name: string, value: Expr, type: VecType): void {
    const first = known(this.firsts.get(name), name);
    const shift = shiftOf(value, name);
    if (shift !== undefined) {
      // Behind the last lane there is nothing but what follows.
      this.line(`${first} = min<uint>(${first} + ${shift.by}u, ${type.lanes}u);`);
      return;
    }
    const own = known(this.variables.get(name), name);
    const format = storedFormat(type.element);
    const chunk = chunkType(type.lanes, format);
    const per = chunkLanes(type.lanes, format.bytes);
    const { fill } = known(this.registers.get(name), name);
    const texts = this.expressions.stored(value, type);
    const following = this.expressions.chunks.at(constant([fill], type.lanes), format);
    for (const [at, text] of texts.entries()) {
      this.line(`store<${chunk}>(&state->${own}.lane[${at * per}], ${text});`);
    }
    for (const [at, text] of following.entries()) {
      this.line(`store<${chunk}>(&state->${own}.lane[${type.lanes + at * per}], ${text});`);
    }
    this.line(`${first} = 0;`);
  }

  /** A vector that stays as it is when variables change: all it is made of has names of its own. */
  private steady(vector: Vector): Vector {
    if (vector.kind === 'constant') return vector;
    if (vector.kind === 'splat') {
      const { value } = vector;
      if (value.literal === true) return vector;
      const name = this.scope.claim('value');
      this.line(`const ${value.computed} ${name} = ${value.text};`);
      return { ...vector, value: { ...value, text: name, primary: true, short: false } };
    }
    const own = chunkType(vector.lanes, vector.format);
    const chunks = vector.chunks.map((text) => {
      const name = this.scope.claim('t');
      this.line(`const ${own} ${name} = ${text};`);
      return name;
    });
    return { ...vector, chunks };
  }

  /** A loop in which the process never waits. */
  private plainLoop(loop: LoopStmt): void {
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

  private array(name: string) {
    const array = this.own.process.arrays.find((one) => one.name === name);
    const { length, element } = known(array, name);
    const own = known(this.arrays.get(name), name);
    return { name: `w->bulk.${this.own.arrays}.${own}`, length, element };
  }

  private load(stmt: Extract<Stmt, { readonly kind: 'load' }>): void {
    const { name, length, element } = this.array(stmt.array);
    if (element.kind === 'int') {
      const index = this.expressions.print(stmt.index);
      const { text } = this.expressions.indexed(name, index, length, element);
      this.assignInt(stmt, stmt.into, text);
      return;
    }
    const index = this.expressions.namedIndex(stmt.index);
    const inside = this.expressions.within(index, length);
    // An index past the end gives any value.
    const condition = inside.literal === true ? '' : `${inside.text} ? ${index.text} : 0`;
    const from = `${name}[${condition || index.text}]`;
    const vector = this.expressions.fromMemory(from, element.lanes, element.element);
    this.assignChunks(stmt, stmt.into, vector.chunks);
  }

  private store(stmt: Extract<Stmt, { readonly kind: 'store' }>): void {
    const { name, length, element } = this.array(stmt.array);
    const index = this.expressions.namedIndex(stmt.index);
    const inside = this.expressions.within(index, length);
    if (inside.literal !== true || inside.min === 0n) {
      const position = converted(index, index.min < 0n ? 'long' : 'ulong').text;
      this.line(`if (unlikely(!(${inside.text}))) {`);
      this.nested(() => {
        this.line(`fail_at(w, ARRAY_INDEX, ${this.own.at}, 0, (ulong)(${position}), ${length});`);
        this.line(this.jump());
      });
      this.line('}');
      if (inside.literal === true) return;
    }
    const target = `${name}[${index.text}]`;
    if (element.kind === 'int') {
      this.line(`${target} = ${this.expressions.value(stmt.value, element)};`);
    } else {
      this.storeChunks(target, this.expressions.stored(stmt.value, element), element);
    }
  }

  private slot(stream: StreamPlan, counter: 'written' | 'taken'): string {
    const at = this.cursors.counter(stream.stream.name, counter);
    return `w->bulk.${stream.name}[${at} & ${stream.capacity - 1}]`;
  }

  private read(stmt: Extract<Stmt, { readonly kind: 'read' }>, stream: StreamPlan): void {
    if (stmt.into.some((name) => name !== undefined)) {
      const slot = this.scope.claim('slot');
      this.line(`const auto &${slot} = ${this.slot(stream, 'taken')};`);
      for (const [field, name] of stmt.into.entries()) {
        if (name === undefined) continue;
        const from = `${slot}.${stream.fields[field]}`;
        const type = this.typeOf(name);
        if (type.kind === 'int') this.assignInt(stmt, name, from);
        else if (this.readable(stmt, name)) this.aliases.set(name, { lanes: from });
        else {
          const vector = this.expressions.fromMemory(from, type.lanes, type.element);
          this.assignChunks(stmt, name, vector.chunks);
        }
      }
    }
    this.line(`${this.cursors.counter(stream.stream.name, 'taken')} += 1;`);
  }

  private write(values: readonly Expr[], stream: StreamPlan): void {
    if (values.length > 0) {
      const slot = this.scope.claim('slot');
      this.line(`auto &${slot} = ${this.slot(stream, 'written')};`);
      for (const [field, value] of values.entries()) {
        const { type } = stream.stream.fields[field];
        const target = `${slot}.${stream.fields[field]}`;
        if (type.kind === 'int') this.line(`${target} = ${this.expressions.value(value, type)};`);
        else this.storeChunks(target, this.expressions.stored(value, type), type);
      }
    }
    this.line(`${this.cursors.counter(stream.stream.name, 'written')} += 1;`);
  }

  private memory(name: string): MemoryPlan {
    return known(this.plan.memories.get(name), name);
  }

  private request(stmt: Extract<Stmt, { readonly kind: 'request' }>): void {
    const { name, at, memory } = this.memory(stmt.memory);
    const [first, count] = [stmt.beat, stmt.beats].map(
      (one) => converted(this.expressions.print(one), 'ulong').text,
    );
    const [asked, requested] = ['asked', 'requested'].map((counter) =>
      this.cursors.counter(memory.name, counter),
    );
    const kind = `${memory.beatBits / 8}, ${memory.direction === 'read'}`;
    const buffer = `${this.cursors.data(memory.name)}, ${this.cursors.size(memory.name)}`;
    const values = `w->bulk.${name}, ${buffer}, ${first}, ${count}`;
    this.line(`if (unlikely(!(ask<${kind}>(${values}, ${asked}, ${requested})))) {`);
    this.nested(() => {
      this.line(`fail_request(w, ${at}, ${first}, ${count});`);
      this.line(this.jump());
    });
    this.line('}');
  }

  private beatPointer({ name, memory }: MemoryPlan): string {
    const pointer = this.scope.claim('beat');
    const counters = ['left', 'begun', 'taken', 'next'].map((counter) =>
      this.cursors.counter(memory.name, counter),
    );
    const next = `next_beat<${memory.beatBits / 8}>(w->bulk.${name}, ${counters.join(', ')})`;
    this.line(`uchar *const ${pointer} = ${next};`);
    return pointer;
  }

  private receive(stmt: Stmt, memory: MemoryPlan, into: string): void {
    const type = this.typeOf(into);
    const pointer = this.beatPointer(memory);
    const element = elementOf(type);
    const lane = laneType(storedFormat(element));
    if (type.kind === 'int') {
      this.assignInt(stmt, into, `load<${lane}>(${pointer})`);
      return;
    }
    const { lanes } = type;
    const format = storedFormat(element);
    const whole = chunkCount(lanes, format.bytes) * chunkLanes(lanes, format.bytes) === lanes;
    if (whole && !this.sends && this.readable(stmt, into)) {
      const name = this.scope.claim('lanes');
      const struct = `beat_of<${lane}, ${lanes}>`;
      this.line(`const auto &${name} = *reinterpret_cast<const ${struct} *>(${pointer});`);
      this.aliases.set(into, { lanes: name });
      return;
    }
    const own = chunkType(lanes, format);
    const per = chunkLanes(lanes, format.bytes);
    const bytes = lanesOf(type) * format.bytes;
    const texts = Array.from({ length: chunkCount(lanes, format.bytes) }, (_, chunk) => {
      const offset = chunk * per * format.bytes;
      const rest = Math.min(bytes - offset, per * format.bytes);
      return `load_part<${own}, ${rest}>(${pointer} + ${offset})`;
    });
    this.assignChunks(stmt, into, texts);
  }

  private send(value: Expr, memory: MemoryPlan): void {
    const { type } = value;
    if (type.kind === 'int') {
      const text = this.expressions.value(value, type);
      const pointer = this.beatPointer(memory);
      this.line(
        `store<${storedInt(type) === 'char' ? 'schar' : storedInt(type)}>(${pointer}, ${text});`,
      );
      return;
    }
    const format = storedFormat(type.element);
    const chunks = this.expressions.stored(value, type);
    const own = chunkType(type.lanes, format);
    const per = chunkLanes(type.lanes, format.bytes);
    const bytes = type.lanes * format.bytes;
    const pointer = this.beatPointer(memory);
    for (const [at, chunk] of chunks.entries()) {
      const offset = at * per * format.bytes;
      const rest = Math.min(bytes - offset, per * format.bytes);
      this.line(`store_part<${own}, ${rest}>(${pointer} + ${offset}, ${chunk});`);
    }
  }

  /** A line of text, with numbers in it. */
  private message({ text, values }: Message, to: string): void {
    const numbers = values.map((value) => this.expressions.print(value));
    for (const [index, piece] of text.entries()) {
      if (piece !== '') this.line(`put_text(${to}, ${stringLiteral(piece)});`);
      const number = numbers[index];
      if (number === undefined) continue;
      const bits = `(ulong)${operand(number.min < 0n ? converted(number, 'long') : number)}`;
      const negative = number.min < 0n ? `${operand(number)} < 0` : 'false';
      this.line(`put_number(${to}, ${bits}, ${negative});`);
    }
    this.line(`put_text(${to}, "\\n");`);
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
