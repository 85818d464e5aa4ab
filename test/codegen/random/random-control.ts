import { seededRandom } from '../../../codegen/index.ts';
import type { Random } from '../../../codegen/language/random.ts';

/**
 * Random small processes: loops in loops, `while`, `if` with reads and writes inside, several accesses of
 * one stream in a body, variables that are carried around and written late. Every path through a block
 * makes the same number of reads and writes, so each process turns n elements into n.
 */
interface Variable {
  readonly name: string;
  readonly width: number;
  readonly signed: boolean;
  readonly mutable: boolean;
  /** Undefined for an integer. */
  readonly lanes?: number;
}

const nowhere = { break: false, continue: false };

class UnitWriter {
  private readonly random: Random;
  private readonly lines: string[] = [];
  private readonly scopes: Variable[][] = [[]];
  private depth = 1;
  private named = 0;
  private readonly unit: number;
  private readonly lut: boolean;
  /** Reads a second stream beside the first. */
  private readonly side: boolean;
  /** What may leave or repeat the loop around this point without an element too many or too few. */
  private jumps: { readonly break: boolean; readonly continue: boolean } = nowhere;
  private readonly helpers: string[] = [];
  /** Those with a loop inside may be called in a statement of their own only. */
  private readonly looping: string[] = [];
  private readonly top: string[] = [];
  private readonly records: { readonly name: string; readonly fields: readonly Variable[] }[][] =
    [];
  private readonly bigs: { readonly name: string; readonly type: string }[][] = [];
  private loops = 0;

  constructor(unit: number, seed: number, lut: boolean, side: boolean) {
    this.side = side;
    this.unit = unit;
    this.random = seededRandom(seed * 1000 + unit);
    this.lut = lut;
  }

  private pick<T>(items: readonly T[]): T {
    return items[this.random.integer(0, items.length - 1)];
  }

  private line(text: string): void {
    this.lines.push('  '.repeat(this.depth) + text);
  }

  private inBlock(body: () => void): void {
    this.depth += 1;
    this.scopes.push([]);
    this.records.push([]);
    this.bigs.push([]);
    body();
    this.scopes.pop();
    this.records.pop();
    this.bigs.pop();
    this.depth -= 1;
  }

  private define(variable: Variable): void {
    this.scopes[this.scopes.length - 1].push(variable);
  }

  private fresh(prefix: string): string {
    this.named += 1;
    return `${prefix}${this.named}`;
  }

  private integers(): Variable[] {
    return this.scopes.flat().filter((one) => one.lanes === undefined);
  }

  private vectors(): Variable[] {
    return this.scopes.flat().filter((one) => one.lanes !== undefined);
  }

  /** Text and width of an integer expression that fits 32 bits. */
  private value(depth: number): { text: string; width: number; signed: boolean } {
    const { random } = this;
    if (depth === 0 || random.chance(0.2)) {
      const known = this.integers();
      if (known.length > 0 && random.chance(0.8)) {
        const { name: text, width, signed } = this.pick(known);
        return { text, width, signed };
      }
      const width = random.integer(1, 8);
      return { text: `u${width}(${random.integer(0, 2 ** width - 1)})`, width, signed: false };
    }
    const a = this.value(depth - 1);
    const b = this.value(depth - 1);
    const width = random.integer(1, 32);
    const signed = random.chance(0.4);
    const type = `${signed ? 'i' : 'u'}${width}`;
    const vectors = this.vectors();
    const text = ((): string => {
      switch (random.integer(0, 14)) {
        case 12:
          if (this.helpers.length > 0) {
            return `${type}(${this.pick(this.helpers)}(u32(${a.text}), i16(${b.text})))`;
          }
          return `${type}(${a.text} ^ ${b.text})`;
        case 13: {
          const bigs = this.bigs.flat();
          if (bigs.length === 0) return `${type}(${a.text} | ${b.text})`;
          const by = random.integer(0, 40);
          return `${type}(${this.pick(bigs).name} >> ${by}n)`;
        }
        case 0:
        case 1:
          return `${type}(${a.text} + ${b.text})`;
        case 2:
          return `${type}(${a.text} - ${b.text})`;
        case 3:
          return `${type}(${a.text} ${this.pick(['&', '|', '^'])} ${b.text})`;
        case 4:
          return a.width + b.width <= 50
            ? `${type}(${a.text} * ${b.text})`
            : `${type}(u16(${a.text}) * i12(${b.text}))`;
        case 5:
          return `${type}(${this.condition(depth - 1)} ? ${a.text} : ${b.text})`;
        case 6:
          return `${type}(shiftRight(${a.text}, u3(${b.text})))`;
        case 7:
          return `${type}.saturate(${a.text} - ${b.text})`;
        case 8:
          return `${type}(Math.${this.pick(['min', 'max'])}(${a.text}, ${b.text}))`;
        case 9:
          if (vectors.length > 0) {
            const vector = this.pick(vectors);
            return `${type}(${vector.name}[u${Math.log2(vector.lanes ?? 2)}(${b.text})])`;
          }
          return `${type}(${a.text} ^ ${b.text})`;
        case 10:
          if (vectors.length > 0) return `${type}(sum(${this.pick(vectors).name}))`;
          return `${type}(${a.text} + 1)`;
        default:
          return `${type}(noise[u4(${a.text})] + ${b.text})`;
      }
    })();
    return { text, width, signed };
  }

