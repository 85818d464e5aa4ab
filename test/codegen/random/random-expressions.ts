import { seededRandom } from '../../../codegen/index.ts';
import type { Random } from '../../../codegen/language/random.ts';

/**
 * Random expressions of the kernel language, as the body of one process: a row of random operands is
 * read, everything is computed, and every result is written. The text is not always legal: what the
 * front end refuses (with a TW2… diagnostic) the caller takes out.
 */
interface Operand {
  readonly name: string;
  readonly width: number;
  readonly signed: boolean;
}

interface Vector extends Operand {
  readonly lanes: number;
}

const binary = ['+', '-', '*', '&', '|', '^'] as const;

class ExpressionWriter {
  private readonly random: Random;
  private readonly operands: Operand[] = [];
  private readonly vectors: Vector[] = [];

  constructor(random: Random) {
    this.random = random;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.random.integer(0, items.length - 1)];
  }

  type(most = 53): string {
    const width = this.random.chance(0.3)
      ? this.pick([1, 2, 31, 32, 33, 52, 53].filter((one) => one <= most))
      : this.random.integer(1, most);
    return `${this.random.chance(0.5) ? 'i' : 'u'}${width}`;
  }

  define(operand: Operand): void {
    this.operands.push(operand);
  }

  defineVector(vector: Vector): void {
    this.vectors.push(vector);
  }

  /** An operand whose bit operators and products JavaScript holds exactly more often than not. */
  leaf(): string {
    const { random } = this;
    if (random.chance(0.2)) {
      const value = random.chance(0.5) ? random.integer(0, 7) : random.integer(0, 0xffffffff);
      return random.chance(0.3) ? `(-${value})` : `${value}`;
    }
    const { name, width } = this.pick(this.operands);
    return width > 32 && random.chance(0.5) ? `${this.type(32)}(${name})` : name;
  }

  /** The amount of a shift: a few bits, known or not. */
  amount(): string {
    return this.random.chance(0.4)
      ? `${this.random.integer(0, 31)}`
      : `u${this.random.integer(1, 5)}(${this.leaf()})`;
  }

  condition(depth: number): string {
    switch (this.random.integer(0, 5)) {
      case 0:
        return `!(${this.condition(Math.max(0, depth - 1))})`;
      case 1:
        if (depth > 0) {
          return `(${this.condition(depth - 1)} ${this.pick(['&&', '||'])} ${this.condition(depth - 1)})`;
        }
        return `${this.leaf()} < 3`;
      case 2:
        return `(${this.value(depth)}) - (${this.value(0)}) ${this.pick(['===', '!=='])} 0`;
      default:
        return `(${this.value(depth)}) ${this.pick(['<', '<=', '>', '>='])} (${this.value(0)})`;
    }
  }

  value(depth: number): string {
    const { random } = this;
    if (depth <= 0) return this.leaf();
    const next = () => this.value(depth - random.integer(1, 2));
    const short = () => `${this.type(32)}(${next()})`;
    switch (random.integer(0, 19)) {
      case 0:
      case 1:
      case 2:
        return `(${next()} ${this.pick(binary)} ${next()})`;
      case 3:
        return `(${short()} ${this.pick(['&', '|', '^'])} ${short()})`;
      case 4:
        return `(${this.type(26)}(${next()}) * ${this.type(26)}(${next()}))`;
      case 5:
        return `(${short()} ${this.pick(['<<', '>>', '>>>'])} ${this.amount()})`;
      case 6:
        return `(${random.chance(0.5) ? '-' : '~'}${short()})`;
      case 7:
        return `(${this.condition(depth - 1)} ? ${next()} : ${next()})`;
      case 8:
        return `Math.${this.pick(['min', 'max'])}(${next()}, ${next()})`;
      case 9:
        return `Math.abs(${next()})`;
      case 10:
      case 11:
        return `${this.type()}(${next()})`;
      case 12:
        return `${this.type()}.saturate(${next()})`;
      case 13:
        return `shiftRight(${next()}, ${this.amount()})`;
      case 14:
        return `shiftLeft(${this.type(20)}(${next()}), ${this.amount()})`;
      case 15:
        return `mulLow(${next()}, ${next()}, ${random.integer(1, 53)})`;
      case 16:
        return `mulHigh(${short()}, ${short()}, ${random.integer(12, 63)})`;
      case 17: {
        const { name, lanes } = this.pick(this.vectors);
        if (random.chance(0.3)) return `sum(${name})`;
        return `${name}[${random.chance(0.5) ? random.integer(0, lanes - 1) : `u${Math.log2(lanes)}(${next()})`}]`;
      }
      case 18:
        return `${this.pick(['odd', 'wide', 'bit'])}[u4(${next()})]`;
      default:
        return `(${next()} ${this.pick(['&&', '||'])} ${next()})`;
    }
  }

  /** One lane's value; l is the lane. */
  laneValue(lanes: number): string {
    const { random } = this;
    const lane = (): string => {
      const same = this.vectors.filter((one) => one.lanes === lanes);
      if (same.length > 0 && random.chance(0.7)) {
        const { name } = this.pick(same);
        const index = random.integer(0, 5);
        if (index <= 2) return `${name}[l]`;
        if (index === 3) return `${name}[${lanes - 1} - l]`;
        if (index === 4) return `${name}[l >> 1]`;
        return `${name}[${random.integer(0, lanes - 1)}]`;
      }
      return random.chance(0.5) ? this.leaf() : '(l + 1)';
    };
    switch (random.integer(0, 8)) {
      case 0:
      case 1:
        return `(${lane()} ${this.pick(binary)} ${lane()})`;
      case 2:
        return `(${this.type(32)}(${lane()}) ${this.pick(['>>', '>>>', '<<'])} ${this.amount()})`;
      case 3:
        return `(${lane()} ${this.pick(['<', '>', '<=', '>='])} ${lane()} ? ${lane()} : ${lane()})`;
      case 4:
        return `(l < ${random.integer(0, lanes)} ? ${lane()} : ${lane()})`;
      case 5:
        return `${this.type()}.saturate(${lane()} - ${lane()})`;
      case 6:
        return `shiftRight(${lane()}, ${this.amount()})`;
      case 7:
        return `${this.type(32)}(${lane()} + ${this.type(16)}(${lane()}) * ${this.type(8)}(${lane()}))`;
      default:
        return `Math.${this.pick(['min', 'max'])}(${lane()}, ${lane()})`;
    }
  }

  vectorExpression(): { text: string; vector: Omit<Vector, 'name'> } {
    const lanes = this.pick([2, 4, 8]);
    const type = this.type(this.random.chance(0.8) ? 32 : 53);
    const vector = { width: Number(type.slice(1)), signed: type.startsWith('i'), lanes };
    const same = this.vectors.filter((one) => one.lanes === lanes);
    if (same.length > 0 && this.random.chance(0.2)) {
      const base = this.pick(same);
      const own = `${base.signed ? 'i' : 'u'}${base.width}`;
      const at = this.random.chance(0.4)
        ? `${this.random.integer(0, lanes - 1)}`
        : `u${Math.log2(lanes)}(${this.leaf()})`;
      return {
        text: `${base.name}.with(${at}, ${own}(${this.value(1)}))`,
        vector: { width: base.width, signed: base.signed, lanes },
      };
    }
    return { text: `vec(${type}, ${lanes}, (l) => ${this.laneValue(lanes)})`, vector };
  }
}

