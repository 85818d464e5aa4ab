import { seededRandom } from '../../../codegen/index.ts';
import type { Random } from '../../../codegen/language/random.ts';

/**
 * Random small processes around local arrays: every storage and partition, several accesses of one array
 * in a body, in both arms of an `if`, read-modify-write of the same element again and again, loads inside
 * `?:`. Each process turns n elements into n, and prints now and then.
 */
interface ArrayInfo {
  readonly name: string;
  readonly length: number;
  /** Lanes of an element; 1 for an integer. */
  readonly lanes: number;
  readonly width: number;
}

class ProcessWriter {
  private readonly random: Random;
  private readonly lines: string[] = [];
  private readonly arrays: ArrayInfo[] = [];
  private readonly unit: number;
  private named = 0;

  constructor(unit: number, seed: number) {
    this.unit = unit;
    this.random = seededRandom(seed * 7919 + unit);
  }

  private pick<T>(items: readonly T[]): T {
    return items[this.random.integer(0, items.length - 1)];
  }

  private line(depth: number, text: string): void {
    this.lines.push('  '.repeat(depth) + text);
  }

  private declare(): void {
    const { random } = this;
    const at = this.arrays.length;
    const name = `a${at}`;
    const lanes = random.chance(0.25) ? 2 : 1;
    const width = random.integer(1, 20);
    const registers = random.chance(0.3);
    const factor = registers || random.chance(0.5) ? 1 : this.pick([2, 4]);
    const length = registers ? random.integer(1, 9) : factor * random.integer(1, 9);
    const options = [
      ...(registers ? ["storage: 'registers'"] : random.chance(0.5) ? ["storage: 'block'"] : []),
      ...(factor > 1
        ? [`partition: { scheme: '${this.pick(['cyclic', 'block'])}', factor: ${factor} }`]
        : []),
      ...(lanes === 1 && random.chance(0.5)
        ? [`initial: (i) => (i * ${random.integer(1, 9)}) % ${2 ** width}`]
        : []),
    ];
    const type = lanes === 1 ? `u${width}` : `vecOf(u${width}, ${lanes})`;
    const tail = options.length === 0 ? '' : `, { ${options.join(', ')} }`;
    this.line(1, `const ${name} = array(${type}, ${length}${tail});`);
    this.arrays.push({ name, length, lanes, width });
  }

  /** An index inside the array, of a few bits of the input: so the same element comes again soon. */
  private index({ length }: ArrayInfo): string {
    const from = this.random.integer(0, 24);
    const bits = Math.max(1, Math.ceil(Math.log2(length)));
    const raw = `u${bits}(x >>> ${from})`;
    if (2 ** bits === length) return raw;
    return `${raw} < ${length} ? ${raw} : u${bits}(${this.random.integer(0, length - 1)})`;
  }

  private value(depth: number): string {
    const { random } = this;
    if (depth === 0) return this.pick(['x', `u${random.integer(1, 12)}(x)`, 'seen', '3']);
    const array = this.pick(this.arrays);
    const element = `${array.name}[${this.index(array)}]`;
    switch (random.integer(0, 4)) {
      case 0:
        return array.lanes === 1 ? element : `${element}[${random.integer(0, 1)}]`;
      case 1:
        return `(${this.value(depth - 1)} + ${this.value(depth - 1)})`;
      case 2:
        return `(u12(${this.value(depth - 1)}) * u9(${this.value(0)}))`;
      case 3:
        return `((x & ${2 ** random.integer(0, 9)}) !== 0 ? ${this.value(depth - 1)} : ${this.value(depth - 1)})`;
      default:
        return `(u20(${this.value(depth - 1)}) ^ u16(${this.value(0)}))`;
    }
  }

  private store(depth: number): void {
    const array = this.pick(this.arrays);
    const { name, width, lanes } = array;
    const at = this.index(array);
    if (lanes === 1) {
      const value = this.random.chance(0.5) ? `${name}[${at}] + ${this.value(1)}` : this.value(2);
      this.line(depth, `${name}[${at}] = u${width}(${value});`);
      return;
    }
    const old = `old${this.named++}`;
    this.line(depth, `const ${old} = ${name}[${this.index(array)}];`);
    this.line(depth, `const v${old} = u${width}(${this.value(1)});`);
    this.line(depth, `${name}[${at}] = vec(u${width}, ${lanes}, (l) => ${old}[l] + v${old} + l);`);
  }

