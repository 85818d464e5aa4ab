import { bigType } from './bigints.ts';
import { featuresOf } from './features.ts';
import { fromBeat, wordsOf } from './feed-and-collect.ts';
import { declareFixed } from './fixed-point.ts';
import { declareHelper } from './helpers.ts';
import { numberType } from './integers.ts';
import { memoryBeats, randomElement } from './memories.ts';
import { batch, sharedNames, writeProcess } from './processes.ts';
import { type Limits, type MemoryVariable, ProgramWriter } from './program-writer.ts';
import { pair, randomDepth, writeAsked, writeChain, writeFork } from './regions.ts';
import { variableType } from './statements.ts';
import {
  annotation,
  type DataType,
  rangeOf,
  type Scalar,
  typeText,
  type VecType,
} from './types.ts';

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
  /** What of the language it has. */
  readonly features: readonly string[];
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
    // A bit or two carries little from one process to the next.
    const enough = bitsOf(type) >= (w.limits.width < 16 ? 8 : 16) || draw.chance(0.04);
    if (enough && wordsOf(type, '').length <= mostWords) return type;
  }
}

function bitsOf(type: DataType): number {
  if (type.kind === 'record') return type.fields.reduce((sum, one) => sum + bitsOf(one.type), 0);
  return type.kind === 'vec' ? type.lanes * type.element.width : type.width;
}

function times(count: number, body: () => void): void {
  for (let n = count; n > 0; n--) body();
}

/** The processes between the two streams of the program, and the function that runs them. */
function writeProcesses(
  w: ProgramWriter,
  memories: readonly MemoryVariable[],
): { readonly entry: string; readonly from: DataType; readonly to: DataType } {
  const { draw } = w;
  const from = streamType(w);
  const read = memories.find((one) => one.direction === 'read');
  if (read !== undefined && memories.length === 1 && draw.chance(0.4)) {
    const to = streamType(w);
    return { entry: writeAsked(w, from, to, read), from, to };
  }
  const kind = draw.weighted([
    [6, 'one'],
    [w.limits.nesting > 2 ? 3 : 0, 'chain'],
    [w.limits.nesting > 2 && memories.length === 0 ? 0.6 : 0, 'fork'],
  ] as const);
  if (kind === 'fork') {
    const half = forkType(w);
    const to: DataType = { kind: 'record', fields: pair(half) };
    return { entry: writeFork(w, from, half), from, to };
  }
  const parts = kind === 'one' ? 1 : draw.pick([2, 2, 3]);
  const types = [from, ...Array.from({ length: parts }, () => streamType(w))];
  const to = types[parts];
  if (parts === 1) return { entry: writeProcess(w, { from, to }, memories), from, to };
  const around = parts === 3 && draw.chance(0.6) ? streamType(w) : undefined;
  return { entry: writeChain(w, types, around, memories), from, to };
}

/** No record, and two of it fit into a row of the output. */
function forkType(w: ProgramWriter): Scalar | VecType {
  for (;;) {
    const type = variableType(w);
    if (wordsOf(type, '').length * 2 <= mostWords) return type;
  }
}

/** @param seed names the program too, so that no two of one kernel may have the same. */
export function randomProgram(seed: number, options: ProgramOptions = {}): Program {
  const name = `${seed}`;
  const limits = options.small ? little : { ...usual, memories: options.memories ?? true };
  const w = new ProgramWriter(seed * 7919 + 13, name, limits);
  const { draw } = w;
  const decimal = w.favours('fixed point');
  if (decimal || draw.chance(0.4)) {
    times(draw.integer(decimal ? 3 : 1, decimal ? 6 : 3), () =>
      declareFixed(w, limits.width > 53 && draw.chance(0.25)),
    );
  }
  times(draw.pick([0, 0, 0, 1, 1, 1, 2]), () => declareTable(w));
  times(draw.pick([0, 0, 0, 0, 1, 1, 1, 2]), () => declareHelper(w));
  const memories = declareMemories(w);
  const { entry, from, to } = writeProcesses(w, memories);
  const stream = (kind: string, type: DataType, depth: number): ProgramStream => ({
    name: `${kind}_${name}`,
    type: typeText(type),
    annotation: annotation(type),
    depth,
  });
  const input = stream('in', from, batch * draw.integer(1, 4));
  const output = stream('out', to, randomDepth(w));
  const ports = memories.map((one) => `, ${one.name}`).join('');
  const element = fromBeat(draw, from);
  const source = `${w.top.join('\n\n')}\n`;
  return {
    seed,
    name,
    source,
    call: `${entry}(${sharedNames}, ${input.name}, ${output.name}${ports});`,
    input,
    output,
    element,
    words: wordsOf(to, 'item'),
    features: featuresOf(source),
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
  if (w.limits.width > 53 && draw.chance(0.15)) {
    const element = bigType(w);
    const { max } = rangeOf(element);
    w.top.push(
      `const ${name} = table(${typeText(element)}, ${length}, (i) => ${max}n - BigInt(i * ${draw.integer(1, 99)}));`,
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
  if (!draw.chance(0.07) || !w.limits.memories) return [];
  const directions = draw.pick([['read'], ['read'], ['write'], ['read', 'write']] as const);
  return directions.map((direction) => ({
    name: `${direction === 'read' ? 'source' : 'sink'}_${w.suffix}`,
    element: randomElement(w),
    direction,
    beats: memoryBeats,
  }));
}
