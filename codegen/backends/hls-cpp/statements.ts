import {
  type AssertStmt,
  type AssignStmt,
  type Expr,
  elementOf,
  intType,
  type KernelIR,
  type LocalArray,
  type LoopStmt,
  type PrintStmt,
  type Process,
  type ReadStmt,
  type RequestStmt,
  type Span,
  type Stmt,
  sameType,
  type Type,
  type VecType,
} from '../../ir/ir.ts';
import { takesMultiplier } from '../../ir/multipliers.ts';
import { reads } from '../../ir/reads.ts';
import { allStatements, operandsOf } from '../../ir/visit.ts';
import { ExpressionPrinter, type ProcessNames } from './expressions.ts';
import type { Helpers } from './helpers.ts';
import type { LoopIntervals } from './loop-intervals.ts';
import type { MemoryPlan } from './memory-plan.ts';
import { NameScope } from './names.ts';
import { mentionsName } from './prelude.ts';
import { type Declarations, declarationsOf } from './scopes.ts';
import { cppType } from './types.ts';

/** A stream of the kernel as the C++ file names it. */
export interface StreamNames {
  readonly name: string;
  readonly element: string;
  readonly fields: readonly { readonly name: string; readonly type: Type }[];
}

/** A memory as the C++ file names it and its streams. */
export interface MemoryNames extends MemoryPlan {
  readonly name: string;
  readonly requests: string;
  readonly requestType: string;
  /** Bits of a request's beat index and of its number of beats. */
  readonly beatWidth: number;
  readonly beatsWidth: number;
  readonly data: string;
  readonly responseStream: string;
}

/** What the statements of a process need to know of the file around them. */
export interface FileNames {
  readonly kernel: KernelIR;
  readonly globals: NameScope;
  readonly helpers: Helpers;
  readonly streams: ReadonlyMap<string, StreamNames>;
  readonly memories: ReadonlyMap<string, MemoryNames>;
  readonly scalars: ReadonlyMap<string, string>;
  readonly tables: ReadonlyMap<
    string,
    { readonly name: string; readonly values: readonly bigint[] }
  >;
}

const columns = 100;

/** A printed process, and the names that its parameter list must hold. */
export interface PrintedProcess {
  readonly lines: readonly string[];
  readonly usedStreams: ReadonlySet<string>;
  readonly usedMemories: ReadonlySet<string>;
  /** Of the streams to and from the processes that serve memories. */
  readonly usedPortStreams: ReadonlySet<string>;
  readonly usedScalars: ReadonlySet<string>;
}

/**
 * Prints the body of one process. Variables that nothing reads once expressions are folded are left
 * out, and with them what only they needed: g++ warns of those.
 */
export function printProcess(
  file: FileNames,
  process: Process,
  intervals: LoopIntervals,
): PrintedProcess {
  const dead = new Set<string>();
  for (;;) {
    const scope = new NameScope(file.globals);
    const printer = new StatementPrinter(file, process, intervals, scope, dead);
    const lines = printer.print();
    const found = printer.neverRead(lines);
    if (found.length === 0) {
      const text = lines.join('\n');
      const scalars = [...printer.used.usedScalars].filter((name) =>
        mentionsName(text, known(file.scalars.get(name), name)),
      );
      return { ...printer.used, usedScalars: new Set(scalars), lines };
    }
    for (const name of found) dead.add(name);
  }
}

class StatementPrinter {
  readonly used = {
    usedStreams: new Set<string>(),
    usedMemories: new Set<string>(),
    usedPortStreams: new Set<string>(),
    usedScalars: new Set<string>(),
  };
  private readonly file: FileNames;
  private readonly process: Process;
  private readonly intervals: LoopIntervals;
  private readonly declarations: Declarations;
  private readonly scope: NameScope;
  private readonly variables = new Map<string, string>();
  private readonly arrays = new Map<string, string>();
  private readonly types: ReadonlyMap<string, Type>;
  private readonly expressions: ExpressionPrinter;
  private readonly lines: string[] = [];
  private indent = 1;
  private lastOrigin = '';
  private pendingOrigin = '';

