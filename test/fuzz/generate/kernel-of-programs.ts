import { inputLanes } from './feed-and-collect.ts';
import { imports } from './imports.ts';
import { batch, shared, sharedNames } from './processes.ts';
import type { Program } from './random-program.ts';

/** Words of a beat of the output. */
const beatWords = 16;

/** One kernel (with workload) of several independent programs that share feed and collection. */
export interface ProgramKernel {
  readonly source: string;
  readonly programs: readonly Program[];
  /** Index of the program whose result lies at this element of an output memory. */
  programOfElement(memory: string, element: number): number | undefined;
  /** Of a line of the source (1 based). */
  programOfLine(line: number): number | undefined;
  /** Of a process, by its name. */
  programOfProcess(process: string): number | undefined;
}

/** Which words of an item's beats belong to which program. */
interface Slot {
  readonly program: number;
  readonly beat: number;
  readonly word: number;
}

/** First fit: every program's words lie in one beat. */
function layOut(programs: readonly Program[]): {
  readonly slots: readonly Slot[];
  readonly beats: number;
} {
  const used: number[] = [];
  const slots = programs.map(({ words }, program) => {
    let beat = used.findIndex((count) => count + words.length <= beatWords);
    if (beat < 0) beat = used.push(0) - 1;
    const slot = { program, beat, word: used[beat] };
    used[beat] += words.length;
    return slot;
  });
  return { slots, beats: Math.max(1, used.length) };
}

/** The text of a kernel, and whose each line is. */
class Source {
  readonly lines: string[] = [];
  readonly owners: (number | undefined)[] = [];

  add(text: string, owner?: number): void {
    for (const line of text.split('\n')) {
      this.lines.push(line);
      this.owners.push(owner);
    }
  }
}

/**
 * Any subset of programs makes a kernel, one alone too; their names must differ. A beat of random bits is
 * broadcast to all programs, an item of every program goes into each row of the result. A program waits
 * for others at its streams only: they hold a batch, so that all can go on.
 *
 * `size` of a run: batches of 8 elements.
 */
export function kernelOfPrograms(name: string, programs: readonly Program[]): ProgramKernel {
  const { slots, beats } = layOut(programs);
  const text = new Source();
  for (const [at, { source }] of programs.entries()) text.add(source, at);
  feed(text, programs);
  for (let beat = 0; beat < beats; beat++) {
    pack(
      text,
      programs,
      beat,
      slots.filter((one) => one.beat === beat),
    );
  }
  text.add(frame(beats));
  region(text, name, programs, beats);
  const body = text.lines.join('\n');
  const head = imports(body);
  const shift = head.split('\n').length - 1;
  const memories = new Map(
    programs.flatMap((one, at) => one.memories.map((memory) => [memory.name, at] as const)),
  );
  return {
    source: `${head}${body}\n`,
    programs,
    programOfElement(memory, element) {
      if (memory !== 'output') return memories.get(memory);
      const word = element % beatWords;
      const beat = Math.floor(element / beatWords) % beats;
      return slots.find(
        (one) =>
          one.beat === beat &&
          word >= one.word &&
          word < one.word + programs[one.program].words.length,
      )?.program;
    },
    programOfLine: (line) => text.owners[line - 1 - shift],
    programOfProcess(process) {
      const suffix = /_(\d+)$/.exec(process)?.[1];
      const at = programs.findIndex((one) => one.name === suffix);
      return at < 0 || /^pack_/.test(process) ? undefined : at;
    },
  };
}

function feed(text: Source, programs: readonly Program[]): void {
  const ends = programs.map(({ input }) => `${input.name}: Stream<${input.annotation}>`);
  text.add(`function ask(n: u16, input: ReadPort<u64>): void {
  for (let at = 0; at < n; at++) {
    pipeline();
    input.request(at, 1);
  }
}

function feed(
  n: u16,
  input: ReadPort<u64>,`);
  for (const [at, one] of ends.entries()) text.add(`  ${one},`, at);
  text.add(`): void {
  for (let at = 0; at < n; at++) {
    pipeline();
    const beat = input.receive();`);
  for (const [at, { input, element }] of programs.entries())
    text.add(`    ${input.name}.write(${element});`, at);
  text.add('  }\n}\n');
}

/** Items of some programs as one beat. */
function pack(
  text: Source,
  programs: readonly Program[],
  beat: number,
  slots: readonly Slot[],
): void {
  text.add(`function pack_${beat}(\n  n: u16,`);
  for (const { program } of slots) {
    const { output } = programs[program];
    text.add(`  ${output.name}: Stream<${output.annotation}>,`, program);
  }
  text.add(`  beats: Stream<Vec<u32>>,
): void {
  for (let at = 0; at < n; at++) {
    pipeline();
    const words = [`);
  let used = 0;
  const reads: string[] = [];
  for (const { program } of slots) {
    const { name, output, words } = programs[program];
    reads.push(`    const item${name} = ${output.name}.read();`);
    used += words.length;
  }
  text.lines.splice(text.lines.length - 1, 0, ...reads);
  text.owners.splice(text.owners.length - 1, 0, ...slots.map((one) => one.program));
  for (const { program } of slots) {
    const { name, words } = programs[program];
    text.add(
      `      ${words.map((one) => one.replaceAll('item', `item${name}`)).join(', ')},`,
      program,
    );
  }
  const rest = Array.from({ length: beatWords - used }, () => 'u32(0)');
  text.add(`      ${rest.join(', ')}
    ];
    beats.write(vec(u32, ${beatWords}, (l) => words[l]));
  }
}
`);
}