  private condition(depth: number): string {
    const { random } = this;
    if (depth > 0 && random.chance(0.2)) {
      const op = this.pick(['&&', '||']);
      return `(${this.condition(depth - 1)} ${op} ${this.condition(depth - 1)})`;
    }
    const a = this.value(Math.min(depth, 1));
    const b = this.value(0);
    switch (random.integer(0, 5)) {
      case 0:
        return `(${a.text} & 1) === 0`;
      case 1:
        return `u2(${a.text}) !== ${random.integer(0, 3)}`;
      case 2:
        return `!(${a.text} < ${b.text})`;
      case 3:
        return `${a.text} - ${b.text} ${this.pick(['===', '!=='])} 0`;
      default:
        return `${a.text} ${this.pick(['<', '>', '<=', '>='])} ${b.text}`;
    }
  }

  private declare(): void {
    const { random } = this;
    if (random.chance(0.25)) {
      const width = random.integer(1, 9);
      const lanes = this.pick([2, 4, 8]);
      const signed = random.chance(0.5);
      const name = this.fresh('w');
      const type = `${signed ? 'i' : 'u'}${width}`;
      this.line(`let ${name} = vec(${type}, ${lanes}, (l) => ${this.value(1).text} + l);`);
      this.define({ name, width, signed, lanes, mutable: true });
      return;
    }
    const width = this.pick([1, 3, 7, 8, 16, 21, 32]);
    const signed = random.chance(0.4);
    const name = this.fresh('x');
    const type = `${signed ? 'i' : 'u'}${width}`;
    const first = random.chance(0.5)
      ? `${random.integer(0, 2 ** Math.min(width - 1, 8))}`
      : this.value(1).text;
    this.line(`let ${name} = ${type}(${first});`);
    this.define({ name, width, signed, mutable: true });
  }

  private assign(): void {
    const targets = this.scopes.flat().filter((one) => one.mutable);
    if (targets.length === 0) {
      this.declare();
      return;
    }
    const { name, width, signed, lanes } = this.pick(targets);
    const type = `${signed ? 'i' : 'u'}${width}`;
    if (lanes !== undefined) {
      if (this.random.chance(0.4)) {
        const at = `u${Math.log2(lanes)}(${this.value(1).text})`;
        this.line(`${name} = ${name}.with(${at}, ${type}(${this.value(1).text}));`);
      } else {
        const { text } = this.value(1);
        this.line(
          `${name} = vec(${type}, ${lanes}, (l) => (l === 0 ? ${text} : ${name}[l - 1] ${this.pick(['+', '^'])} ${text}));`,
        );
      }
      return;
    }
    this.line(`${name} = ${type}(${this.value(3).text});`);
  }

  /** Values of more than 53 bits, which TypeScript holds in a bigint. */
  private big(): void {
    const known = this.bigs.flat();
    if (known.length === 0 || this.random.chance(0.3)) {
      const type = this.pick(['u54', 'u60', 'i61', 'i62']);
      const name = this.fresh('g');
      this.line(`let ${name} = ${type}(${this.value(1).text});`);
      this.bigs[this.bigs.length - 1]?.push({ name, type });
      return;
    }
    const { name, type } = this.pick(known);
    const { text } = this.value(1);
    const operation = this.pick(['+', '-', '^', '&', '|']);
    const other = this.random.chance(0.5) ? `${type}(${text})` : this.pick(known).name;
    const shifted = `${type}(${name} << ${this.random.integer(0, 2)}n)`;
    this.line(
      `${name} = ${type}(${this.random.chance(0.3) ? shifted : name} ${operation} ${other});`,
    );
  }