  constructor(
    file: FileNames,
    process: Process,
    intervals: LoopIntervals,
    scope: NameScope,
    dead: ReadonlySet<string>,
  ) {
    this.file = file;
    this.process = process;
    this.intervals = intervals;
    this.scope = scope;
    this.declarations = declarationsOf(process, dead);
    this.types = new Map(process.variables.map(({ name, type }) => [name, type]));
    for (const { name } of process.arrays) this.arrays.set(name, scope.claim(name));
    for (const { name } of process.variables) {
      // An unused one is named too: it may stand in a text that is folded away later.
      this.variables.set(name, scope.claim(name));
    }
    const names: ProcessNames = {
      scope,
      variable: (name) => this.variable(name),
      scalar: (name) => {
        this.used.usedScalars.add(name);
        return known(file.scalars.get(name), name);
      },
      table: (name) => known(file.tables.get(name), name),
    };
    this.expressions = new ExpressionPrinter(names, file.helpers);
  }

  /** The lines of the function's body. */
  print(): readonly string[] {
    for (const { name, type } of this.process.variables) {
      if (this.declarations.head.has(name)) this.declareAtHead(name, type);
    }
    for (const array of this.process.arrays) this.declareArray(array);
    this.block(this.process.body);
    for (const memory of this.file.memories.values()) {
      if (memory.kind !== 'served' || memory.requester !== this.process.name) continue;
      this.used.usedMemories.add(memory.memory.name);
      this.line(
        `${this.portStream(memory.requests)}.write(${memory.requestType}{0, 0, 1});  // no more`,
      );
    }
    return this.lines;
  }

