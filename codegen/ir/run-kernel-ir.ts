import { TilewrightError } from '../support/errors.ts';
import {
  type Environment,
  evaluate,
  packBits,
  unpackBits,
  type Value,
  wrapValue,
  zeroOf,
} from './evaluate.ts';
import type { Expr, KernelIR, LoopStmt, Memory, Message, Process, Span, Stmt, Type } from './ir.ts';

export interface KernelIrArguments {
  readonly scalars: Readonly<Record<string, number | bigint>>;
  /** Every memory's bytes: whole beats. A written memory is copied, never changed in place. */
  readonly memories: Readonly<Record<string, Uint8Array>>;
}

export interface KernelIrLimits {
  /** Iterations of one loop, all its entries together, after which the run is given up. Default: none. */
  readonly maximumIterations?: number | undefined;
}

export interface KernelIrRun {
  /** The written memories after the run, by name. */
  readonly outputs: Readonly<Record<string, Uint8Array>>;
  /** The lines that print() wrote, process after process. */
  readonly log: readonly string[];
  /** What was asked of each memory. */
  readonly ports: readonly {
    readonly name: string;
    readonly bursts: number;
    readonly beats: number;
  }[];
  /** How often the body of each loop that was entered ran. */
  readonly loops: readonly LoopCount[];
}

export interface LoopCount {
  readonly process: string;
  readonly span?: Span | undefined;
  /** The initiation interval that the loop asks for. */
  readonly ii?: number | undefined;
  readonly iterations: number;
}

function fail(message: string, code: string, hint: string, span?: Span): TilewrightError {
  const location = span === undefined ? {} : { location: span };
  return new TilewrightError(message, { code, hint, ...location });
}

/** A memory and the bursts that are open on it. */
class Port {
  readonly memory: Memory;
  readonly bytes: Uint8Array;
  bursts = 0;
  beats = 0;
  private readonly beatBytes: number;
  private readonly queue: { beat: number; left: number; readonly beats: number }[] = [];
  private head = 0;
  private unconfirmed = 0;

  constructor(memory: Memory, bytes: Uint8Array) {
    this.memory = memory;
    this.bytes = memory.direction === 'write' ? bytes.slice() : bytes;
    this.beatBytes = memory.beatBits / 8;
  }

  request(beat: bigint, beats: bigint, span: Span | undefined): void {
    const { name, direction } = this.memory;
    const total = BigInt(Math.floor(this.bytes.length / this.beatBytes));
    if (beats < 1n || beats > 256n) {
      throw fail(
        `memory ${name}: a request asks for ${beats} beats`,
        'BURST_LENGTH',
        'A request is 1 to 256 beats long.',
        span,
      );
    }
    if (beat < 0n || beat + beats > total) {
      throw fail(
        `memory ${name}: a request for ${beats} beats at beat ${beat} leaves the buffer of ${total}`,
        'OUT_OF_RANGE',
        'Check the addresses that the kernel computes, and the size of the buffer.',
        span,
      );
    }
    this.bursts += 1;
    this.beats += Number(beats);
    if (direction === 'write') this.unconfirmed += 1;
    this.queue.push({ beat: Number(beat), left: Number(beats), beats: Number(beats) });
  }

  /** The bytes of the next beat that was asked for. */
  next(span: Span | undefined): Uint8Array {
    const burst = this.queue[this.head];
    if (burst === undefined) {
      throw fail(
        `memory ${this.memory.name}: a beat is used that was not requested`,
        'NOT_REQUESTED',
        'Request as many beats as are used, in a process that runs before.',
        span,
      );
    }
    const offset = burst.beat * this.beatBytes;
    burst.beat += 1;
    burst.left -= 1;
    if (burst.left === 0) this.head += 1;
    return this.bytes.subarray(offset, offset + this.beatBytes);
  }

  respond(span: Span | undefined): void {
    if (this.unconfirmed === 0) {
      throw fail(
        `memory ${this.memory.name}: a response is taken without a request`,
        'NOT_REQUESTED',
        'There is one response a write request.',
        span,
      );
    }
    this.unconfirmed -= 1;
  }

  get unfinished(): string {
    const { name } = this.memory;
    if (this.head < this.queue.length) return `memory ${name}: requested beats were never used`;
    return this.unconfirmed > 0 ? `memory ${name}: ${this.unconfirmed} responses never taken` : '';
  }
}

function bytesToBits(bytes: Uint8Array): bigint {
  let hex = '';
  for (let index = bytes.length - 1; index >= 0; index--) {
    hex += bytes[index].toString(16).padStart(2, '0');
  }
  return BigInt(`0x${hex}`);
}

