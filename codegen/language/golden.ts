import { TilewrightError } from '../support/errors.ts';
import { isBig } from './element-type.ts';
import {
  type Arguments,
  type Bound,
  eachArgument,
  type KernelDefinition,
  type Parameters,
  type ParameterValues,
} from './kernel.ts';
import { observeLog } from './log.ts';
import { GoldenReadPort, GoldenWritePort, type PortCount } from './memory.ts';
import { holdIn } from './rounding.ts';
import { observeStreams, type SeenStream } from './stream.ts';

export interface GoldenReport {
  /** What the kernel printed, a line an entry. */
  readonly log: readonly string[];
  /** Elements that went through all streams. */
  readonly elements: number;
  /** Per memory argument: what the kernel asked for. These are the useful beats of every figure. */
  readonly ports: readonly {
    readonly name: string;
    readonly bursts: number;
    readonly beats: number;
  }[];
}

/** The cause of an error `UNFINISHED`: a line for each memory, `NAME: …`, then one for each of `streams`. */
export interface Unfinished {
  readonly unfinished: readonly string[];
  readonly streams: readonly SeenStream[];
}

/** Buffers as bytes (whole 64-byte beats); those of write memories are changed in place. */
export type GoldenArguments = Readonly<Record<string, Uint8Array | number | bigint>>;

/**
 * Runs a kernel's TypeScript as it is: processes one after another over unbounded streams.
 * Throws when a stream or a port is left with something unread, since hardware would hang there.
 */
export function runGolden<P extends Parameters, A extends Arguments>(
  definition: KernelDefinition<P, A>,
  parameters: ParameterValues<P>,
  args: GoldenArguments,
): GoldenReport {
  const declared = definition.arguments(parameters);
  const ports: (PortCount & { name: string })[] = [];
  const bound: Record<string, unknown> = {};
  for (const [name, argument] of eachArgument(declared)) {
    const given = args[name];
    if (argument.kind === 'scalar') {
      if (typeof given !== 'number' && typeof given !== 'bigint') {
        throw wrongArgument(definition.name, name, 'a number');
      }
      if (typeof given === 'number' && !Number.isSafeInteger(given)) {
        throw wrongArgument(definition.name, name, 'a whole number');
      }
      const { element } = argument;
      const units = holdIn(BigInt(given), element.signed, element.width, 'wrap');
      if (units !== BigInt(given)) {
        throw new TilewrightError(
          `${definition.name}: ${given} does not fit into ${name}: ${element.text}`,
          { code: 'ARGUMENT_RANGE', hint: 'Pass a value that the argument can hold.' },
        );
      }
      // Registers hold whole units, as memories do.
      bound[name] = isBig(element) ? units : Number(units) / 2 ** element.fraction;
      continue;
    }
    if (!(given instanceof Uint8Array) || given.length % 64 !== 0) {
      throw wrongArgument(definition.name, name, 'a buffer of whole 64-byte beats');
    }
    const Port = argument.kind === 'read' ? GoldenReadPort : GoldenWritePort;
    const port = new Port(name, argument.element, given);
    ports.push(port as unknown as PortCount & { name: string });
    bound[name] = port;
  }
  for (const [name, argument] of Object.entries(declared)) {
    if (argument.kind !== 'read-array' && argument.kind !== 'write-array') continue;
    bound[name] = Array.from({ length: argument.count }, (_, at) => bound[`${name}_${at}`]);
  }
  const streams: SeenStream[] = [];
  const log: string[] = [];
  observeLog(
    (line) => log.push(line),
    () =>
      observeStreams(
        (made) => streams.push(made),
        () => definition.dataflow(parameters, bound as Bound<A>),
      ),
  );
  const left = streams.filter((one) => one.left > 0);
  const unfinished = ports.map((port) => port.unfinished).filter((text) => text !== '');
  for (const one of left) {
    unfinished.push(`a stream: ${one.left} of ${one.written} elements were never read`);
  }
  if (unfinished.length > 0) {
    throw new TilewrightError(`${definition.name}: ${unfinished.join('; ')}`, {
      code: 'UNFINISHED',
      hint: 'Every request needs its beats and responses, every write its read: hardware would hang here.',
      // Who has the manifest names them.
      cause: { unfinished, streams: left } satisfies Unfinished,
    });
  }
  const elements = streams.reduce((total, one) => total + one.written, 0);
  return {
    log,
    elements,
    ports: ports.map(({ name, bursts, beats }) => ({ name, bursts, beats })),
  };
}

function wrongArgument(kernel: string, name: string, wanted: string): TilewrightError {
  return new TilewrightError(`${kernel}: argument ${name} must be ${wanted}`, {
    code: 'ARGUMENT',
    hint: 'Pass every argument that the manifest lists, with its type.',
  });
}
