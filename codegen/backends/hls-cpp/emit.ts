import type { KernelIR, Process, Type } from '../../ir/ir.ts';
import type { Schedule } from '../../ir/scheduled.ts';
import { allStatements } from '../../ir/visit.ts';
import { renderTemplate } from '../../support/render-template.ts';
import { memoryLatency, planBursts, settledTurns } from './burst-plan.ts';
import { Helpers, tableText } from './helpers.ts';
import { loopIntervals } from './loop-intervals.ts';
import { type MemoryPlan, planMemory } from './memory-plan.ts';
import { NameScope } from './names.ts';
import { type FileNames, type MemoryNames, printProcess, type StreamNames } from './statements.ts';
import { cppInt, cppType } from './types.ts';

const templates = 'codegen/backends/hls-cpp/templates';

/** The queues of our own AXI masters (tw_axi_read, tw_axi_write): requests, and beats of data. */
const queues = { requests: 4, beats: 32 };

interface Parameter {
  readonly type: string;
  readonly name: string;
}

/** A process as a C++ function, and how the top function calls it. */
interface EmittedProcess {
  readonly text: string;
  readonly call: string;
}

interface StreamView {
  readonly type: string;
  readonly name: string;
  readonly label: string;
  readonly depth: number;
  /** A struct of integers and arrays of them, which AGGREGATE may pack. */
  readonly packed: boolean;
}

interface StructView {
  readonly comment: string;
  readonly name: string;
  readonly fields: readonly { readonly type: string; readonly name: string }[];
}

/** Bits that a request's beat index and number of beats can need: a negative one must not wrap into range. */
function requestWidths(
  kernel: KernelIR,
  memory: string,
): { readonly beatWidth: number; readonly beatsWidth: number } {
  let [beatWidth, beatsWidth] = [1, 9];
  const width = ({ type }: { readonly type: Type }) =>
    type.kind === 'int' && !type.signed ? type.width : 64;
  for (const process of kernel.processes) {
    for (const stmt of allStatements(process.body)) {
      if (stmt.kind !== 'request' || stmt.memory !== memory) continue;
      beatWidth = Math.max(beatWidth, width(stmt.beat));
      beatsWidth = Math.max(beatsWidth, width(stmt.beats));
    }
  }
  return { beatWidth, beatsWidth };
}

/** The name of a served memory's argument is set later: only the top function needs it. */
function nameMemory(kernel: KernelIR, plan: MemoryPlan, globals: NameScope): MemoryNames {
  const served = plan.kind === 'served';
  const name = served ? '' : globals.claim(plan.memory.name);
  const claim = (suffix: string) => (served ? globals.claim(`${plan.memory.name}_${suffix}`) : '');
  return {
    ...plan,
    ...requestWidths(kernel, plan.memory.name),
    name,
    requests: claim('requests'),
    requestType: claim('request_t'),
    data: claim('beats'),
    responseStream: plan.responses ? claim('responses') : '',
  };
}

function nameStreams(kernel: KernelIR, globals: NameScope): Map<string, StreamNames> {
  return new Map(
    kernel.streams.map((stream) => {
      const members = new NameScope();
      const fields = stream.fields.map((field) => ({
        name: members.claim(field.name),
        type: field.type,
      }));
      const name = globals.claim(stream.name);
      const element = fields.length > 1 ? globals.claim(`${stream.name}_t`) : '';
      return [stream.name, { name, element, fields }] as const;
    }),
  );
}

/** `head(a, b)`, with a line a parameter where one line would be too long. */
function parameterList(head: string, parameters: readonly Parameter[], tail: string): string {
  const texts = parameters.map(({ type, name }) => `${type} ${name}`);
  const oneLine = `${head}(${texts.join(', ')})${tail}`;
  return oneLine.length <= 100 ? oneLine : `${head}(\n    ${texts.join(',\n    ')})${tail}`;
}

class KernelEmitter {
  private readonly kernel: KernelIR;
  private readonly schedule: Schedule;
  private readonly globals = new NameScope();
  private readonly helpers: Helpers;
  private readonly names: FileNames;
  private readonly functions: ReadonlyMap<string, string>;
  private readonly streamTypes = new Map<string, string>();

