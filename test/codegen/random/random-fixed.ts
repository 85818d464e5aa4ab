import { seededRandom } from '../../../codegen/index.ts';
import type { Random } from '../../../codegen/language/random.ts';

/**
 * Random expressions of fixed point, as the body of one process: operands of many widths and modes come
 * from two memories through a stream of records, and the raw value of every result is written. The text
 * is not always legal: what the front end refuses the caller takes out.
 */
interface Shape {
  readonly name: string;
  readonly sign: 'i' | 'u';
  readonly width: number;
  readonly fraction: number;
  readonly modes: string;
}

const roundings = ['floor', 'zero', 'half-up', 'half-even'] as const;
const overflows = ['wrap', 'saturate'] as const;

/** One statement a line, the last of them writes lane `lane` of the row. */
export type FixedStatement = string;

class FixedWriter {
  readonly random: Random;
  readonly small: Shape[] = [];
  readonly big: Shape[] = [];
  private readonly values: string[] = ['v[3]', 'u8(v[4])', 'i12(v[5])'];

  constructor(random: Random) {
    this.random = random;
    // All eight pairs of modes, on widths up to 53 and on those past it.
    for (const [at, rounding] of roundings.entries()) {
      for (const [other, overflow] of overflows.entries()) {
        const modes = `'${rounding}', '${overflow}'`;
        const sign = random.chance(0.7) ? 'i' : 'u';
        const width = random.chance(0.2) ? 53 : random.integer(2, 36);
        const fraction = random.integer(-3, Math.min(40, width + 4));
        const name = `q${at * 2 + other}`;
        this.small.push({ name, sign, width, fraction, modes });
        this.big.push({
          name: `p${at * 2 + other}`,
          sign: random.chance(0.7) ? 'i' : 'u',
          width: this.pick([54, 56, 60, 62, 63, 64]),
          fraction: this.pick([1, 8, 31, 32, 33, 52, 63, 64, 0, -2]),
          modes,
        });
      }
    }
    for (const { name } of this.small) this.values.push(`${name}v`, `w${name}[l]`);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.random.integer(0, items.length - 1)];
  }

  /** A type of up to 20 bits keeps products legal. */
  private narrow(text: string): string {
    const width = this.random.integer(3, 20);
    return `fixed(${width}, ${this.random.integer(0, width)}, ${this.pick(this.small).modes})(${text})`;
  }

  leaf(lane: number): string {
    const { random } = this;
    if (random.chance(0.2))
      return this.pick(['0.5', '(-0.75)', '3', '(2 ** -7)', '(-1)', '1.125', 'q0(0.1)']);
    if (random.chance(0.1)) return 'sines[u4(v[6])]';
    const value = this.pick(this.values).replace('[l]', `[${lane}]`);
    return random.chance(0.4) ? this.narrow(value) : value;
  }

  condition(lane: number, depth: number): string {
    const symbol = this.pick(['<', '<=', '>', '>=', '===', '!==']);
    return `(${this.value(lane, depth)}) - ${this.leaf(lane)} ${symbol} ${this.leaf(lane)}`;
  }

  value(lane: number, depth: number): string {
    if (depth <= 0) return this.leaf(lane);
    const next = () => this.value(lane, depth - this.random.integer(1, 2));
    switch (this.random.integer(0, 11)) {
      case 0:
      case 1:
        return `(${next()} ${this.pick(['+', '-'])} ${next()})`;
      case 2:
      case 3:
        return `(${this.narrow(next())} * ${this.narrow(next())})`;
      case 4:
        return `(${next()} * ${this.leaf(lane)})`;
      case 5:
        return `(${this.condition(lane, depth - 2)} ? ${next()} : ${next()})`;
      case 6:
        return `Math.${this.pick(['min', 'max'])}(${next()}, ${next()})`;
      case 7:
        return `Math.${this.pick(['floor', 'ceil', 'round', 'trunc', 'abs'])}(${next()})`;
      case 8:
        return `(-(${next()}))`;
      case 9:
        return `(${next()} / ${this.pick(['2', '16', '0.5'])})`;
      case 10:
        return `${this.pick(this.small).name}.product(${next()}, ${next()})`;
      default:
        return `${this.pick(this.small).name}(${next()})`;
    }
  }

  /** A value of the type, which is past 53 bits. */
  bigValue(shape: Shape, depth: number): string {
    const { name } = shape;
    const operand = () => {
      const other = this.pick(this.big);
      return other === shape ? `${name}v` : `${name}.convert(${other.name}v, ${other.name})`;
    };
    if (depth <= 0) return operand();
    const next = () => this.bigValue(shape, depth - 1);
    switch (this.random.integer(0, 6)) {
      case 0:
        return this.random.chance(0.2)
          ? `${name}(-${operand()})`
          : `${name}(${next()} ${this.pick(['+', '-'])} ${next()})`;
      case 1:
      case 2:
        return `${name}.product(${next()}, ${next()})`;
      case 3:
        return `${name}.product(${next()}, ${this.value(0, 1)})`;
      case 4:
        return `${name}(${this.value(0, 2)})`;
      case 5:
        return `(${next()} ${this.pick(['<', '>=', '==='])} ${operand()} ? ${next()} : ${operand()})`;
      default: {
        const small = this.pick(this.small).name;
        return `${name}.convert(${small}.convert(${next()}, ${name}), ${small})`;
      }
    }
  }

  statement(at: number): FixedStatement {
    const lane = at % 8;
    const put = (value: string) => `row = row.with(${lane}, ${value}); // ${at}`;
    const small = this.pick(this.small);
    switch (this.random.integer(0, 7)) {
      case 0:
        return put(
          `i64(Math.${this.pick(['floor', 'round', 'ceil', 'trunc'])}(${this.value(1, 2)}))`,
        );
      case 1:
        return put(
          `i64(${small.name}.raw(vec(${small.name}, 8, (l) => ${this.value(2, 2).replaceAll('[2]', '[l]')})[u3(v[7])]))`,
        );
      case 2: {
        if (this.random.chance(0.5)) return put(`i64(Math.floor(sum(w${small.name})))`);
        // Integers of 64 bits, whose sums have 65.
        const sum = `(${this.pick(['i64', 'u64'])}(w[${at % 8}]) ${this.pick(['+', '-'])} w[${(at + 3) % 8}])`;
        const type = this.pick(['i64', 'i63', 'u64', 'u60']);
        return put(`i64(${type}${this.pick(['', '.saturate'])}${sum})`);
      }
      case 3:
      case 4:
      case 5: {
        const big = this.pick(this.big);
        return put(`i64(${big.name}.raw(${this.bigValue(big, this.random.integer(0, 2))}))`);
      }
      default:
        return put(`i64(${small.name}.raw(${small.name}(${this.value(3, 3)})))`);
    }
  }
}