  private statements(depth: number, nesting: number): void {
    const count = this.random.integer(1, 3);
    for (let at = 0; at < count; at++) {
      const choice = this.random.integer(0, 5);
      if (choice <= 2 || nesting === 0) this.store(depth);
      else if (choice === 3) {
        this.line(depth, `if ((x & ${2 ** this.random.integer(0, 9)}) !== 0) {`);
        this.statements(depth + 1, nesting - 1);
        if (this.random.chance(0.7)) {
          this.line(depth, '} else {');
          this.statements(depth + 1, nesting - 1);
        }
        this.line(depth, '}');
      } else if (choice === 4) {
        this.line(depth, `seen = u32(${this.value(2)});`);
      } else {
        this.line(depth, `for (let j = 0; j < ${this.random.integer(1, 4)}; j++) {`);
        if (this.random.chance(0.6)) this.line(depth + 1, 'pipeline();');
        this.statements(depth + 1, nesting - 1);
        this.line(depth, '}');
      }
    }
  }

  text(): string {
    const { random } = this;
    const arrays = random.integer(1, 4);
    for (let at = 0; at < arrays; at++) this.declare();
    this.line(1, 'let seen = u32(0);');
    this.line(1, 'for (let at = 0; at < n; at++) {');
    if (random.chance(0.8)) this.line(2, 'pipeline();');
    this.line(2, 'const x = input.read();');
    this.statements(2, 2);
    if (random.chance(0.5)) {
      this.line(2, `if ((x & 7) === 0) print(\`${this.unit} at \${at}: \${seen}\`);`);
    }
    this.line(2, `assert(u33(${this.value(1)}) < 8589934592 * 2, \`never \${x}\`);`);
    this.line(2, `output.write(u32(seen + ${this.value(2)} + x));`);
    this.line(1, '}');
    return [
      `function work${this.unit}(n: u32, input: Stream<u32>, output: Stream<u32>): void {`,
      ...this.lines,
      '}',
    ].join('\n');
  }
}

/** A kernel whose words go through `units` random processes, one behind another. */
export function arrayKernel(seed: number, units: number): string {
  const works = Array.from({ length: units }, (_, unit) => new ProcessWriter(unit, seed).text());
  const calls = works.map((_, unit) => `    work${unit}(count, s${unit}, s${unit + 1});`);
  const streams = Array.from({ length: units + 1 }, (_, at) => `    const s${at} = stream(u32);`);
  return `import {
  array, assert, kernel, pipeline, print, readMemory, scalar, stream, u32, vec, vecOf, writeMemory,
  type ReadPort, type Stream, type WritePort,
${Array.from({ length: 33 }, (_, at) => at + 1)
  .filter((width) => width !== 32)
  .map((width) => `  u${width},`)
  .join('\n')}
} from 'tilewright/language';

${works.join('\n\n')}

function requestWords(beats: u28, words: ReadPort<u32>): void {
  for (let beat = 0; beat < beats; beat++) words.request(beat, 1);
}

function unpackWords(beats: u28, words: ReadPort<u32>, output: Stream<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    const word = words.receive();
    for (let lane = 0; lane < 16; lane++) {
      pipeline();
      output.write(word[lane]);
    }
  }
}

function packWords(beats: u28, input: Stream<u32>, results: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    results.request(beat, 1);
    let word = vec(u32, 16, () => 0);
    for (let lane = 0; lane < 16; lane++) {
      pipeline();
      const value = input.read();
      word = word.with(lane, value);
    }
    results.send(word);
    results.response();
  }
}

export default kernel({
  name: 'random_arrays',
  summary: 'random accesses of random arrays',
  parameters: {},
  arguments: () => ({ words: readMemory(u32), results: writeMemory(u32), beats: scalar(u28), count: scalar(u32) }),
  dataflow(_p, { words, results, beats, count }) {
${streams.join('\n')}
    requestWords(beats, words);
    unpackWords(beats, words, s0);
${calls.join('\n')}
    packWords(beats, s${units}, results);
  },
  workload(_p, random, size) {
    const words = Uint32Array.from({ length: 16 * size }, () => random.integer(0, 2 ** 32 - 1));
    return { words, results: 16 * size, beats: size, count: 16 * size };
  },
});
`;
}
