import { type BlockOp, type Next, readsOf, targetsOf } from '../../ir/blocks.ts';
import { bitsOf, type Expr, elementOf, type KernelIR, lanesOf, type Process } from '../../ir/ir.ts';
import type { ScheduledProcess } from '../../ir/scheduled.ts';
import { renderTemplate } from '../../support/render-template.ts';
import { constantText, ExpressionPrinter, literal, tableLength, tableName } from './expressions.ts';
import { accessSignals, portsOf, range, scalarWire } from './ports.ts';
import { type PlannedValue, ProcessPlan } from './process-plan.ts';

/** The module of one process: its pipeline, its variables, its ends of streams and memories. */
export function emitProcess(
  kernel: KernelIR,
  process: Process,
  scheduled: ScheduledProcess,
  module: string,
): string {
  const ports = portsOf(process, kernel);
  const body = new ProcessEmitter(kernel, scheduled).body();
  const { blocks } = scheduled.blocks;
  return renderTemplate('codegen/backends/verilog/templates/process.v.hbs', {
    process: process.name,
    kernel: kernel.name,
    source: `${process.span.file}:${process.span.line}`,
    stages: scheduled.stages,
    plural: scheduled.stages === 1 ? '' : 's',
    blocks: blocks.map((block, number) => {
      const ii = scheduled.ii[number];
      const interval = ii === undefined ? '' : `, II ${ii}`;
      return { number, description: `line ${block.span.line}${interval}` };
    }),
    module,
    ports: ports.map((port, at) => ({
      text: `${port.direction === 'input' ? 'input ' : 'output'} wire ${range(port.width)}${port.name}${at < ports.length - 1 ? ',' : ''}`,
    })),
    body,
  });
}

class ProcessEmitter {
  private readonly kernel: KernelIR;
  private readonly scheduled: ScheduledProcess;
  private readonly plan: ProcessPlan;
  private readonly lines: string[] = [];
  private readonly constants = new Map<string, string>();
  private readonly tables = new Map<string, string>();
  private readonly partly = new Set<string>();
  private readonly blockBits: number;
  /** Stage and block whose operands are being printed. */
  private here = { stage: 0, block: 0 };
  private readonly printer: ExpressionPrinter;

  constructor(kernel: KernelIR, scheduled: ScheduledProcess) {
    this.kernel = kernel;
    this.scheduled = scheduled;
    this.plan = new ProcessPlan(scheduled);
    this.blockBits = Math.max(1, Math.ceil(Math.log2(scheduled.blocks.blocks.length)));
    this.printer = new ExpressionPrinter({
      name: (expr) => this.refer(expr, this.here.stage, this.here.block),
      partly: (name) => this.partly.add(name),
      table: (name) => {
        const table = kernel.tables.find((one) => one.name === name);
        if (table === undefined) throw new Error(`table ${name}`);
        return table;
      },
    });
  }

  private line(text = ''): void {
    this.lines.push(text === '' ? '' : `    ${text}`);
  }

  /** The name of a value as stage `stage` sees it. */
  private refer(expr: Expr, stage: number, block: number): string {
    if (expr.op === 'const') {
      return expr.type.kind === 'int' ? constantText(expr) : this.constantName(expr);
    }
    if (expr.op === 'scalar') return scalarWire(expr.name);
    return this.nameAt(this.plan.find(expr, block), stage);
  }

  private nameAt(value: PlannedValue, stage: number): string {
    if (value.state && stage === value.stage) return this.register(value.expr);
    return `s${stage}_${value.name}`;
  }

  private register(expr: Expr): string {
    return expr.op === 'var' ? `r_${expr.name}` : '';
  }

  private constantName(expr: Extract<Expr, { op: 'const' }>): string {
    const text = constantText(expr);
    const known = this.constants.get(text);
    if (known !== undefined) return known;
    const name = `CONSTANT_${this.constants.size}`;
    this.constants.set(text, name);
    this.partly.add(name);
    return name;
  }