  /** A record in a variable, assigned as a whole. */
  private record(): void {
    const known = this.records.flat();
    const field = (name: string) => {
      const [width, signed] = [this.random.integer(1, 32), this.random.chance(0.4)];
      return { name, width, signed, mutable: false };
    };
    const typed = ({ width, signed }: Variable) =>
      `${signed ? 'i' : 'u'}${width}(${this.value(2).text})`;
    if (known.length === 0 || this.random.chance(0.3)) {
      const name = this.fresh('q');
      const fields = ['a', 'b', 'c'].slice(0, this.random.integer(1, 3)).map(field);
      const texts = fields.map((one) => `${one.name}: ${typed(one)}`);
      this.line(`let ${name} = { ${texts.join(', ')} };`);
      this.records[this.records.length - 1]?.push({ name, fields });
      for (const one of fields) this.define({ ...one, name: `${name}.${one.name}` });
      return;
    }
    const { name, fields } = this.pick(known);
    const one = this.pick(fields);
    this.line(`${name} = { ...${name}, ${one.name}: ${typed(one)} };`);
  }

  /** break or continue, where that is safe. */
  private jump(): void {
    const words = (['break', 'continue'] as const).filter((one) => this.jumps[one]);
    if (words.length === 0) {
      this.assign();
      return;
    }
    if (this.random.chance(0.5)) {
      this.line(`if (${this.condition(1)}) ${this.pick(words)};`);
      return;
    }
    this.line(`if (${this.condition(1)}) {`);
    this.inBlock(() => {
      this.assign();
      this.line(`if (${this.condition(1)}) ${this.pick(words)};`);
      if (this.random.chance(0.5)) this.assign();
    });
    this.line('}');
  }

  private within(jumps: { readonly break: boolean; readonly continue: boolean }, body: () => void) {
    const before = this.jumps;
    this.jumps = jumps;
    body();
    this.jumps = before;
  }

  /** A function with returns in branches and loops. */
  private helper(): void {
    const name = `helper${this.unit}_${this.top.length}`;
    const { random } = this;
    const value = () =>
      this.pick(['x', 'y', 'u8(x)', 'i16(y * 3)', 'u32(x >>> 4)', `${random.integer(0, 99)}`]);
    // Equality of two types is an error of TypeScript; of their difference it is not.
    const condition = () => `${value()} - ${value()} ${this.pick(['<', '>', '===', '!=='])} 0`;
    const lines = [`function ${name}(x: u32, y: i16): number {`];
    const loops = random.chance(0.5);
    if (loops) {
      lines.push('  let left = u8(x);', `  for (let k = 0; k < ${random.integer(2, 5)}; k++) {`);
      lines.push(`    if (left < ${random.integer(1, 60)}) return u32(left + k);`);
      if (random.chance(0.5)) lines.push('    if ((left & 1) === 1) continue;');
      lines.push('    left = u8(left - 3);', '  }');
    }
    lines.push(`  if (${condition()}) return ${value()};`);
    lines.push(`  if (${condition()}) {`, `    if (${condition()}) return ${value()};`);
    lines.push(random.chance(0.5) ? '  }' : `  } else return ${value()};`);
    lines.push(`  return ${value()};`, '}');
    this.top.push(lines.join('\n'));
    (loops ? this.looping : this.helpers).push(name);
  }

  private named_(): void {
    const name = this.fresh('c');
    const plain = this.value(2);
    const { width, signed } = plain;
    const called = this.looping.length > 0 && this.random.chance(0.5);
    const text = called
      ? `${signed ? 'i' : 'u'}${width}(${this.pick(this.looping)}(u32(${plain.text}), i16(knob)))`
      : plain.text;
    this.line(`const ${name} = ${text};`);
    this.define({ name, width, signed, mutable: false });
  }

  private read(): void {
    const name = this.fresh('r');
    this.line(`const ${name} = from.read();`);
    if (this.side) {
      const extra = this.fresh('e');
      this.line(`const ${extra} = side.read();`);
      this.define({ name: `${extra}.low`, width: 8, signed: false, mutable: false });
      this.define({ name: `${extra}.odd`, width: 1, signed: false, mutable: false });
    }
    this.define({ name, width: 32, signed: false, mutable: false });
    const targets = this.integers().filter((one) => one.mutable);
    if (targets.length > 0 && this.random.chance(0.7)) {
      const target = this.pick(targets);
      const type = `${target.signed ? 'i' : 'u'}${target.width}`;
      this.line(`${target.name} = ${type}(${name} ${this.pick(['+', '-', '^'])} ${target.name});`);
    }
  }

