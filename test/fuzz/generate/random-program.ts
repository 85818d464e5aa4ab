import { fromBeat, wordsOf } from './feed-and-collect.ts';
import { declareFixed } from './fixed-point.ts';
import { declareHelper } from './helpers.ts';
import { numberType } from './integers.ts';
import { memoryBeats, randomElement } from './memories.ts';
import { shared, sharedNames, writeProcess } from './processes.ts';
import { type Limits, type MemoryVariable, ProgramWriter } from './program-writer.ts';
import { variableType } from './statements.ts';
import { annotation, type DataType, rangeOf, typeText } from './types.ts';

export interface ProgramOptions {
  /** Narrow, short and without wide products, for gate-level netlists. */
  readonly small?: boolean;
  /** Memories of its own behind AXI; default true, at a low frequency. */
  readonly memories?: boolean;
}

/** A memory argument that one program has for itself. */
export interface ProgramMemory {
  readonly name: string;
  readonly direction: 'read' | 'write';
  readonly element: string;
  readonly width: number;
  readonly elements: number;
}

/**
 * One random program from n input elements to n items (n a multiple of 8): its declarations, and how a
 * kernel calls it. Its text is complete but for imports.
 */
export interface Program {
  readonly seed: number;
  /** The suffix of all that it declares. */
  readonly name: string;
  /** Declarations at the top of the module: types, tables, functions, processes. */
  readonly source: string;
  /** Statement of a dataflow region that runs it. */
  readonly call: string;
  /** Its streams: the name of each, the type, the depth. */
  readonly input: ProgramStream;
  readonly output: ProgramStream;
  /** An element of the input, made of `beat`. */
  readonly element: string;
  /** The words of 32 bits of an item, each made of `item`. */
  readonly words: readonly string[];
  readonly memories: readonly ProgramMemory[];
}

export interface ProgramStream {
  readonly name: string;
  readonly type: string;
  readonly annotation: string;
  readonly depth: number;
}

const usual: Limits = {
  width: 64,
  productBits: 53,
  lanes: [2, 2, 3, 4, 4, 5, 8],
  statements: 14,
  nesting: 3,
  memories: true,
};

const little: Limits = {
  width: 12,
  productBits: 10,
  lanes: [2, 3, 4],
  statements: 6,
  nesting: 2,
  memories: false,
};

/** Most words of an item: it lies within one beat. */
const mostWords = 8;

function streamType(w: ProgramWriter): DataType {
  const { draw } = w;
  for (;;) {
    const type: DataType = draw.chance(0.35)
      ? {
          kind: 'record',
          fields: ['a', 'b', 'c']
            .slice(0, draw.integer(1, 3))
            .map((name) => ({ name, type: variableType(w) })),
        }
      : variableType(w);
    if (wordsOf(type, '').length <= mostWords) return type;
  }
}

function depth(w: ProgramWriter): number {
  return w.draw.pick([1, 1, 2, 2, 3, 4, 8, 16, 64]);
}

/** @param seed names the program too, so that no two of one kernel may have the same. */
export function randomProgram(seed: number, options: ProgramOptions = {}): Program {
  const name = `${seed}`;
  const limits = options.small ? little : { ...usual, memories: options.memories ?? true };
  const w = new ProgramWriter(seed * 7919 + 13, name, limits);
  const { draw } = w;
  if (draw.chance(0.4)) {
    for (let n = draw.integer(1, 3); n > 0; n--)
      declareFixed(w, limits.width > 53 && draw.chance(0.25));
  }
  for (
    let n = draw.weighted([
      [3, 0],
      [3, 1],
      [1, 2],
    ] as const);
    n > 0;
    n--
  )
    declareTable(w);
  for (
    let n = draw.weighted([
      [4, 0],
      [3, 1],
      [1, 2],
    ] as const);
    n > 0;
    n--
  )
    declareHelper(w);
  const memories = declareMemories(w);
  const parts =
    limits === little
      ? 1
      : draw.weighted([
          [6, 1],
          [2, 2],
          [1.2, 3],
        ] as const);
  const types = Array.from({ length: parts + 1 }, () => streamType(w));
  const last = types[parts];
  const stream = (kind: string, type: DataType, deep: number): ProgramStream => ({
    name: `${kind}_${name}`,
    type: typeText(type),
    annotation: annotation(type),
    depth: deep,
  });
  const input = stream('in', types[0], 8 * draw.integer(1, 4));
  const output = stream('out', last, depth(w));
  const ports = memories.map((one) => `, ${one.name}`).join('');
  const entry =
    parts === 1
      ? writeProcess(w, { from: types[0], to: last }, memories)
      : writeRegion(w, types, memories);
  const element = fromBeat(draw, types[0]);
  return {
    seed,
    name,
    source: `${w.top.join('\n\n')}\n`,
    call: `${entry}(${sharedNames}, ${input.name}, ${output.name}${ports});`,
    input,
    output,
    element,
    words: wordsOf(last, 'item'),
    memories: memories.map((one) => ({
      name: one.name,
      direction: one.direction,
      element: typeText(one.element),
      width: one.element.width,
      elements: (one.beats * 512) / one.element.width,
    })),
  };
}