  body(): string {
    const { stages } = this.scheduled;
    this.variables();
    for (let stage = 0; stage < stages; stage++) this.stage(stage);
    this.control();
    this.variableUpdates();
    this.accesses();
    const head: string[] = [];
    for (const [text, name] of this.constants) {
      const width = this.constantWidth(text);
      head.push(`    localparam [${width - 1}:0] ${name} = ${text};`);
    }
    for (const [name, text] of this.tables) head.push(`    localparam ${text};`.replace('%', name));
    if (head.length > 0) head.push('');
    const unused = [...this.partly].filter((name) => !/^(CONSTANT_|table_|\d|\{)/.test(name));
    const inputs = this.inputs().filter((name) => !unused.includes(name));
    const all = [...unused, ...inputs];
    const tail =
      all.length === 0
        ? []
        : ['', '    // Bits that nothing reads.', `    wire unused = &{1'b0, ${all.join(', ')}};`];
    return [...head, ...this.lines, ...tail].join('\n');
  }

  private constantWidth(text: string): number {
    let width = 0;
    for (const part of text.matchAll(/(?:\{(\d+)\{)?(\d+)'[dh][0-9a-f]+/g)) {
      width += Number(part[2]) * Number(part[1] ?? 1);
    }
    return width;
  }

  private inputs(): string[] {
    const names = new Set<string>();
    for (const block of this.scheduled.blocks.blocks) {
      for (const op of block.ops) {
        const { input } = accessSignals(op, this.kernel);
        if (input !== undefined) names.add(input.name);
      }
    }
    return [...names];
  }

  private variables(): void {
    const { state } = this.scheduled.blocks;
    if (state.size > 0)
      this.line('// Variables of the source that live from one block to another.');
    for (const [name, type] of state) this.line(`reg  ${range(bitsOf(type))}r_${name};`);
    this.line();
    const { stages } = this.scheduled;
    const index = this.blockBits === 1 ? '' : `[${this.blockBits - 1}:0] `;
    for (let stage = 0; stage < stages; stage++) {
      this.line(`reg  s${stage}_valid;`);
      if (this.multiple()) this.line(`reg  ${index}s${stage}_block;`);
      this.line(`wire s${stage}_stall;`);
      this.line(`wire s${stage}_go;`);
    }
  }

  private multiple(): boolean {
    return this.scheduled.blocks.blocks.length > 1;
  }

  /** True (as text) where stage `stage` holds block `block`; undefined where it cannot hold another. */
  private holds(stage: number, block: number): string | undefined {
    if (!this.multiple()) return undefined;
    return `(s${stage}_block == ${literal(BigInt(block), this.blockBits)})`;
  }

  private stage(stage: number): void {
    this.line();
    this.line(`// Stage ${stage}.`);
    this.scheduled.blocks.blocks.forEach((_, block) => {
      for (const value of this.plan.values[block]) {
        if (value.stage === stage) this.value(value);
      }
    });
    this.stallAndGo(stage);
    const crossing = this.plan.crossing(stage);
    for (const value of crossing) {
      this.line(`reg  ${range(bitsOf(value.expr.type))}s${stage + 1}_${value.name};`);
    }
    if (crossing.length === 0) return;
    this.line(`always @(posedge clk) if (s${stage}_go) begin`);
    for (const value of crossing) {
      this.line(`    s${stage + 1}_${value.name} <= ${this.nameAt(value, stage)};`);
    }
    this.line('end');
  }

  private value(value: PlannedValue): void {
    const { expr, stage, block } = value;
    const name = `s${stage}_${value.name}`;
    const bits = bitsOf(expr.type);
    this.here = { stage, block };
    if (value.source !== undefined) {
      this.line(`wire ${range(bits)}${name} = ${this.resultText(value)};`);
      return;
    }
    if (expr.op === 'table') this.declareTable(expr);
    const where = expr.span === undefined ? '' : ` // line ${expr.span.line}`;
    const wider = ExpressionPrinter.widerThanResult(expr);
    const assigned = this.printer.assigned(expr);
    const width = elementOf(expr.type).width;
    const lanes = lanesOf(expr.type);
    const target = wider === undefined ? name : `${name}_wide`;
    const targetWidth = wider ?? width;
    const kind = assigned.kind === 'lanes' ? 'reg ' : 'wire';
    this.line(`${kind} ${range(targetWidth * lanes)}${target};${where}`);
    if (assigned.kind === 'whole') {
      this.line(`assign ${target} = ${assigned.text};`);
    } else if (assigned.kind === 'list') {
      assigned.texts.forEach((text, lane) => {
        this.line(`assign ${target}[${lane * width} +: ${width}] = ${text};`);
      });
    } else {
      this.lanes(target, targetWidth, lanes, assigned.text);
    }
    if (wider === undefined) return;
    this.partly.add(target);
    this.line(`${expr.type.kind === 'int' ? 'wire' : 'reg '} ${range(bits)}${name};`);
    if (expr.type.kind === 'int') this.line(`assign ${name} = ${target}[${width - 1}:0];`);
    else this.lanes(name, width, lanes, `${target}[lane*${wider} +: ${width}]`);
  }

  /** Lane by lane in a loop: one process a vector, where a driver a lane makes simulators slow. */
  private lanes(target: string, width: number, lanes: number, text: string): void {
    const index = `lane_${target}`;
    const own = (one: string) => one.replace(/\blane\b/g, index);
    const slice = width === 1 ? `${target}[lane]` : `${target}[lane*${width} +: ${width}]`;
    this.line(`integer ${index};`);
    this.line('always @* begin');
    this.line(`    for (${index} = 0; ${index} < ${lanes}; ${index} = ${index} + 1) begin`);
    this.line(`        ${own(slice)} = ${own(text)};`);
    this.line('    end');
    this.line('end');
  }

  private declareTable(expr: Extract<Expr, { op: 'table' }>): void {
    const table = this.kernel.tables.find((one) => one.name === expr.table);
    if (table === undefined) throw new Error(`table ${expr.table}`);
    const { width } = table.element;
    const length = tableLength(expr.index);
    const values = Array.from({ length }, (_, at) => literal(table.values[at] ?? 0n, width));
    const text = `[${length * width - 1}:0] % = {${values.reverse().join(', ')}}`;
    this.tables.set(tableName(table.name), text);
  }

  /** The part of a stream's word, or the beat, that a result variable takes. */
  private resultText(value: PlannedValue): string {
    const { source, expr } = value;
    if (source === undefined || expr.op !== 'var') throw new Error('not a result');
    const { input } = accessSignals(source, this.kernel);
    if (input === undefined) throw new Error(`${source.kind} has no result`);
    const stream = this.kernel.streams.find((one) => one.name === source.resource);
    if (source.kind === 'receive' || stream === undefined) return input.name;
    let low = 0;
    for (const [at, field] of stream.fields.entries()) {
      const bits = bitsOf(field.type);
      if (source.into[at] === expr.name) {
        if (bits === input.width) return input.name;
        return bits === 1 ? `${input.name}[${low}]` : `${input.name}[${low + bits - 1}:${low}]`;
      }
      low += bits;
    }
    throw new Error(`no field for ${expr.name}`);
  }

  private opsAt(stage: number): { readonly op: BlockOp; readonly block: number }[] {
    return this.scheduled.blocks.blocks.flatMap((block, index) =>
      block.ops
        .filter((op) => this.scheduled.accessStage.get(`${op.kind} ${op.resource}`) === stage)
        .map((op) => ({ op, block: index })),
    );
  }

  /** The condition under which block `block` in stage `stage` does `op`. */
  private active(op: BlockOp, stage: number, block: number): string[] {
    const holds = this.holds(stage, block);
    return [
      ...(holds === undefined ? [] : [holds]),
      ...(op.predicate === undefined ? [] : [this.refer(op.predicate, stage, block)]),
    ];
  }

  private stallAndGo(stage: number): void {
    const { stages } = this.scheduled;
    const reasons = this.opsAt(stage).map(({ op, block }) => {
      const { busy } = accessSignals(op, this.kernel);
      return `(${[...this.active(op, stage, block), busy].join(' && ')})`;
    });
    reasons.push(...this.hazards(stage));
    this.line(`assign s${stage}_stall = ${reasons.length === 0 ? "1'b0" : reasons.join(' || ')};`);
    const next = stage + 1 < stages ? ` && (!s${stage + 1}_valid || s${stage + 1}_go)` : '';
    this.line(`assign s${stage}_go = s${stage}_valid && !s${stage}_stall${next};`);
  }

  /** A block waits where an older one has yet to write a variable that it reads. */
  private hazards(stage: number): string[] {
    const { readStage, writeStage, blocks } = this.scheduled;
    const reasons: string[] = [];
    for (const name of blocks.state.keys()) {
      const from = readStage.get(name) ?? 0;
      const to = writeStage.get(name) ?? 0;
      if (from !== stage || to <= from) continue;
      const holdsAny = (at: number, which: (block: number) => boolean): string => {
        const found = blocks.blocks
          .map((_, block) => block)
          .filter(which)
          .map((block) => this.holds(at, block));
        if (found.length === 0) return "1'b0";
        return found.includes(undefined) ? "1'b1" : `(${found.join(' || ')})`;
      };
      const writers: string[] = [];
      for (let at = from + 1; at <= to; at++) {
        const writes = (block: number) =>
          blocks.blocks[block].writes.some((one) => one.variable === name);
        writers.push(`(s${at}_valid && ${holdsAny(at, writes)})`);
      }
      const reads = holdsAny(stage, (block) => readsOf(blocks.blocks[block]).has(name));
      reasons.push(`(${reads} && (${writers.join(' || ')}))`);
    }
    return reasons;
  }

  /** Which block comes next, and the valid bits of the stages. */
  private control(): void {
    const { stages, nextStage, blocks } = this.scheduled;
    this.line();
    this.line('// The next block, as soon as it is known.');
    const index = this.blockBits === 1 ? '' : `[${this.blockBits - 1}:0] `;
    blocks.blocks.forEach((block, at) => {
      const stage = nextStage[at];
      const ends = [...targetsOf(block.next)].includes(undefined);
      const goes = [...targetsOf(block.next)].some((target) => target !== undefined);
      if (this.multiple() && goes) {
        this.line(
          `wire ${index}next_${at} = ${this.nextText(block.next, stage, at, (target) => literal(BigInt(target ?? 0), this.blockBits))};`,
        );
      }
      if (ends && goes) {
        this.line(
          `wire ends_${at} = ${this.nextText(block.next, stage, at, (target) => (target === undefined ? "1'b1" : "1'b0"))};`,
        );
      }
    });
    this.line();
    this.line('always @(posedge clk) begin');
    this.line('    if (!rst_n) begin');
    this.line("        s0_valid <= 1'b0;");
    this.line('    end else begin');
    this.line("        if (s0_go) s0_valid <= 1'b0;");
    blocks.blocks.forEach((block, at) => {
      const stage = nextStage[at];
      const holds = this.holds(stage, at);
      const when = [`s${stage}_go`, ...(holds === undefined ? [] : [holds])].join(' && ');
      const targets = [...targetsOf(block.next)];
      if (targets.every((target) => target === undefined)) return;
      const ends = targets.includes(undefined) ? `!ends_${at}` : "1'b1";
      this.line(`        if (${when}) s0_valid <= ${ends};`);
    });
    this.line("        if (start) s0_valid <= 1'b1;");
    this.line('    end');
    if (this.multiple()) {
      blocks.blocks.forEach((block, at) => {
        if ([...targetsOf(block.next)].every((target) => target === undefined)) return;
        const stage = nextStage[at];
        this.line(`    if (s${stage}_go && ${this.holds(stage, at)}) s0_block <= next_${at};`);
      });
      this.line(`    if (start) s0_block <= ${literal(0n, this.blockBits)};`);
    }
    this.line('end');
    for (let stage = 1; stage < stages; stage++) {
      this.line('always @(posedge clk) begin');
      this.line(`    if (!rst_n) s${stage}_valid <= 1'b0;`);
      this.line(`    else if (s${stage - 1}_go) s${stage}_valid <= 1'b1;`);
      this.line(`    else if (s${stage}_go) s${stage}_valid <= 1'b0;`);
      if (this.multiple()) {
        this.line(`    if (s${stage - 1}_go) s${stage}_block <= s${stage - 1}_block;`);
      }
      this.line('end');
    }
    const valid = Array.from({ length: stages }, (_, stage) => `s${stage}_valid`);
    this.line(`assign idle = !(${valid.join(' || ')});`);
  }

  private nextText(
    next: Next,
    stage: number,
    block: number,
    leaf: (target: number | undefined) => string,
  ): string {
    if (next.kind === 'goto') return leaf(next.block);
    const [then, otherwise] = [next.then, next.else].map((one) =>
      this.nextText(one, stage, block, leaf),
    );
    if (then === otherwise) return then;
    return `${this.refer(next.condition, stage, block)} ? ${then} : (${otherwise})`;
  }

  private variableUpdates(): void {
    const { blocks, writeStage } = this.scheduled;
    if (blocks.state.size === 0) return;
    this.line();
    this.line('always @(posedge clk) begin');
    for (const name of blocks.state.keys()) {
      const stage = writeStage.get(name) ?? 0;
      blocks.blocks.forEach((block, at) => {
        const write = block.writes.find((one) => one.variable === name);
        if (write === undefined) return;
        const holds = this.holds(stage, at);
        const when = [
          `s${stage}_go`,
          ...(holds === undefined ? [] : [holds]),
          ...(write.enable === undefined ? [] : [this.refer(write.enable, stage, at)]),
        ].join(' && ');
        const value =
          write.value.op === 'const'
            ? constantText(write.value)
            : this.refer(write.value, stage, at);
        this.line(`    if (${when}) r_${name} <= ${value};`);
      });
    }
    this.line('end');
  }

  private accesses(): void {
    const { stages } = this.scheduled;
    this.line();
    for (let stage = 0; stage < stages; stage++) {
      const byPort = new Map<string, { readonly op: BlockOp; readonly block: number }[]>();
      for (const one of this.opsAt(stage)) {
        const key = `${one.op.kind} ${one.op.resource}`;
        byPort.set(key, [...(byPort.get(key) ?? []), one]);
      }
      for (const uses of byPort.values()) this.access(stage, uses);
    }
  }

  private access(
    stage: number,
    uses: readonly { readonly op: BlockOp; readonly block: number }[],
  ): void {
    const { strobe, outputs } = accessSignals(uses[0].op, this.kernel);
    const conditions = uses.map(({ op, block }) => this.active(op, stage, block));
    const always = conditions.some((one) => one.length === 0);
    const any = conditions.map((one) => `(${one.join(' && ')})`).join(' || ');
    this.line(`assign ${strobe} = s${stage}_go${always ? '' : ` && (${any})`};`);
    outputs.forEach((output, at) => {
      const texts = uses.map(({ op, block }) => this.outputText(op, at, stage, block));
      // The last use needs no condition: the strobe says when the value counts.
      const text = texts.reduceRight((rest, one, use) => {
        const holds = this.holds(stage, uses[use].block);
        return holds === undefined ? one : `${holds} ? ${one} : (${rest})`;
      });
      this.line(`assign ${output.name} = ${text};`);
    });
  }

  private outputText(op: BlockOp, at: number, stage: number, block: number): string {
    const text = (expr: Expr) =>
      expr.op === 'const' ? constantText(expr) : this.refer(expr, stage, block);
    if (op.kind === 'write')
      return op.args.length === 1
        ? text(op.args[0])
        : `{${[...op.args].reverse().map(text).join(', ')}}`;
    return text(op.args[at]);
  }
}