/** One result: its statement, and what is written of it. */
export interface Statement {
  readonly id: number;
  readonly text: string;
  /** Numbers, each at most 53 bits wide. */
  readonly results: readonly string[];
}

/** `count` random statements over the operands that `expressionKernel` declares. */
export function randomStatements(seed: number, count: number): Statement[] {
  const random = seededRandom(seed);
  const writer = new ExpressionWriter(random);
  for (const operand of operands(seed)) writer.define(operand);
  for (const vector of vectorOperands(seed)) writer.defineVector(vector);
  return Array.from({ length: count }, (_, id) => {
    const kind = random.integer(0, 9);
    if (kind <= 5) {
      const type = writer.type();
      const op = random.chance(0.2) ? '.saturate' : '';
      return { id, text: `const e${id} = ${type}${op}(${writer.value(4)});`, results: [`e${id}`] };
    }
    if (kind === 6) {
      return { id, text: `const e${id} = u1(${writer.condition(2)});`, results: [`e${id}`] };
    }
    const { text, vector } = writer.vectorExpression();
    const lanes = Array.from({ length: vector.lanes }, (_, lane) => `e${id}[${lane}]`);
    const folded = `any(vec(u1, ${vector.lanes}, (l) => e${id}[l] > 3)), all(e${id})`;
    return {
      id,
      text: `const e${id} = ${text};`,
      results: [...lanes, ...folded.split(/, (?=all)/)],
    };
  });
}

/** Names that the kernel declares, of random widths. */
function operands(seed: number): Operand[] {
  const random = seededRandom(seed + 77);
  return Array.from({ length: 10 }, (_, at) => {
    const width = at < 4 ? [1, 8, 32, 53][at] : random.integer(1, 53);
    return { name: `x${at}`, width, signed: random.chance(0.5) };
  });
}