function declaration({ name, sign, width, fraction, modes }: Shape): string {
  return `const ${name} = ${sign === 'u' ? 'u' : ''}fixed(${width}, ${fraction}, ${modes});`;
}

export interface FixedProgram {
  readonly statements: readonly FixedStatement[];
  source(statements: readonly FixedStatement[]): string;
}

export function randomFixed(seed: number, count: number): FixedProgram {
  const writer = new FixedWriter(seededRandom(seed));
  const statements = Array.from({ length: count }, (_, at) => writer.statement(at));
  return { statements, source: (kept) => sourceOf(writer, kept) };
}

function sourceOf({ small, big }: FixedWriter, statements: readonly FixedStatement[]): string {
  const types = [...small, ...big];
  const raw = ({ sign, width }: Shape) => `${sign}${width}`;
  const sends = Math.ceil(statements.length / 8);
  const fields = types.map(({ name }) => `${name}v: ValueOf<typeof ${name}>`);
  const vectors = small.map(({ name }) => `w${name}: Vec<ValueOf<typeof ${name}>>`);
  const names = [...types.map(({ name }) => `${name}v`), ...small.map(({ name }) => `w${name}`)];
  const body = Array.from({ length: sends }, (_, at) =>
    [
      '    row = vec(i64, 8, () => 0n);',
      ...statements.slice(at * 8, at * 8 + 8).map((one) => `    ${one}`),
      '    output.send(row);',
    ].join('\n'),
  ).join('\n');
  const integers = [
    ...new Set([...types.map(raw), 'i63', 'i64', 'u60', 'u64', 'u3', 'u4', 'u8', 'i12', 'u32']),
  ];
  return `import {
  fixed, kernel, readMemory, type ReadPort, scalar, type Stream, stream, sum, table, ufixed,
  type ValueOf, type Vec, vec, vecOf, writeMemory, type WritePort, ${integers.join(', ')},
} from 'tilewright/language';

${types.map(declaration).join('\n')}

type Operands = { v: Vec<u32>; w: Vec<i64>; ${[...fields, ...vectors].join('; ')} };

function ask(rows: u32, input: ReadPort<u32>, wide: ReadPort<i64>, output: WritePort<i64>): void {
  for (let at = 0; at < rows; at++) {
    input.request(at, 1);
    wide.request(at, 1);
    output.request(at * ${sends}, ${sends});
  }
}

function split(rows: u32, input: ReadPort<u32>, wide: ReadPort<i64>, operands: Stream<Operands>): void {
  for (let at = 0; at < rows; at++) {
    const v = input.receive();
    const w = wide.receive();
    operands.write({
      v,
      w,
${types.map((one, at) => `      ${one.name}v: ${one.name}.fromRaw(${raw(one)}(w[${at % 8}])),`).join('\n')}
${small.map((one) => `      w${one.name}: vec(${one.name}, 8, (l) => ${one.name}.fromRaw(${raw(one)}(v[l + 8]))),`).join('\n')}
    });
  }
}

function work(rows: u32, operands: Stream<Operands>, output: WritePort<i64>): void {
  const sines = table(q5, 16, (i) => Math.sin(i) * 3);
  let row = vec(i64, 8, () => 0n);
  for (let at = 0; at < rows; at++) {
    const { v, w, ${names.join(', ')} } = operands.read();
${body}
    output.response();
  }
}

export default kernel({
  name: 'random_fixed',
  summary: 'random fixed point',
  parameters: {},
  arguments: () => ({
    rows: scalar(u32), input: readMemory(u32), wide: readMemory(i64), output: writeMemory(i64),
  }),
  dataflow(_p, { rows, input, wide, output }) {
    const operands = stream({
      v: vecOf(u32, 16),
      w: vecOf(i64, 8),
${types.map(({ name }) => `      ${name}v: ${name},`).join('\n')}
${small.map(({ name }) => `      w${name}: vecOf(${name}, 8),`).join('\n')}
    });
    ask(rows, input, wide, output);
    split(rows, input, wide, operands);
    work(rows, operands, output);
  },
  workload(_p, random, rows) {
    const word = () =>
      random.chance(0.3) ? [0, 1, 0xffffffff, 0x80000000, 0x7fffffff, 2, 3][random.integer(0, 6)]
        : random.integer(0, 0xffffffff);
    return {
      rows,
      input: Array.from({ length: rows * 16 }, word),
      wide: Array.from({ length: rows * 8 }, () =>
        BigInt.asIntN(64, (BigInt(word()) << 32n) | BigInt(word()))),
      output: rows * ${sends * 8},
    };
  },
});
`;
}