  constructor(kernel: KernelIR, schedule: Schedule) {
    this.kernel = kernel;
    this.schedule = schedule;
    this.globals.claim(kernel.name);
    // The host knows arguments by their names: those are claimed first.
    const named = kernel.memories.map((memory) =>
      nameMemory(kernel, planMemory(kernel, memory), this.globals),
    );
    const scalars = new Map(kernel.scalars.map(({ name }) => [name, this.globals.claim(name)]));
    this.functions = new Map(kernel.processes.map(({ name }) => [name, this.globals.claim(name)]));
    const streams = nameStreams(kernel, this.globals);
    const tables = new Map(
      kernel.tables.map((table) => [
        table.name,
        { name: this.globals.claim(table.name), values: table.values },
      ]),
    );
    this.helpers = new Helpers(this.globals);
    const top = new NameScope(this.globals);
    const memories = new Map(
      named.map((memory) => [
        memory.memory.name,
        memory.name === '' ? { ...memory, name: top.claim(memory.memory.name) } : memory,
      ]),
    );
    this.names = {
      kernel,
      globals: this.globals,
      helpers: this.helpers,
      streams,
      memories,
      scalars,
      tables,
    };
    for (const { name, element, fields } of streams.values()) {
      const single = fields.length === 0 ? 'ap_uint<1>' : cppType(fields[0].type);
      this.streamTypes.set(name, element === '' ? single : element);
    }
  }

  private beat(memory: MemoryNames): string {
    return `ap_uint<${memory.memory.beatBits}>`;
  }

  /** Streams of the file: the kernel's, and those of the processes that serve memories. */
  private streams(): readonly StreamView[] {
    const own = this.kernel.streams.map((stream) => {
      const { name } = this.names.streams.get(stream.name) as StreamNames;
      const type = this.streamTypes.get(name) as string;
      const vectors = stream.fields.filter((field) => field.type.kind === 'vec').length;
      const packed = stream.fields.length > 1 ? vectors === 0 : vectors === 1;
      return { type, name, label: stream.name, depth: stream.depth, packed };
    });
    const served = [...this.names.memories.values()].flatMap((memory) => {
      if (memory.kind !== 'served') return [];
      const { outstanding } = memory.memory;
      const view = (type: string, name: string, depth: number): StreamView => ({
        type,
        name,
        label: name,
        depth,
        packed: type === memory.requestType,
      });
      // While a serving process waits for the other end of one stream it serves none of the others. So each
      // holds what our own AXI master takes in before it stops its processes: one that never deadlocks there
      // does not here.
      const inFlight = Math.max(2, outstanding);
      const list = [
        view(memory.requestType, memory.requests, inFlight + queues.requests),
        view(this.beat(memory), memory.data, queues.beats),
      ];
      if (memory.responses) list.push(view('ap_uint<1>', memory.responseStream, inFlight));
      return list;
    });
    return [...own, ...served];
  }

  private structs(): readonly StructView[] {
    const own = this.kernel.streams.flatMap((stream): readonly StructView[] => {
      const { element, fields } = this.names.streams.get(stream.name) as StreamNames;
      if (element === '') return [];
      return [
        {
          comment: `One element of stream ${stream.name}.`,
          name: element,
          fields: fields.map(({ name, type }) => ({ name, type: cppType(type) })),
        },
      ];
    });
    const requests = [...this.names.memories.values()].flatMap((memory): readonly StructView[] => {
      if (memory.kind !== 'served') return [];
      return [
        {
          comment: `A burst of memory ${memory.memory.name}, or the end of all bursts.`,
          name: memory.requestType,
          fields: [
            { type: `ap_uint<${memory.beatWidth}>`, name: 'beat' },
            { type: `ap_uint<${memory.beatsWidth}>`, name: 'beats' },
            { type: 'ap_uint<1>', name: 'end' },
          ],
        },
      ];
    });
    return [...own, ...requests];
  }

  private process(process: Process): EmittedProcess {
    const printed = printProcess(
      this.names,
      process,
      loopIntervals(this.schedule.get(process.name)),
    );
    const parameters: Parameter[] = [];
    const stream = (type: string, name: string) =>
      parameters.push({ type: `hls::stream<${type}>&`, name });
    for (const one of this.kernel.streams) {
      if (!printed.usedStreams.has(one.name)) continue;
      const { name } = this.names.streams.get(one.name) as StreamNames;
      stream(this.streamTypes.get(name) as string, name);
    }
    for (const memory of this.names.memories.values()) {
      if (!printed.usedMemories.has(memory.memory.name)) continue;
      if (memory.kind === 'direct') {
        parameters.push({ type: `hls::burst_maxi<${this.beat(memory)}>`, name: memory.name });
        continue;
      }
      const uses = (name: string) => printed.usedPortStreams.has(name);
      if (uses(memory.requests)) stream(memory.requestType, memory.requests);
      if (uses(memory.data)) stream(this.beat(memory), memory.data);
      if (uses(memory.responseStream)) stream('ap_uint<1>', memory.responseStream);
    }
    for (const { name, type } of this.kernel.scalars) {
      if (!printed.usedScalars.has(name)) continue;
      parameters.push({ type: cppInt(type), name: this.names.scalars.get(name) as string });
    }
    const name = this.functions.get(process.name) as string;
    const { file, line } = process.span;
    const head = parameterList(`static void ${name}`, parameters, ' {');
    return {
      text: [`// ${file}:${line}`, head, ...printed.lines, '}'].join('\n'),
      call: `${name}(${parameters.map((parameter) => parameter.name).join(', ')});`,
    };
  }