function declareTable(w: ProgramWriter): void {
  const { draw } = w;
  const name = w.unique('t');
  const length = draw.pick([4, 8, 16]);
  const decimals = w.fixed.filter((one) => one.width <= 53 && one.fraction <= 30);
  if (decimals.length > 0 && draw.chance(0.3)) {
    const element = draw.pick(decimals);
    w.top.push(
      `const ${name} = table(${element.name}, ${length}, (i) => Math.sin(i) * ${draw.integer(1, 9)});`,
    );
    w.tables.push({ name, element, length });
    return;
  }
  const element = numberType(w);
  const { min, max } = rangeOf(element);
  const entry = draw.pick([
    `i * ${draw.integer(1, 99)} - ${draw.integer(0, 200)}`,
    `i % 3 === 0 ? ${max} : i % 3 === 1 ? ${min} : i`,
    `${max} - i * ${draw.integer(1, 9)}`,
  ]);
  w.top.push(`const ${name} = table(${typeText(element)}, ${length}, (i) => ${entry});`);
  w.tables.push({ name, element, length });
}

function declareMemories(w: ProgramWriter): readonly MemoryVariable[] {
  const { draw } = w;
  if (!w.limits.memories || !draw.chance(0.06)) return [];
  const directions = draw.pick([['read'], ['read'], ['write'], ['read', 'write']] as const);
  return directions.map((direction) => ({
    name: `${direction === 'read' ? 'source' : 'sink'}_${w.suffix}`,
    element: randomElement(w),
    direction,
    beats: memoryBeats,
  }));
}

/** Two or three processes behind one another, in a function of the dataflow region. */
function writeRegion(
  w: ProgramWriter,
  types: readonly DataType[],
  memories: readonly MemoryVariable[],
): string {
  const { draw } = w;
  const parts = types.length - 1;
  // A stream from the first past the second to the third, which must hold what is under way there.
  const around = parts === 3 && draw.chance(0.6) ? streamType(w) : undefined;
  const holder = draw.integer(0, parts - 1);
  const names = Array.from({ length: parts }, (_, at) =>
    writeProcess(
      w,
      {
        from: types[at],
        to: types[at + 1],
        ...(around !== undefined && at === 2 ? { side: around } : {}),
        ...(around !== undefined && at === 0 ? { aside: around } : {}),
      },
      at === holder ? memories : [],
    ),
  );
  const entry = w.unique('program');
  const parameters = [
    shared,
    `input: Stream<${annotation(types[0])}>`,
    `output: Stream<${annotation(types[parts])}>`,
    ...memories.map(
      (one) =>
        `${one.name}: ${one.direction === 'read' ? 'ReadPort' : 'WritePort'}<${typeText(one.element)}>`,
    ),
  ];
  const ports = memories.map((one) => `, ${one.name}`).join('');
  const text = w.inFunction(`function ${entry}(${parameters.join(', ')}): void`, () => {
    for (let at = 1; at < parts; at++) {
      w.line(
        `const mid${at}_${w.suffix} = stream(${typeText(types[at])}, { depth: ${depth(w)} });`,
      );
    }
    if (around !== undefined) {
      w.line(`const around_${w.suffix} = stream(${typeText(around)}, { depth: 64 });`);
    }
    for (const [at, one] of names.entries()) {
      const from = at === 0 ? 'input' : `mid${at}_${w.suffix}`;
      const to = at === parts - 1 ? 'output' : `mid${at + 1}_${w.suffix}`;
      const beside = around !== undefined && at !== 1 ? `, around_${w.suffix}` : '';
      w.line(`${one}(${sharedNames}, ${from}, ${to}${beside}${at === holder ? ports : ''});`);
    }
  });
  w.top.push(text);
  return entry;
}
