import { type Expr, elementOf, lanesOf, type Message, rangeOf, type Stmt } from '../../ir/ir.ts';
import { known } from '../c-coroutines/known.ts';
import type { MemoryPlan, StreamPlan } from '../c-coroutines/plan.ts';
import { converted } from '../c-coroutines/text.ts';
import { storedInt } from '../c-coroutines/types.ts';
import { prefetchOf } from './prefetch.ts';
import { VariablePrinter } from './print-variables.ts';
import { chunkCount, chunkLanes, chunkType, laneType, storedFormat } from './vector.ts';

/** Prints the statements of a process one after another, where nothing has to be waited for. */
export abstract class StatementPrinter extends VariablePrinter {
  /** In a loop of steady turns: elements of streams that lie one behind another, by access. */
  protected slots = new Map<string, { readonly text: string; readonly slot: () => string }>();

  protected statement(stmt: Stmt): void {
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
          this.aliases.set(stmt.variable, this.steady(this.expressions.kept(stmt.value, type)));
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
        this.endIf(`unlikely(!(${this.expressions.print(stmt.condition).text}))`, () => {
          this.message(stmt, 'w->message');
          this.line(`fail_at(w, ASSERTION, ${this.own.at}, 0, 0, 0);`);
        });
        return;
      case 'if':
        this.branch(stmt);
        return;
      case 'loop':
        this.plainLoop(stmt);
        return;
    }
  }

  protected array(name: string) {
    const array = this.own.process.arrays.find((one) => one.name === name);
    const { length, element } = known(array, name);
    const own = known(this.arrays.get(name), name);
    return { name: `w->bulk.${this.own.arrays}.${own}`, length, element };
  }

  protected load(stmt: Extract<Stmt, { readonly kind: 'load' }>): void {
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

  protected store(stmt: Extract<Stmt, { readonly kind: 'store' }>): void {
    const { name, length, element } = this.array(stmt.array);
    const index = this.expressions.namedIndex(stmt.index);
    const inside = this.expressions.within(index, length);
    if (inside.literal !== true || inside.min === 0n) {
      const position = converted(index, index.min < 0n ? 'long' : 'ulong').text;
      this.endIf(`unlikely(!(${inside.text}))`, () =>
        this.line(`fail_at(w, ARRAY_INDEX, ${this.own.at}, 0, (ulong)(${position}), ${length});`),
      );
      if (inside.literal === true) return;
    }
    const target = `${name}[${index.text}]`;
    if (element.kind === 'int') {
      this.line(`${target} = ${this.expressions.value(stmt.value, element)};`);
    } else {
      this.storeChunks(target, this.expressions.stored(stmt.value, element), element);
    }
  }

  protected slot(stream: StreamPlan, counter: 'written' | 'taken'): string {
    const row = this.slots.get(`${counter === 'taken' ? 'read' : 'write'} ${stream.stream.name}`);
    if (row !== undefined) return row.slot();
    const at = this.cursors.counter(stream.stream.name, counter);
    return `w->bulk.${stream.name}[${at} & ${stream.capacity - 1}]`;
  }

  protected read(stmt: Extract<Stmt, { readonly kind: 'read' }>, stream: StreamPlan): void {
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

  protected write(values: readonly Expr[], stream: StreamPlan): void {
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

  protected memory(name: string): MemoryPlan {
    return known(this.plan.memories.get(name), name);
  }

  protected request(stmt: Extract<Stmt, { readonly kind: 'request' }>): void {
    const asking = this.memory(stmt.memory);
    const { name, at, memory } = asking;
    const [first, count] = [stmt.beat, stmt.beats].map(
      (one) => converted(this.expressions.print(one), 'ulong').text,
    );
    const { ahead, burst } = prefetchOf(this.plan, asking);
    const [asked, requested] = ['asked', burst > 0 ? 'asked' : 'requested'].map((counter) =>
      this.cursors.counter(memory.name, counter),
    );
    const beat = rangeOf(elementOf(stmt.beat.type));
    const small = beat.min >= 0n && beat.max < 1n << 63n;
    const fetch = memory.direction === 'read' && ahead === 0;
    const kind = `${memory.beatBits / 8}, ${burst}, ${small}, ${fetch}, ${ahead > 0}`;
    const buffer = `${this.cursors.data(memory.name)}, ${this.cursors.size(memory.name)}`;
    const values = `w->bulk.${name}, ${buffer}, ${first}, ${count}`;
    this.endIf(`unlikely(!(ask<${kind}>(${values}, ${asked}, ${requested})))`, () =>
      this.line(`fail_request(w, ${at}, ${first}, ${count});`),
    );
  }

  protected beatPointer(plan: MemoryPlan): string {
    const { name, memory } = plan;
    const { burst, ahead } = prefetchOf(this.plan, plan);
    const pointer = this.scope.claim('beat');
    const counters = ['left', 'begun', 'taken', 'next'].map((counter) =>
      this.cursors.counter(memory.name, counter),
    );
    const next = `next_beat<${memory.beatBits / 8}, ${burst}, ${ahead}>(w->bulk.${name}, ${counters.join(', ')})`;
    this.line(`uchar *const ${pointer} = ${next};`);
    return pointer;
  }

  protected receive(stmt: Stmt, memory: MemoryPlan, into: string): void {
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

  protected send(value: Expr, memory: MemoryPlan): void {
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
  protected message(message: Message, to: string): void {
    this.pieces(message, to, 'false');
    this.line(`put_text(${to}, "\\n");`);
  }
}