  private write(): void {
    this.line(`to.write(u32(${this.value(3).text}));`);
  }

  private lookUp(): void {
    const name = this.fresh('m');
    this.line(`lut.request(u3(${this.value(1).text}), 1);`);
    if (this.random.chance(0.3)) this.statement(0);
    this.line(`const ${name} = lut.receive()[u4(${this.value(1).text})];`);
    this.define({ name, width: 32, signed: false, mutable: false });
  }

  /** One statement without reads or writes. */
  private statement(depth: number): void {
    const { random } = this;
    if (random.chance(0.3)) {
      this.pick([() => this.big(), () => this.record(), () => this.jump()])();
      return;
    }
    const kind = random.integer(0, depth > 0 ? 9 : 5);
    if (kind <= 3) this.assign();
    else if (kind === 4) this.named_();
    else if (kind === 5) this.declare();
    else if (kind === 6 && this.lut) this.lookUp();
    else if (kind <= 8) this.branch(0, 0, depth - 1);
    else this.loop(0, 0, depth - 1);
  }

  private branch(reads: number, writes: number, depth: number): void {
    if (this.random.chance(0.25)) {
      this.choice(reads, writes, depth);
      return;
    }
    this.line(`if (${this.condition(2)}) {`);
    this.inBlock(() => this.block(reads, writes, depth));
    if (reads > 0 || writes > 0 || this.random.chance(0.5)) {
      this.line('} else {');
      this.inBlock(() => this.block(reads, writes, depth));
    }
    this.line('}');
  }

  private choice(reads: number, writes: number, depth: number): void {
    this.line(`switch (u2(${this.value(2).text})) {`);
    const body = () =>
      this.within({ ...this.jumps, break: false }, () => this.block(reads, writes, depth));
    for (const labels of this.pick([
      ['case 0:', 'case 1: case 3:'],
      ['case 2:'],
      ['case 1: case 0: case 2:'],
    ])) {
      this.line(`${labels} {`);
      this.inBlock(() => {
        body();
        this.line('break;');
      });
      this.line('}');
    }
    if (reads > 0 || writes > 0 || this.random.chance(0.5)) {
      this.line('default: {');
      this.inBlock(body);
      this.line('}');
    }
    this.line('}');
  }

  /** A loop that makes `reads` and `writes` in all; its own trip count must divide both. */
  private loop(reads: number, writes: number, depth: number): void {
    const { random } = this;
    this.loops += 1;
    const divides = (k: number) => reads % k === 0 && writes % k === 0;
    const trips = this.pick([1, 2, 3, 4].filter(divides));
    const kind = random.integer(0, 4);
    const counter = this.fresh('k');
    const pragma = random.chance(0.6) ? `pipeline(${this.pick(['', '2', '1'])});` : undefined;
    const free = reads === 0 && writes === 0;
    const body = (counts = true) => {
      if (counts && random.chance(0.3)) this.line(`unroll(${random.integer(1, 4)});`);
      if (pragma !== undefined) this.line(pragma);
      this.within({ break: free, continue: free && counts }, () =>
        this.block(reads / trips, writes / trips, depth),
      );
    };
    if (kind === 0 && reads === 0 && writes === 0) {
      // As often as the data says, at most 7 times.
      const fuel = this.fresh('fuel');
      this.line(`let ${fuel} = u3(${random.integer(1, 7)});`);
      this.line(`while (${fuel} !== 0 && ${this.condition(1)}) {`);
      this.inBlock(() => {
        body(false);
        this.line(`${fuel} = u3(${fuel} - 1);`);
      });
    } else if (kind === 1 && reads === 0 && writes === 0) {
      const bound = `u2(${this.value(1).text})`;
      const fixed = this.fresh('n');
      this.line(`const ${fixed} = ${bound};`);
      this.line(`for (let ${counter} = 0; ${counter} < ${fixed}; ${counter}++) {`);
      this.inBlock(() => {
        this.define({ name: counter, width: 2, signed: false, mutable: false });
        body();
      });
    } else if (kind === 2) {
      this.line(`let ${counter} = u3(${trips});`);
      this.line(`while (${counter} !== 0) {`);
      this.inBlock(() => {
        body(false);
        this.line(`${counter} = u3(${counter} - 1);`);
      });
    } else if (kind === 3 && trips > 1) {
      this.line(`for (let ${counter} = 0; ${counter} < ${trips}; ${counter}++) {`);
      this.inBlock(() => {
        this.line('unroll();');
        this.within({ break: free, continue: free }, () =>
          this.block(reads / trips, writes / trips, depth),
        );
      });
    } else {
      this.line(`for (let ${counter} = 0; ${counter} < ${trips}; ${counter}++) {`);
      this.inBlock(() => {
        this.define({ name: counter, width: 3, signed: false, mutable: false });
        body();
      });
    }
    this.line('}');
  }