  /** Variables that the lines give values to and never read. */
  neverRead(lines: readonly string[]): readonly string[] {
    const code = lines
      .filter((line) => !line.startsWith('#'))
      .map((line) => line.replace(/\/\/ .*$/, ''));
    // `T x;`, `x = …`, `T x = …` and `x.lane[…] = …` give values; every other mention reads.
    const definition = /^\s*(?:for \()?(?:[\w<>, ]+ )?[A-Za-z_]\w*(?:\.lane\[[^=]*\])?(?: = |;)/;
    const read = new Set<string>();
    for (const line of code) {
      const [defines] = definition.exec(line) ?? [''];
      // What stands inside the brackets of a lane is read.
      const index = /\[(.*)\]/.exec(defines)?.[1] ?? '';
      const rest = `${index} ${line.slice(defines.length)}`;
      for (const [name] of rest.matchAll(/[A-Za-z_]\w*/g)) read.add(name);
    }
    const isRead = (variable: string) => read.has(variable);
    return [...this.variables]
      .filter(([name, variable]) => !this.declarations.isUnused(name) && !isRead(variable))
      .map(([name]) => name);
  }

  private variable(name: string): string {
    return known(this.variables.get(name), name);
  }

  private line(text: string): void {
    if (text.startsWith('#')) {
      this.lines.push(text);
      return;
    }
    const indent = '  '.repeat(this.indent);
    const origin = this.pendingOrigin;
    this.pendingOrigin = '';
    const line = `${indent}${text}`;
    if (origin === '') this.lines.push(...wrapLine(line));
    else if (line.length + origin.length + 2 <= columns) this.lines.push(`${line}  ${origin}`);
    else this.lines.push(`${indent}${origin}`, ...wrapLine(line));
  }

  /** What must come before a statement, and the statement. */
  private finish(statement: string): void {
    for (const text of this.expressions.prelude.take(statement)) this.line(text);
    if (statement !== '') this.line(statement);
  }

  /** Says where the statement comes from, once a source line. */
  private source(span: Span | undefined): void {
    if (span === undefined) return;
    const origin = `// ${span.file}:${span.line}`;
    if (origin !== this.lastOrigin) this.pendingOrigin = origin;
    this.lastOrigin = origin;
  }

  private declareAtHead(name: string, type: Type): void {
    const variable = this.variable(name);
    if (type.kind === 'int') {
      this.line(`${cppType(type)} ${variable} = 0;`);
      return;
    }
    this.declareVector(variable, type);
    this.expressions.fill(variable, { op: 'const', type, value: 0n }, type);
    this.finish('');
  }

  private declareVector(variable: string, type: VecType): void {
    this.line(`${cppType(type)} ${variable};`);
    this.line(`#pragma HLS ARRAY_PARTITION variable=${variable}.lane type=complete`);
  }

  /** `T name` where the statement declares the variable, else `name`. */
  private target(stmt: Stmt, name: string): string {
    const variable = this.variable(name);
    if (!this.declarations.declaredAt(stmt, name)) return variable;
    const constant = this.declarations.isConstant(name) ? 'const ' : '';
    return `${constant}${cppType(this.typeOf(name))} ${variable}`;
  }

  private typeOf(name: string): Type {
    return known(this.types.get(name), name);
  }

  private block(stmts: readonly Stmt[]): void {
    for (const stmt of stmts) this.statement(stmt);
  }

  private nested(stmts: readonly Stmt[]): void {
    this.indent += 1;
    this.block(stmts);
    this.indent -= 1;
  }

  private statement(stmt: Stmt): void {
    if (stmt.kind === 'assign' && this.declarations.isUnused(stmt.variable)) return;
    this.source(stmt.span);
    switch (stmt.kind) {
      case 'assign':
        this.assign(stmt);
        break;
      case 'read':
        this.read(stmt);
        break;
      case 'write': {
        const stream = this.stream(stmt.stream);
        const values = stmt.values.map((value, field) =>
          this.valueAs(value, stream.fields[field].type),
        );
        const element = values.length === 1 ? values[0] : `${stream.element}{${values.join(', ')}}`;
        this.finish(`${stream.name}.write(${values.length === 0 ? '0' : element});`);
        break;
      }
      case 'request':
        this.request(stmt);
        break;
      case 'receive': {
        const memory = this.memory(stmt.memory);
        const beat = `${memory.kind === 'direct' ? memory.name : this.portStream(memory.data)}.read()`;
        const type = this.typeOf(stmt.into);
        const { helpers } = this.file;
        if (this.declarations.isUnused(stmt.into)) {
          this.line(`${beat};`);
          break;
        }
        const value = type.kind === 'vec' ? `${helpers.unpack(type)}(${beat})` : beat;
        this.line(`${this.target(stmt, stmt.into)} = ${value};`);
        break;
      }
      case 'send': {
        const memory = this.memory(stmt.memory);
        const { type } = stmt.value;
        const value = this.valueAs(stmt.value, type);
        const beat = type.kind === 'vec' ? `${this.file.helpers.pack(type)}(${value})` : value;
        this.finish(
          `${memory.kind === 'direct' ? memory.name : this.portStream(memory.data)}.write(${beat});`,
        );
        break;
      }
      case 'response': {
        const memory = this.memory(stmt.memory);
        if (memory.kind === 'direct') this.line(`${memory.name}.write_response();`);
        else if (memory.responses) this.line(`${this.portStream(memory.responseStream)}.read();`);
        else this.line(`// The process that serves ${memory.name} waits for the response.`);
        break;
      }
      case 'load': {
        if (this.declarations.isUnused(stmt.into)) break;
        const { name, element, length } = this.array(stmt.array);
        const value = this.expressions.element(name, stmt.index, length, element);
        this.finish(`${this.target(stmt, stmt.into)} = ${value};`);
        break;
      }
      case 'store': {
        const array = this.array(stmt.array);
        const index = this.expressions.print(stmt.index).text;
        this.finish(`${array.name}[${index}] = ${this.valueAs(stmt.value, array.element)};`);
        break;
      }
      case 'print':
      case 'assert':
        this.message(stmt);
        break;
      case 'if':
        this.condition('if', stmt.condition);
        this.nested(stmt.then);
        if (stmt.else.length > 0) {
          this.line('} else {');
          this.nested(stmt.else);
        }
        this.line('}');
        break;
      case 'loop':
        this.loop(stmt);
        break;
    }
  }

  private array(name: string): LocalArray & { readonly name: string } {
    const array = this.process.arrays.find((one) => one.name === name);
    return { ...known(array, name), name: known(this.arrays.get(name), name) };
  }

  private declareArray(array: LocalArray): void {
    const { name, element, length, storage, partition } = this.array(array.name);
    this.source(array.span);
    this.line(`${cppType(element)} ${name}[${length}];`);
    // One element a word: a vector's lanes are read and written together.
    if (element.kind === 'vec') this.line(`#pragma HLS AGGREGATE variable=${name} compact=bit`);
    if (storage === 'registers') {
      this.line(`#pragma HLS ARRAY_PARTITION variable=${name} type=complete`);
      return;
    }
    if (partition !== undefined) {
      const { scheme, factor } = partition;
      this.line(`#pragma HLS ARRAY_PARTITION variable=${name} type=${scheme} factor=${factor}`);
    }
    // A port that reads and one that writes, as in our own memories.
    this.line(`#pragma HLS BIND_STORAGE variable=${name} type=ram_s2p impl=bram`);
  }

  /** What only a simulation does: nothing of it is left in hardware. */
  private message(stmt: PrintStmt | AssertStmt): void {
    const pattern = stmt.text
      .map((piece) => piece.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%'))
      .reduce((text, piece, at) => {
        const { signed } = elementOf(stmt.values[at - 1].type);
        return `${text}${signed ? '%lld' : '%llu'}${piece}`;
      });
    const values = stmt.values.map((value) => {
      const type = elementOf(value.type);
      const [cast, read] = type.signed
        ? ['long long', 'to_int64']
        : ['unsigned long long', 'to_uint64'];
      return `static_cast<${cast}>(${this.expressions.exactly(value, type)}.${read}())`;
    });
    const texts = [`"${pattern}"`, ...values].join(', ');
    const call =
      stmt.kind === 'print'
        ? `TILEWRIGHT_PRINT(${texts});`
        : `if (!(${this.expressions.print(stmt.condition).text})) TILEWRIGHT_FAIL(${texts});`;
    for (const one of this.expressions.prelude.take(call)) this.line(one);
    this.line('#ifndef __SYNTHESIS__');
    this.line(call);
    this.line('#endif');
  }

  private condition(keyword: string, condition: Expr): void {
    const { text } = this.expressions.print(condition);
    this.finish(`${keyword} (${text}) {`);
  }

  /** The text of a value that has exactly the C++ type of `type`. */
  private valueAs(value: Expr, type: Type): string {
    if (type.kind === 'int') return this.expressions.exactly(value, type);
    if (sameType(value.type, type)) return this.expressions.vector(value);
    return this.expressions.vector({ op: 'cast', type, operand: value });
  }

  private assign(stmt: AssignStmt): void {
    const type = this.typeOf(stmt.variable);
    if (type.kind === 'vec') {
      this.assignVector(stmt, type);
      return;
    }
    const value = this.expressions.converted(stmt.value, type);
    this.finish(`${this.target(stmt, stmt.variable)} = ${value};`);
    this.bindProduct(stmt);
  }

  /**
   * A variable that takes a product as it is has it in DSP blocks where our own RTL does (UG1399, "pragma
   * HLS bind_op"). The registers in it are the tool's affair: it knows the part and the clock.
   */
  private bindProduct({ variable, value }: AssignStmt): void {
    let product = value;
    while (product.op === 'cast') product = product.operand;
    if (!takesMultiplier(product)) return;
    this.line(`#pragma HLS BIND_OP variable=${this.variable(variable)} op=mul impl=dsp`);
  }

  private assignVector(stmt: AssignStmt, type: VecType): void {
    const { value } = stmt;
    const name = this.variable(stmt.variable);
    const declares = this.declarations.declaredAt(stmt, stmt.variable);
    if (value.op === 'var') {
      this.line(`${this.target(stmt, stmt.variable)} = ${this.variable(value.name)};`);
      return;
    }
    if (value.op === 'with-lane' && isVariable(value.vector, stmt.variable)) {
      this.expressions.storeLane(name, value.index, value.value, type);
      this.finish('');
      return;
    }
    if (declares) {
      this.declareVector(name, type);
      this.expressions.fill(name, value, type);
    } else if (readsOtherLanes(value, stmt.variable)) {
      // Lanes of the old value are still needed while the new one is built.
      const next = this.scope.claim(`next_${stmt.variable}`);
      this.line(`${cppType(type)} ${next};`);
      this.expressions.fill(next, value, type);
      this.expressions.prelude.add(undefined, `${name} = ${next};`);
    } else {
      this.expressions.fill(name, value, type);
    }
    this.finish('');
  }

  private read(stmt: ReadStmt): void {
    const stream = this.stream(stmt.stream);
    const wanted = stmt.into.map((name) =>
      name === undefined || this.declarations.isUnused(name) ? undefined : name,
    );
    if (wanted.every((name) => name === undefined)) {
      this.line(`${stream.name}.read();`);
      return;
    }
    const assign = (name: string, from: Type, text: string): void => {
      const type = this.typeOf(name);
      if (type.kind === 'int' || sameType(type, from)) {
        this.line(`${this.target(stmt, name)} = ${text};`);
      } else {
        throw new Error(`variable ${name} does not have the type of its stream field`);
      }
    };
    if (stream.fields.length === 1) {
      assign(wanted[0] as string, stream.fields[0].type, `${stream.name}.read()`);
      return;
    }
    const element = this.scope.claim(`${stmt.stream}_element`);
    this.line(`const ${stream.element} ${element} = ${stream.name}.read();`);
    for (const [field, name] of wanted.entries()) {
      const { name: member, type } = stream.fields[field];
      if (name !== undefined) assign(name, type, `${element}.${member}`);
    }
  }

  private request(stmt: RequestStmt): void {
    const memory = this.memory(stmt.memory);
    const beat = this.expressions.exactly(stmt.beat, intType(false, memory.beatWidth));
    const beats = this.expressions.exactly(stmt.beats, intType(false, memory.beatsWidth));
    if (memory.kind === 'served') {
      this.finish(
        `${this.portStream(memory.requests)}.write(${memory.requestType}{${beat}, ${beats}, 0});`,
      );
    } else {
      const verb = memory.memory.direction === 'read' ? 'read_request' : 'write_request';
      this.finish(`${memory.name}.${verb}(${beat}, ${beats});`);
    }
  }

  private loop(stmt: LoopStmt): void {
    const init = stmt.init.filter(({ variable }) => !this.declarations.isUnused(variable));
    const step = stmt.step.filter(({ variable }) => !this.declarations.isUnused(variable));
    const inHead = init.length === 1 && this.isPlain(init[0]) ? this.headText(init[0]) : '';
    if (inHead === '') this.block(init);
    const steps = step.every((one) => this.isPlain(one)) ? step : [];

    const condition = this.expressions.print(stmt.condition);
    const prelude = this.expressions.prelude.take(condition.text);
    const stepText = steps.map((one) => this.stepText(one)).join(', ');
    const endless = prelude.length > 0;
    const head = endless ? '' : condition.text;
    if (inHead === '' && stepText === '') this.line(`while (${endless ? 'true' : head}) {`);
    else this.line(`for (${inHead}; ${head}; ${stepText}) {`);
    const ii = this.intervals(stmt);
    if (ii !== undefined) this.line(`#pragma HLS PIPELINE II=${ii}${this.pipelineStyle(stmt)}`);
    this.indent += 1;
    for (const text of prelude) this.line(text);
    if (endless) this.line(`if (!(${condition.text})) break;`);
    this.block(stmt.body);
    if (steps.length === 0) this.block(step);
    this.indent -= 1;
    this.line('}');
  }

  /**
   * A loop that waits for streams is to go on with what it has begun, as our own pipelines do: a stalled
   * one would keep results back that the rest of the network needs before it can send more (UG1448,
   * "Pipeline Styles": deadlocks). The flushing style of loops takes no AXI master.
   */
  private pipelineStyle(stmt: LoopStmt): string {
    const kinds = new Set([...allStatements(stmt.body)].map(({ kind }) => kind));
    const waits = ['read', 'write', 'request', 'receive', 'send', 'response'] as const;
    const direct = [...this.file.memories.values()].some(
      (one) => one.kind === 'direct' && one.requester === this.process.name,
    );
    return direct || !waits.some((kind) => kinds.has(kind)) ? '' : ' style=frp';
  }

  /** An integer assignment without statements of its own, which fits into the head of a `for`. */
  private isPlain(stmt: AssignStmt): boolean {
    if (this.typeOf(stmt.variable).kind !== 'int') return false;
    const plain = (expr: Expr): boolean =>
      expr.op !== 'reduce' &&
      expr.op !== 'lane' &&
      expr.op !== 'table' &&
      operandsOf(expr).every(plain);
    return plain(stmt.value);
  }

  private headText(stmt: AssignStmt): string {
    const value = this.expressions.converted(stmt.value, this.intTypeOf(stmt.variable));
    return `${this.target(stmt, stmt.variable)} = ${value}`;
  }

  private stepText(stmt: AssignStmt): string {
    const name = this.variable(stmt.variable);
    const text = this.expressions.converted(stmt.value, this.intTypeOf(stmt.variable));
    return text === `${name} + 1` ? `++${name}` : `${name} = ${text}`;
  }

  private intTypeOf(name: string) {
    const type = this.typeOf(name);
    if (type.kind !== 'int') throw new Error(`variable ${name} is no integer`);
    return type;
  }

  private stream(name: string): StreamNames {
    this.used.usedStreams.add(name);
    return known(this.file.streams.get(name), name);
  }

  private portStream(name: string): string {
    this.used.usedPortStreams.add(name);
    return name;
  }

  private memory(name: string): MemoryNames {
    this.used.usedMemories.add(name);
    return known(this.file.memories.get(name), name);
  }
}

function isVariable(expr: Expr, name: string): boolean {
  return expr.op === 'var' && expr.name === name;
}

/** Whether an assignment of `value` to `variable`, done lane by lane, would read a lane it has changed. */
function readsOtherLanes(value: Expr, variable: string): boolean {
  switch (value.op) {
    case 'var':
    case 'const':
    case 'scalar':
      return false;
    case 'cast':
    case 'saturate':
    case 'not':
    case 'select':
    case 'add':
    case 'sub':
    case 'mul':
    case 'and':
    case 'or':
    case 'xor':
    case 'shl':
    case 'shr':
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
      return operandsOf(value).some((child) => readsOtherLanes(child, variable));
    default:
      return reads(value, variable);
  }
}

function known<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`the IR names ${name}, which is not there`);
  return value;
}