function vectorOperands(seed: number): Vector[] {
  const random = seededRandom(seed + 99);
  return [2, 4, 8, 4, 8, 2].map((lanes, at) => {
    const width = at < 3 ? random.integer(1, 16) : random.integer(1, 32);
    return { name: `v${at}`, width, signed: random.chance(0.5), lanes };
  });
}

/**
 * A kernel of these statements. Operands come from one beat of random words; results go out as pairs of
 * 32-bit words over a stream, one a cycle.
 */
export function expressionKernel(seed: number, statements: readonly Statement[]): string {
  const declared = operands(seed).map(({ name, width, signed }, at) => {
    const type = `${signed ? 'i' : 'u'}${width}`;
    return width > 32
      ? `    const ${name} = ${type}(mulLow(row[${at}], row[${at + 2}], 53));`
      : `    const ${name} = ${type}(row[${at}]);`;
  });
  const vectors = vectorOperands(seed).map(({ name, width, signed, lanes }, at) => {
    const type = `${signed ? 'i' : 'u'}${width}`;
    const index = lanes === 8 ? `l + ${at}` : `l * 3 + ${at}`;
    return `    const ${name} = vec(${type}, ${lanes}, (l) => row[${index}]);`;
  });
  const results = statements.flatMap((one) => one.results);
  const beats = Math.max(1, Math.ceil((results.length * 2) / 16));
  const outputs: string[] = [];
  for (let beat = 0; beat < beats; beat++) {
    const words = Array.from({ length: 8 }, (_, at) => results[beat * 8 + at] ?? '0');
    const lanes = words.flatMap((one) => [
      `u32(${numeric(one)})`,
      `u32(shiftRight(${numeric(one)}, 32))`,
    ]);
    outputs.push(
      `    const out${beat} = { ${lanes.map((text, at) => `w${at}: ${text}`).join(', ')} };`,
    );
    const chosen = lanes.reduceRight(
      (rest, _, at) => (at === 15 ? `out${beat}.w15` : `l === ${at} ? out${beat}.w${at} : ${rest}`),
      '',
    );
    outputs.push(`    output.send(vec(u32, 16, (l) => ${chosen}));`);
  }
  const body = [...declared, ...vectors, ...statements.map((one) => `    ${one.text}`)].join('\n');
  return `${imports()}
function ask(rows: u16, input: ReadPort<u32>): void {
  for (let row = 0; row < rows; row++) input.request(row, 1);
}

function announce(rows: u16, output: WritePort<u32>): void {
  for (let row = 0; row < rows; row++) output.request(row * ${beats}, ${beats});
}

function compute(rows: u16, input: ReadPort<u32>, output: WritePort<u32>): void {
  const odd = table(i9, 16, (at) => at * 29 - 250);
  const wide = table(u53, 16, (at) => 2 ** 53 - 1 - at * 12345678901);
  const bit = table(u1, 16, (at) => (at % 3 === 0 ? 1 : 0));
  for (let n = 0; n < rows; n++) {
    const row = input.receive();
${body}
${outputs.join('\n')}
  }
}

function confirm(rows: u16, output: WritePort<u32>): void {
  for (let row = 0; row < rows; row++) output.response();
}

export default kernel({
  name: 'random_expressions',
  summary: 'random expressions of random operands',
  parameters: {},
  arguments: () => ({ input: readMemory(u32), output: writeMemory(u32), rows: scalar(u16) }),
  dataflow(_p, { input, output, rows }) {
    ask(rows, input);
    announce(rows, output);
    compute(rows, input, output);
    confirm(rows, output);
  },
  workload(_p, random, size) {
    const corners = [0, 1, 0xffffffff, 0x80000000, 0x7fffffff, 0x55555555];
    const input = Uint32Array.from({ length: size * 16 }, (_, at) =>
      random.chance(0.3)
        ? corners[random.integer(0, 5)]
        : at % 3 === 0
          ? random.integer(0, 20)
          : random.integer(0, 0xffffffff),
    );
    return { input, output: size * ${beats * 16}, rows: size };
  },
});
`;
}

/** any() and all() are booleans. */
function numeric(text: string): string {
  return /^(any|all)\(/.test(text) ? `u1(${text})` : text;
}

function imports(): string {
  const types = Array.from({ length: 53 }, (_, at) => [`u${at + 1}`, `i${at + 1}`]).flat();
  const names = [
    ...types,
    'all',
    'any',
    'kernel',
    'mulHigh',
    'mulLow',
    'type ReadPort',
    'readMemory',
  ];
  names.push(
    'scalar',
    'shiftLeft',
    'shiftRight',
    'sum',
    'table',
    'vec',
    'type WritePort',
    'writeMemory',
  );
  return `import {\n${names.map((name) => `  ${name},\n`).join('')}} from 'tilewright/language';\n`;
}