  /** Statements that make exactly `reads` reads and `writes` writes, whatever way they go. */
  private block(reads: number, writes: number, depth: number): void {
    const { random } = this;
    let [r, w] = [reads, writes];
    for (let extra = random.integer(0, 2); r > 0 || w > 0 || extra > 0; ) {
      if (extra > 0 && random.chance(0.4)) {
        extra -= 1;
        this.statement(depth);
        continue;
      }
      if (r === 0 && w === 0) break;
      const [partR, partW] = [random.integer(0, r), random.integer(0, w)];
      if (depth > 0 && partR + partW > 0 && random.chance(0.5)) {
        if (random.chance(0.5)) this.branch(partR, partW, depth - 1);
        else this.loop(partR, partW, depth - 1);
        r -= partR;
        w -= partW;
      } else if (r > 0 && (w === 0 || random.chance(0.6))) {
        this.read();
        r -= 1;
      } else if (w > 0) {
        this.write();
        w -= 1;
      }
    }
  }

  /** Reads and writes wherever they may fall, guarded by what is left; the rest follows at the end. */
  private guarded(): void {
    this.line('let left = u16(count);');
    this.line('let room = u16(count);');
    for (let n = this.random.integer(1, 3); n > 0; n--) this.declare();
    this.line('for (let turn = 0; turn < count; turn++) {');
    this.inBlock(() => {
      if (this.random.chance(0.6)) this.line(`pipeline(${this.pick(['', '2'])});`);
      this.within({ break: true, continue: true }, () => this.guardedBlock(2));
    });
    this.line('}');
    this.line('while (left !== 0) {');
    this.line('  const rest = from.read();');
    if (this.side) this.line('  side.read();');
    const integers = this.integers().filter((one) => one.mutable);
    if (integers.length > 0) {
      const { name, width, signed } = this.pick(integers);
      this.line(`  ${name} = ${signed ? 'i' : 'u'}${width}(${name} + rest);`);
    }
    this.line('  left = u16(left - 1);');
    this.line('}');
    this.line('while (room !== 0) {');
    this.line('  pipeline();');
    this.line(`  to.write(u32(room + ${this.value(0).text}));`);
    this.line('  room = u16(room - 1);');
    this.line('}');
  }

  private guardedBlock(depth: number): void {
    for (let n = this.random.integer(1, 4); n > 0; n--) {
      const kind = this.random.integer(0, 5);
      if (kind <= 1) {
        this.line('if (left !== 0) {');
        this.inBlock(() => {
          this.read();
          // Before what may leave the loop.
          this.line('left = u16(left - 1);');
          if (this.random.chance(0.5)) this.statement(depth - 1);
        });
        this.line('}');
      } else if (kind <= 3) {
        this.line(`if (room !== 0 && ${this.condition(1)}) {`);
        this.inBlock(() => {
          this.write();
          this.line('room = u16(room - 1);');
        });
        this.line('}');
      } else if (depth > 0 && kind === 4) {
        this.line(`if (${this.condition(1)}) {`);
        this.inBlock(() => this.guardedBlock(depth - 1));
        this.line('}');
      } else this.statement(depth);
    }
  }

  write_(): string {
    const lut = this.lut ? ', lut: ReadPort<u32>' : '';
    const side = this.side ? ', side: Stream<Side>' : '';
    const head = `function unit${this.unit}(count: u16, knob: u8, from: Stream<u32>, to: Stream<u32>${lut}${side}): void {`;
    this.records.push([]);
    this.bigs.push([]);
    for (let n = this.random.integer(0, 2); n > 0; n--) this.helper();
    this.define({ name: 'knob', width: 8, signed: false, mutable: false });
    this.line('const noise = table(u7, 16, (at) => (at * 37) % 128);');
    if (this.lut) this.lookUp();
    if (this.random.chance(0.4)) this.guarded();
    else {
      for (let n = this.random.integer(0, 3); n > 0; n--) this.declare();
      const group = this.pick([1, 2, 4]);
      this.line(`for (let turn = 0; turn < shiftRight(count, ${Math.log2(group)}); turn++) {`);
      this.inBlock(() => {
        if (this.random.chance(0.7)) this.line(`pipeline(${this.pick(['', '', '3'])});`);
        this.block(group, group, this.random.integer(0, 3));
      });
      this.line('}');
    }
    return `${[...this.top, head].join('\n\n')}\n${this.lines.join('\n')}\n}\n`;
  }
}