/** Where a line may be broken: after a comma or before an operator, and how deep in parentheses. */
function* breaks(line: string): Generator<{ readonly index: number; readonly depth: number }> {
  let depth = 0;
  for (let index = 0; index < line.length; index++) {
    if ('({['.includes(line[index])) depth += 1;
    if (')}]'.includes(line[index])) depth -= 1;
    if (line.startsWith(', ', index)) yield { index: index + 2, depth };
    else if (/^ (?:[-+*&|^?:]|&&|\|\||<<|>>|[<>]=?|[=!]=) /.test(line.slice(index, index + 4))) {
      yield { index: index + 1, depth: depth + 0.5 };
    }
  }
}

/** Breaks a long line, as far outside of parentheses as possible; the rest is indented further. */
function wrapLine(line: string): readonly string[] {
  if (line.trimStart().startsWith('//')) return [line];
  const indent = `${/^ */.exec(line)?.[0] ?? ''}    `;
  const out: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    let best: { readonly index: number; readonly depth: number } | undefined;
    for (const one of breaks(rest)) {
      if (one.index > columns) break;
      if (one.index > indent.length + 8 && (best === undefined || one.depth <= best.depth)) {
        best = one;
      }
    }
    if (best === undefined) break;
    out.push(rest.slice(0, best.index).trimEnd());
    rest = indent + rest.slice(best.index).trimStart();
  }
  return [...out, rest];
}
