import { address } from './memories.ts';
import { batch, portsOf, shared, sharedNames, writeProcess } from './processes.ts';
import type { MemoryVariable, ProgramWriter } from './program-writer.ts';
import { dataOf } from './statements.ts';
import { annotation, type DataType, typeText } from './types.ts';

/** A function of the dataflow region that runs several processes between two streams. */
function region(
  w: ProgramWriter,
  from: DataType,
  to: DataType,
  memories: readonly MemoryVariable[],
  lines: readonly string[],
): string {
  const name = w.unique('program');
  const parameters = [
    shared,
    `input: Stream<${annotation(from)}>`,
    `output: Stream<${annotation(to)}>`,
    ...portsOf(memories),
  ];
  const body = lines.map((line) => `  ${line}`);
  w.top.push([`function ${name}(${parameters.join(', ')}): void {`, ...body, '}'].join('\n'));
  return name;
}

/** Small queues are full often. */
export function randomDepth(w: ProgramWriter): number {
  return w.draw.pick([1, 1, 2, 2, 3, 4, 8, 16, 64]);
}

function listOf(memories: readonly MemoryVariable[]): string {
  return memories.map((one) => `, ${one.name}`).join('');
}

/**
 * Processes behind one another. Of three, a stream may go from the first past the second to the third,
 * which must hold what is under way there. The second may write a batch before it reads one, and the third
 * waits for what comes around: the queue before the second takes a batch then, so that the first goes on.
 */
export function writeChain(
  w: ProgramWriter,
  types: readonly DataType[],
  around: DataType | undefined,
  memories: readonly MemoryVariable[],
): string {
  const parts = types.length - 1;
  const holder = w.draw.integer(0, parts - 1);
  const lines: string[] = [];
  for (let at = 1; at < parts; at++) {
    lines.push(
      `const mid${at}_${w.suffix} = stream(${typeText(types[at])}, { depth: ${around !== undefined && at === 1 ? 2 * batch : randomDepth(w)} });`,
    );
  }
  if (around !== undefined) {
    lines.push(`const around_${w.suffix} = stream(${typeText(around)}, { depth: 64 });`);
  }
  for (let at = 0; at < parts; at++) {
    const beside = {
      ...(around !== undefined && at === 2 ? { side: around } : {}),
      ...(around !== undefined && at === 0 ? { aside: around } : {}),
    };
    const ends = { from: types[at], to: types[at + 1], ...beside };
    const name = writeProcess(w, ends, at === holder ? memories : []);
    const given = [
      sharedNames,
      at === 0 ? 'input' : `mid${at}_${w.suffix}`,
      at === parts - 1 ? 'output' : `mid${at + 1}_${w.suffix}`,
      ...(around !== undefined && at !== 1 ? [`around_${w.suffix}`] : []),
    ];
    lines.push(`${name}(${given.join(', ')}${at === holder ? listOf(memories) : ''});`);
  }
  return region(w, types[0], types[parts], memories, lines);
}

/** Every element goes to two processes, and their items come together: arrays of streams. */
export function writeFork(w: ProgramWriter, from: DataType, half: DataType): string {
  const { suffix } = w;
  const [deal, join] = [w.unique('deal'), w.unique('join')];
  const both: DataType = { kind: 'record', fields: pair(half) };
  w.top.push(`function ${deal}(n: u16, input: Stream<${annotation(from)}>, lanes: readonly Stream<${annotation(from)}>[]): void {
  for (let at = 0; at < n; at++) {
    pipeline();
    const d = input.read();
    for (let lane = 0; lane < lanes.length; lane++) {
      unroll();
      lanes[lane].write(d);
    }
  }
}`);
  const works = [0, 1].map(() => writeProcess(w, { from, to: half }, []));
  w.top.push(`function ${join}(n: u16, lanes: readonly Stream<${annotation(half)}>[], output: Stream<${annotation(both)}>): void {
  for (let at = 0; at < n; at++) {
    pipeline();
    const a = lanes[0].read();
    output.write({ a, b: lanes[1].read() });
  }
}`);
  const queues = (type: DataType, depth: number) =>
    `Array.from({ length: 2 }, () => stream(${typeText(type)}, { depth: ${depth} }));`;
  return region(
    w,
    from,
    both,
    [],
    [
      `const dealt_${suffix} = ${queues(from, 8 * w.draw.integer(1, 2))}`,
      `const joined_${suffix} = ${queues(half, randomDepth(w))}`,
      `${deal}(n, input, dealt_${suffix});`,
      ...works.map(
        (one, at) => `${one}(${sharedNames}, dealt_${suffix}[${at}], joined_${suffix}[${at}]);`,
      ),
      `${join}(n, joined_${suffix}, output);`,
    ],
  );
}

/** What an item of a fork is made of. */
export function pair(half: DataType) {
  if (half.kind === 'record') throw new Error('a record has no records');
  return ['a', 'b'].map((name) => ({ name, type: half }));
}

/** One process asks a memory, another takes the answers: many are under way. */
export function writeAsked(
  w: ProgramWriter,
  from: DataType,
  to: DataType,
  memory: MemoryVariable,
): string {
  const ask = w.unique('ask');
  const asked = w.inFunction(
    `function ${ask}(${[shared, `input: Stream<${annotation(from)}>`, `output: Stream<${annotation(from)}>`, ...portsOf([memory])].join(', ')}): void`,
    () => {
      w.line('for (let at = 0; at < n; at++) {');
      w.inBlock(() => {
        w.line('pipeline();');
        w.line('const d = input.read();');
        w.defineData('d', from);
        w.line(`${memory.name}.request(${address(w)}, 1);`);
        w.line(`output.write(${w.draw.chance(0.7) ? 'd' : dataOf(w, from, 2)});`);
      });
      w.line('}');
    },
  );
  w.top.push(asked);
  const take = writeProcess(w, { from, to, answers: memory }, []);
  const middle = `mid1_${w.suffix}`;
  return region(
    w,
    from,
    to,
    [memory],
    [
      `const ${middle} = stream(${typeText(from)}, { depth: ${w.draw.pick([2, 8, 64])} });`,
      `${ask}(${sharedNames}, input, ${middle}, ${memory.name});`,
      `${take}(${sharedNames}, ${middle}, output, ${memory.name});`,
    ],
  );
}