/** A kernel of the given random processes, one behind the other: 16 elements a beat go in and come out. */
export function controlKernel(
  units: readonly { readonly unit: number; readonly seed: number }[],
): string {
  const texts = units.map(({ unit, seed }, at) =>
    new UnitWriter(unit, seed, at === 0, at === 1).write_(),
  );
  // Where no process takes it, the side stream has nobody to read it.
  const sided = units.length > 1;
  const flow = units.map(
    ({ unit }, at) =>
      `    unit${unit}(count, knob, s${at}, s${at + 1}${at === 0 ? ', lut' : at === 1 ? ', side' : ''});`,
  );
  const streams = Array.from(
    { length: units.length + 1 },
    (_, at) => `    const s${at} = stream(u32);`,
  );
  return `import * as language from 'tilewright/language';
${texts.join('\n')}`
    .replace("import * as language from 'tilewright/language';", imports(texts.join('\n')))
    .concat(`
function ask(beats: u12, input: ReadPort<u32>): void {
  for (let beat = 0; beat < beats; beat++) input.request(beat, 1);
}

type Side = { readonly low: u8; readonly odd: u1 };

function unpack(beats: u12, input: ReadPort<u32>, to: Stream<u32>, side: Stream<Side>): void {
  for (let beat = 0; beat < beats; beat++) {
    const v = input.receive();
    for (let lane = 0; lane < 16; lane++) {
      pipeline();
      const word = v[u4(lane)];
      to.write(word);
      side.write({ low: u8(word), odd: u1(word >>> 7) });
    }
  }
}

function pack(beats: u12, from: Stream<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    let row = vec(u32, 16, () => 0);
    for (let lane = 0; lane < 16; lane++) {
      pipeline();
      row = row.with(u4(lane), from.read());
    }
    output.request(beat, 1);
    output.send(row);
  }
}

function confirm(beats: u12, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) output.response();
}

export default kernel({
  name: 'random_control',
  summary: 'random processes one behind the other',
  parameters: {},
  arguments: () => ({
    input: readMemory(u32),
    lut: readMemory(u32),
    output: writeMemory(u32),
    count: scalar(u16),
    beats: scalar(u12),
    knob: scalar(u8),
  }),
  dataflow(_p, { input, lut, output, count, beats, knob }) {
${streams.join('\n')}
    const side = stream({ low: u8, odd: u1 }, { depth: 256 });
    ask(beats, input);
    unpack(beats, input, s0, side);
    touch(lut, knob);
${flow.join('\n')}
    pack(beats, s${units.length}, output);
    confirm(beats, output);
  },
  workload(_p, random, size) {
    const word = () => (random.chance(0.3) ? random.integer(0, 5) : random.integer(0, 0xffffffff));
    const input = Uint32Array.from({ length: size * 16 }, word);
    const lut = Uint32Array.from({ length: 128 }, word);
    return { input, lut, output: size * 16, count: size * 16, beats: size, knob: random.integer(0, 255) };
  },
});
`)
    .replace('    touch(lut, knob);\n', '')
    .replaceAll(
      sided ? '\0' : /.*\bside\.write.*\n|.*const side = .*\n|, side(: Stream<Side>)?(?=\))/g,
      '',
    );
}

function imports(text: string): string {
  const types = new Set(['u1', 'u3', 'u4', 'u7', 'u8', 'u12', 'u16', 'u32']);
  for (const [type] of text.matchAll(/\b[ui]\d+\b/g)) types.add(type);
  const names = [
    ...types,
    'kernel',
    'pipeline',
    'type ReadPort',
    'readMemory',
    'scalar',
    'shiftRight',
  ];
  names.push(
    'type Stream',
    'stream',
    'sum',
    'table',
    'unroll',
    'vec',
    'type WritePort',
    'writeMemory',
  );
  return `import {\n${names.map((name) => `  ${name},\n`).join('')}} from 'tilewright/language';\n`;
}