function bitsToBytes(bits: bigint, bytes: Uint8Array): void {
  const hex = bits.toString(16).padStart(bytes.length * 2, '0');
  for (let index = 0; index < bytes.length; index++) {
    const end = hex.length - 2 * index;
    bytes[index] = Number.parseInt(hex.slice(end - 2, end), 16);
  }
}

/** A stream without a bound. */
class Fifo {
  private readonly elements: (readonly Value[])[] = [];
  private head = 0;

  write(element: readonly Value[]): void {
    this.elements.push(element);
  }

  read(name: string, span: Span | undefined): readonly Value[] {
    if (this.head >= this.elements.length) {
      throw fail(
        `stream ${name} ran empty: element ${this.head} is read, ${this.elements.length} were written`,
        'STREAM_EMPTY',
        'Producer and consumer must agree on the number of elements, the producer running first.',
        span,
      );
    }
    return this.elements[this.head++];
  }

  get left(): number {
    return this.elements.length - this.head;
  }
}

interface Machine {
  readonly kernel: KernelIR;
  readonly scalars: ReadonlyMap<string, bigint>;
  readonly ports: ReadonlyMap<string, Port>;
  readonly streams: ReadonlyMap<string, Fifo>;
  readonly loops: Map<LoopStmt, { readonly process: string; iterations: number }>;
  readonly log: string[];
  readonly maximumIterations: number;
}

/** One process: its variables, and its statements one after another. */
class ProcessRun {
  private readonly machine: Machine;
  private readonly types: ReadonlyMap<string, Type>;
  private readonly values = new Map<string, Value>();
  private readonly arrays = new Map<string, { readonly element: Type; readonly values: Value[] }>();
  private readonly environment: Environment;
  private readonly name: string;

  constructor(machine: Machine, process: Process) {
    this.machine = machine;
    this.name = process.name;
    this.types = new Map(process.variables.map(({ name, type }) => [name, type]));
    for (const { name, type } of process.variables) this.values.set(name, zeroOf(type));
    for (const { name, element, length } of process.arrays) {
      const zero = zeroOf(element);
      this.arrays.set(name, { element, values: Array.from({ length }, () => zero) });
    }
    this.environment = {
      variable: (name) => known(this.values.get(name), 'variable', name),
      scalar: (name) => known(machine.scalars.get(name), 'scalar', name),
    };
  }

  private value(expr: Expr): Value {
    return evaluate(expr, this.environment, this.machine.kernel.tables);
  }

  private integer(expr: Expr): bigint {
    return this.value(expr) as bigint;
  }

  private assign(name: string, value: Value): void {
    this.values.set(name, wrapValue(value, known(this.types.get(name), 'variable', name)));
  }

  private array(name: string) {
    return known(this.arrays.get(name), 'array', name);
  }

  private countIteration(loop: LoopStmt): void {
    const known = this.machine.loops.get(loop);
    if (known === undefined) {
      this.machine.loops.set(loop, { process: this.name, iterations: 1 });
      return;
    }
    known.iterations += 1;
    if (known.iterations <= this.machine.maximumIterations) return;
    throw fail(
      `process ${this.name}: a loop does not end within ${this.machine.maximumIterations} iterations`,
      'ENDLESS_LOOP',
      'Check what the loop waits for, or allow more iterations.',
      loop.span,
    );
  }

  private message({ text, values }: Message): string {
    return text
      .map((piece, at) => piece + (at < values.length ? this.value(values[at]) : ''))
      .join('');
  }

  private port(name: string): Port {
    return known(this.machine.ports.get(name), 'memory', name);
  }

  run(stmts: readonly Stmt[]): void {
    for (const stmt of stmts) this.step(stmt);
  }