  private serve(memory: MemoryNames): EmittedProcess {
    const { beatBits, direction, name } = memory.memory;
    const { length, room, beats } = planBursts(this.kernel, memory.memory);
    const read = direction === 'read';
    // Reads in flight are counted in bursts. Who writes longer requests than the adapter's bursts makes fewer.
    const most = read
      ? Math.max(room, memory.memory.outstanding)
      : Math.max(1, Math.floor(memory.memory.outstanding / room));
    const counterBits = most.toString(2).length;
    const functionName = this.globals.claim(`serve_${name}`);
    const text = renderTemplate(`${templates}/serve-${direction}.cpp.hbs`, {
      function: functionName,
      label: name,
      beatBits,
      most,
      room,
      split: room > 1,
      length,
      lengthLess1: length - 1,
      lengthLog2: Math.log2(length),
      latency: memoryLatency,
      settled: settledTurns,
      requestType: memory.requestType,
      beatsWidth: memory.beatsWidth,
      counterBits,
      // A sign too: a burst may be read before it is due.
      dueBits: counterBits + 1,
      ...(beats === undefined ? {} : { beats }),
      responses: memory.responses,
    }).trimEnd();
    const streams = [memory.requests, memory.data];
    if (memory.responses) streams.push(memory.responseStream);
    return { text, call: `${functionName}(${[memory.name, ...streams].join(', ')});` };
  }

  emit(): string {
    const { kernel } = this;
    const memories = [...this.names.memories.values()];
    const processes = kernel.processes.flatMap((process) => [
      this.process(process),
      ...memories.filter(({ serveAfter }) => serveAfter === process.name).map((m) => this.serve(m)),
    ]);
    const structs = this.structs();
    const texts = processes.map(({ text }) => text);
    const helpers = this.helpers.usedIn(texts.join('\n'));
    const parameters = Object.entries(kernel.parameters).map(([name, value]) => `${name} ${value}`);
    const usedInCalls = (name: string) =>
      processes.some(({ call }) => new RegExp(`\\b${name}\\b`).test(call));
    const text = renderTemplate(`${templates}/kernel.cpp.hbs`, {
      name: kernel.name,
      summary: kernel.summary,
      source: kernel.processes[0]?.span.file ?? kernel.name,
      parameters: parameters.join(', '),
      usesVectors: [
        ...structs.flatMap(({ fields }) => fields.map(({ type }) => type)),
        ...texts,
      ].some((text) => text.includes('Vec<')),
      usesLog: texts.some((text) => text.includes('TILEWRIGHT_')),
      structs,
      constants: [
        ...kernel.tables.map((table) =>
          tableText(this.names.tables.get(table.name)?.name ?? '', table.element, table.values),
        ),
        ...helpers.constants,
      ],
      functions: helpers.functions,
      processes,
      topParameters: this.topParameters(usedInCalls),
      memories: memories.map(({ name, memory }) => ({
        name,
        bundle: memory.name,
        latency: memoryLatency,
        inFlight: `num_${memory.direction}_outstanding=${memory.outstanding}`,
        burst: `max_${memory.direction}_burst_length=${planBursts(kernel, memory).length}`,
      })),
      scalars: [...this.names.scalars.values()].map((name) => ({ name, used: usedInCalls(name) })),
      streams: this.streams(),
      calls: processes.map(({ call }) => call),
    });
    return `${text.trimEnd()}\n`;
  }

  private topParameters(used: (name: string) => boolean): string {
    const { scalars } = this.kernel;
    // A dataflow region holds declarations and calls alone (UG1399, "WYSIWYG Coding Style"), so nothing in it can
    // make use of an argument that no process uses.
    const named = (name: string) => (used(name) ? name : `${name} __attribute__((unused))`);
    const parameters = this.kernel.argumentOrder.map((argument): Parameter => {
      const memory = this.names.memories.get(argument);
      if (memory !== undefined) {
        return { type: `hls::burst_maxi<${this.beat(memory)}>`, name: named(memory.name) };
      }
      const scalar = scalars.find(({ name }) => name === argument);
      if (scalar === undefined) throw new Error(`the IR names ${argument}, which is not there`);
      return { type: cppInt(scalar.type), name: named(this.names.scalars.get(argument) as string) };
    });
    const head = `extern "C" void ${this.kernel.name}`;
    return parameterList(head, parameters, ' {').slice(head.length + 1, -') {'.length);
  }
}

/**
 * The text of `hls/<kernel>.cpp`.
 * @param schedule every process in stages: what it reached, the pragmas ask for.
 */
export function emitKernel(kernel: KernelIR, schedule: Schedule): string {
  return new KernelEmitter(kernel, schedule).emit();
}