function frame(beats: number): string {
  const parts = Array.from({ length: beats }, (_, at) => at);
  return `function announce(n: u16, output: WritePort<u32>): void {
  for (let at = 0; at < n; at++) {
    pipeline();
    output.request(at * ${beats}, ${beats});
  }
}

function send(n: u16, ${parts.map((at) => `beats_${at}: Stream<Vec<u32>>, `).join('')}output: WritePort<u32>): void {
  for (let at = 0; at < n; at++) {
    pipeline(${beats});
${parts.map((at) => `    output.send(beats_${at}.read());`).join('\n')}
  }
}

function confirm(n: u16, output: WritePort<u32>): void {
  for (let at = 0; at < n; at++) {
    pipeline();
    output.response();
  }
}
`;
}

function region(text: Source, name: string, programs: readonly Program[], beats: number): void {
  const memories = programs.flatMap((one) => one.memories);
  const names = ['input', 'output', ...sharedNames.split(', '), ...memories.map((one) => one.name)];
  text.add(`export default kernel({
  name: '${name}',
  summary: '${programs.length} random programs',
  parameters: {},
  arguments: () => ({
    input: readMemory(u64),
    output: writeMemory(u32),
${shared
  .split(', ')
  .map((one) => `    ${one.replace(/: (.*)/, ': scalar($1)')},`)
  .join('\n')}`);
  for (const [at, one] of programs.entries()) {
    for (const memory of one.memories) {
      text.add(`    ${memory.name}: ${memory.direction}Memory(${memory.element}),`, at);
    }
  }
  text.add(`  }),
  dataflow(_p, { ${names.join(', ')} }) {`);
  for (const [at, { input, output }] of programs.entries()) {
    for (const one of [input, output]) {
      text.add(`    const ${one.name} = stream(${one.type}, { depth: ${one.depth} });`, at);
    }
  }
  for (let beat = 0; beat < beats; beat++)
    text.add(`    const beats_${beat} = stream(vecOf(u32, ${beatWords}));`);
  text.add(`    ask(n, input);
    feed(n, input, ${programs.map(({ input }) => input.name).join(', ')});`);
  for (const [at, { call }] of programs.entries()) text.add(`    ${call}`, at);
  const { slots } = layOut(programs);
  for (let beat = 0; beat < beats; beat++) {
    const items = slots
      .filter((one) => one.beat === beat)
      .map((one) => programs[one.program].output.name);
    text.add(`    pack_${beat}(n, ${[...items, `beats_${beat}`].join(', ')});`);
  }
  const all = Array.from({ length: beats }, (_, at) => `beats_${at}`);
  text.add(`    announce(n, output);
    send(n, ${all.join(', ')}, output);
    confirm(n, output);
  },
  workload(_p, random, size) {
    const n = ${batch} * size;
    const wide = () => (BigInt(random.integer(0, 0xffffffff)) << 32n) | BigInt(random.integer(0, 0xffffffff));
    const corners = [0n, 1n, ~0n, 1n << 63n, ~(1n << 63n), 0x5555555555555555n, ~0x5555555555555555n, 2n, ~1n];
    // One of few kinds a row, since programs branch on what they compare.
    const rows = Array.from({ length: n }, () => random.integer(0, 4));
    const bits = (kind: number) =>
      kind <= 1 || random.chance(0.25)
        ? wide()
        : kind === 2
          ? BigInt(random.integer(0, 9)) | (BigInt(random.integer(0, 9)) << 60n)
          : kind === 3
            ? corners[random.integer(0, corners.length - 1)]
            : (1n << BigInt(random.integer(0, 63))) - BigInt(random.integer(0, 1));
    const input = BigUint64Array.from({ length: n * ${inputLanes} }, (_, at) => BigInt.asUintN(64, bits(rows[Math.floor(at / ${inputLanes})])));
    const knob = random.chance(0.3) ? 255 * random.integer(0, 1) : random.integer(0, 255);
    const bias = random.chance(0.3) ? -(2 ** 32) : random.integer(-(2 ** 31), 2 ** 31 - 1);
    return {
      input,
      output: n * ${beats * beatWords},
      n,
      knob,
      bias,`);
  for (const [at, one] of programs.entries()) {
    for (const memory of one.memories) text.add(`      ${memory.name}: ${content(memory)},`, at);
  }
  text.add(`    };
  },
});`);
}

function content({ direction, element, width, elements }: Program['memories'][number]): string {
  if (direction === 'write') return `${elements}`;
  if (width === 64) return `Array.from({ length: ${elements} }, () => ${element}(wide()))`;
  return `Array.from({ length: ${elements} }, () => ${element}(bits(random.integer(0, 4))))`;
}