  private step(stmt: Stmt): void {
    const { streams } = this.machine;
    switch (stmt.kind) {
      case 'assign':
        this.assign(stmt.variable, this.value(stmt.value));
        return;
      case 'read': {
        const element = known(streams.get(stmt.stream), 'stream', stmt.stream).read(
          stmt.stream,
          stmt.span,
        );
        for (const [field, name] of stmt.into.entries()) {
          if (name !== undefined) this.assign(name, element[field]);
        }
        return;
      }
      case 'write': {
        const declared = this.machine.kernel.streams.find(({ name }) => name === stmt.stream);
        const { fields } = known(declared, 'stream', stmt.stream);
        const element = stmt.values.map((expr, field) =>
          wrapValue(this.value(expr), fields[field].type),
        );
        known(streams.get(stmt.stream), 'stream', stmt.stream).write(element);
        return;
      }
      case 'request':
        this.port(stmt.memory).request(
          this.integer(stmt.beat),
          this.integer(stmt.beats),
          stmt.span,
        );
        return;
      case 'receive': {
        const type = known(this.types.get(stmt.into), 'variable', stmt.into);
        const bits = bytesToBits(this.port(stmt.memory).next(stmt.span));
        this.assign(stmt.into, unpackBits(bits, type));
        return;
      }
      case 'send':
        bitsToBytes(
          packBits(this.value(stmt.value), stmt.value.type),
          this.port(stmt.memory).next(stmt.span),
        );
        return;
      case 'response':
        this.port(stmt.memory).respond(stmt.span);
        return;
      case 'load': {
        const { element, values } = this.array(stmt.array);
        this.assign(stmt.into, values[Number(this.integer(stmt.index))] ?? zeroOf(element));
        return;
      }
      case 'store': {
        const { element, values } = this.array(stmt.array);
        const index = this.integer(stmt.index);
        if (index < 0n || index >= BigInt(values.length)) {
          throw fail(
            `array ${stmt.array}: element ${index} of ${values.length} is stored`,
            'ARRAY_INDEX',
            'Check the index that the kernel computes.',
            stmt.span,
          );
        }
        values[Number(index)] = wrapValue(this.value(stmt.value), element);
        return;
      }
      case 'print':
        this.machine.log.push(this.message(stmt));
        return;
      case 'assert':
        if (this.integer(stmt.condition) !== 0n) return;
        throw fail(
          `assertion failed: ${this.message(stmt)}`,
          'ASSERTION',
          "The kernel's own assert() says so: look at the arguments of this run.",
          stmt.span,
        );
      case 'if':
        this.run(this.integer(stmt.condition) !== 0n ? stmt.then : stmt.else);
        return;
      case 'loop':
        this.run(stmt.init);
        while (this.integer(stmt.condition) !== 0n) {
          this.countIteration(stmt);
          this.run(stmt.body);
          this.run(stmt.step);
        }
        return;
    }
  }
}

function known<T>(value: T | undefined, kind: string, name: string): T {
  if (value !== undefined) return value;
  throw fail(
    `the IR names a ${kind} ${name} that is not there`,
    'IR_UNKNOWN_NAME',
    'Every scalar and memory of the kernel needs a value; otherwise this is a bug of tilewright.',
  );
}

/**
 * Runs a kernel's IR: the meaning that every pass must keep and every back end must give. Processes
 * run one after another in their order over unbounded streams, as golden does.
 * @throws TilewrightError where hardware would hang or touch what is not there, e.g. `STREAM_EMPTY`,
 * `OUT_OF_RANGE`, `NOT_REQUESTED`, `UNFINISHED`, with the source line.
 */
export function runKernelIr(
  kernel: KernelIR,
  args: KernelIrArguments,
  { maximumIterations = Number.POSITIVE_INFINITY }: KernelIrLimits = {},
): KernelIrRun {
  const ports = new Map(
    kernel.memories.map((memory) => {
      const bytes = known(args.memories[memory.name], 'memory', memory.name);
      return [memory.name, new Port(memory, bytes)] as const;
    }),
  );
  const machine: Machine = {
    kernel,
    ports,
    scalars: new Map(
      kernel.scalars.map(({ name, type }) => {
        const value = BigInt(known(args.scalars[name], 'scalar', name));
        return [name, wrapValue(value, type) as bigint] as const;
      }),
    ),
    streams: new Map(kernel.streams.map(({ name }) => [name, new Fifo()])),
    loops: new Map(),
    log: [],
    maximumIterations,
  };
  for (const process of kernel.processes) new ProcessRun(machine, process).run(process.body);

  const unfinished = [...ports.values()].map((port) => port.unfinished).filter(Boolean);
  for (const [name, fifo] of machine.streams) {
    if (fifo.left > 0) unfinished.push(`stream ${name}: ${fifo.left} elements never read`);
  }
  if (unfinished.length > 0) {
    throw fail(
      `${kernel.name}: ${unfinished.join('; ')}`,
      'UNFINISHED',
      'Every request needs its beats and responses, every write its read: hardware would hang here.',
    );
  }
  const written = [...ports.values()].filter(({ memory }) => memory.direction === 'write');
  return {
    log: machine.log,
    outputs: Object.fromEntries(written.map(({ memory, bytes }) => [memory.name, bytes])),
    ports: [...ports.values()].map(({ memory, bursts, beats }) => ({
      name: memory.name,
      bursts,
      beats,
    })),
    loops: [...machine.loops].map(([{ span, ii }, count]) => ({ span, ii, ...count })),
  };
}
