import { declaringStmt } from '../../ir/declaring.ts';
import { type Expr, rangeOf, type Stmt, type Type, type VecType } from '../../ir/ir.ts';
import { allStatements } from '../../ir/visit.ts';
import type { NameScope } from '../../support/name-scope.ts';
import { ControlPrinter } from '../c-coroutines/control-printer.ts';
import { known } from '../c-coroutines/known.ts';
import { type KernelPlan, namesIn, type ProcessPlan } from '../c-coroutines/plan.ts';
import { constant } from './chunks.ts';
import { Cursors } from './cursors.ts';
import { firstNames, memberType, registersOf } from './process-state.ts';
import { type ShiftRegister, shiftOf } from './shift-registers.ts';
import { Unforeseen } from './unforeseen.ts';
import { chunkCount, chunkLanes, chunkType, storedFormat, type Vector } from './vector.ts';
import { VectorExpressions } from './vector-expressions.ts';

/** Where the lanes of a vector lie that is read where it is used: in something with an array `lane`. */
interface Alias {
  readonly lanes: string;
}

/** Declares, keeps and assigns the variables of a process. */
export abstract class VariablePrinter extends ControlPrinter {
  protected readonly plan: KernelPlan;
  protected readonly own: ProcessPlan;
  protected readonly scope: NameScope;
  protected readonly variables: ReadonlyMap<string, string>;
  protected readonly types: ReadonlyMap<string, Type>;
  protected readonly mutable: ReadonlySet<string>;
  protected readonly arrays: ReadonlyMap<string, string>;
  protected readonly registers: ReadonlyMap<string, ShiftRegister>;
  protected readonly firsts: ReadonlyMap<string, string>;
  protected readonly chunkNames = new Map<string, readonly string[]>();
  protected readonly aliases = new Map<string, Alias | Vector>();
  protected readonly expressions: VectorExpressions;
  protected readonly cursors: Cursors;
  protected readonly sends: boolean;
  /** The statements of the run that is printed: its variables are declared in it. */
  protected run: readonly Stmt[] = [];
  /** Variables that live within a turn of a loop with a fast copy: in slow code they lie in the state. */
  protected readonly within = new Set<string>();
  /** In steady turns: shift registers that keep lanes through all of them. */
  protected roomy: ReadonlySet<string> = new Set();
  /** In a fast copy: those that are variables of its code. */
  protected turn: ReadonlySet<string> | undefined;

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
    const unforeseen = new Unforeseen(own.process);
    const names = {
      claim: (wanted: string) => this.scope.claim(wanted),
      variable: (name: string) => this.variable(name),
      scalar: (name: string) => `w->${known(plan.scalars.get(name), name)}`,
      table: (name: string) => known(plan.tables.get(name), name),
      vector: (name: string) => this.vector(name),
      lanesInMemory: (name: string) => this.lanesInMemory(name),
      unforeseen: (condition: Expr) => unforeseen.has(condition),
      shiftedLane: (name: string, lane: number) => {
        const first = this.firsts.get(name);
        if (first === undefined) return undefined;
        return `state->${known(this.variables.get(name), name)}.lane[${first} + ${lane}]`;
      },
    };
    this.expressions = new VectorExpressions(names, plan.constants, (text) => this.line(text));
  }

  /** The names of a vector's chunks. */
  protected chunksOf(name: string): readonly string[] {
    const before = this.chunkNames.get(name);
    if (before !== undefined) return before;
    const type = this.typeOf(name) as VecType;
    const count = chunkCount(type.lanes, storedFormat(type.element).bytes);
    const own = known(this.variables.get(name), name);
    const names = Array.from({ length: count }, (_, at) => this.scope.claim(`${own}_${at}`));
    this.chunkNames.set(name, names);
    return names;
  }

  protected declare(name: string, type: Type, load: boolean): void {
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

  protected save(name: string, type: Type): void {
    const own = known(this.variables.get(name), name);
    if (type.kind === 'int') this.line(`state->${own} = ${own};`);
    else this.storeChunks(`state->${own}`, this.chunksOf(name), type);
  }

  protected storeChunks(target: string, chunks: readonly string[], type: VecType): void {
    const format = storedFormat(type.element);
    const own = chunkType(type.lanes, format);
    const per = chunkLanes(type.lanes, format.bytes);
    for (const [at, one] of chunks.entries()) {
      this.line(`store<${own}>(&${target}.lane[${at * per}], ${one});`);
    }
  }

  /** Whether a variable lies in the state at this place of the code. */
  protected inState(name: string): boolean {
    return this.within.has(name) && !(this.turn?.has(name) ?? false);
  }

  protected variable(name: string): string {
    const own = known(this.variables.get(name), name);
    return this.inState(name) ? `state->${own}` : own;
  }

  protected vector(name: string): Vector {
    const type = this.typeOf(name) as VecType;
    const alias = this.aliases.get(name);
    if (alias !== undefined && 'kind' in alias) return alias;
    const there = this.lanesInMemory(name);
    if (there !== undefined) return this.expressions.fromMemory(there, type.lanes, type.element);
    const format = storedFormat(type.element);
    const { min, max } = rangeOf(type.element);
    return { kind: 'chunks', chunks: this.chunksOf(name), lanes: type.lanes, format, min, max };
  }

  protected lanesInMemory(name: string): string | undefined {
    const alias = this.aliases.get(name);
    if (alias !== undefined) return 'kind' in alias ? undefined : alias.lanes;
    return this.inState(name) ? this.variable(name) : undefined;
  }

  protected typeOf(name: string): Type {
    return known(this.types.get(name), name);
  }

  protected condition(expr: Expr): string {
    this.expressions.begin();
    return this.expressions.print(expr).text;
  }

  protected declares(stmt: Stmt, name: string): boolean {
    return !this.own.lasting.has(name) && declaringStmt(this.run, name) === stmt;
  }

  /** Whether a vector may be read where it lies: it is assigned once, by this statement of its run. */
  protected readable(stmt: Stmt, name: string): boolean {
    return this.declares(stmt, name) && !this.mutable.has(name);
  }

  protected assignInt(stmt: Stmt, name: string, text: string): void {
    const declared = this.declares(stmt, name) ? `${memberType(this.typeOf(name))} ` : '';
    this.line(`${declared}${this.variable(name)} = ${text};`);
    this.expressions.assigned(this.variable(name), text, this.readable(stmt, name));
  }

  /** Gives a vector variable chunks that are in the format of one. */
  protected assignChunks(stmt: Stmt, name: string, texts: readonly string[]): void {
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

  protected copied(text: string, own: string, names: readonly string[]): string {
    if (!names.some((name) => new RegExp(`\\b${name}\\b`).test(text))) return text;
    const name = this.scope.claim('t');
    this.line(`const ${own} ${name} = ${text};`);
    return name;
  }

  protected assignRegister(name: string, value: Expr, type: VecType): void {
    const first = known(this.firsts.get(name), name);
    const shift = shiftOf(value, name);
    if (shift !== undefined) {
      // Behind the last lane there is nothing but what follows.
      this.line(
        this.roomy.has(name)
          ? `${first} += ${shift.by}u;`
          : `${first} = min<uint>(${first} + ${shift.by}u, ${type.lanes}u);`,
      );
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
  protected steady(vector: Vector): Vector {
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
    return { ...vector, chunks, memory: undefined };
  }
}
