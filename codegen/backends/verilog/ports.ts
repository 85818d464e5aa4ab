import type { BlockOp } from '../../ir/blocks.ts';
import { bitsOf, type KernelIR, type Process, type Stream, type Type } from '../../ir/ir.ts';
import { allStatements, expressionsOf, operandsOf } from '../../ir/visit.ts';

/** One port of a process's module. The top connects it to the wire of the same name. */
export interface ModulePort {
  readonly direction: 'input' | 'output';
  readonly width: number;
  readonly name: string;
}

export function streamBits(stream: Stream): number {
  return stream.fields.reduce((bits, field) => bits + bitsOf(field.type), 0);
}

/** How an access looks in hardware: the signal that says "not now", the strobe, and its data. */
export interface AccessSignals {
  /** Undefined where it never has to wait for another module. */
  readonly busy?: string;
  readonly strobe: string;
  /** Outputs with their widths, in the order of the operation's arguments. */
  readonly outputs: readonly { readonly name: string; readonly width: number }[];
  /** The input that carries the result. */
  readonly input?: { readonly name: string; readonly width: number };
}

export function accessSignals(
  op: Pick<BlockOp, 'kind' | 'resource'>,
  kernel: KernelIR,
): AccessSignals {
  const { kind, resource } = op;
  const stream = kernel.streams.find((one) => one.name === resource);
  const beatBits = kernel.memories.find((one) => one.name === resource)?.beatBits ?? 0;
  const bits = stream === undefined ? 0 : streamBits(stream);
  switch (kind) {
    case 'read':
      return {
        busy: `${resource}_empty`,
        strobe: `${resource}_pop`,
        outputs: [],
        input: { name: `${resource}_dout`, width: bits },
      };
    case 'write':
      return {
        busy: `${resource}_full`,
        strobe: `${resource}_push`,
        outputs: [{ name: `${resource}_din`, width: bits }],
      };
    case 'request':
      return {
        busy: `${resource}_req_full`,
        strobe: `${resource}_req_push`,
        outputs: [
          { name: `${resource}_req_beat`, width: 32 },
          { name: `${resource}_req_beats`, width: 9 },
        ],
      };
    case 'receive':
      return {
        busy: `${resource}_data_empty`,
        strobe: `${resource}_data_pop`,
        outputs: [],
        input: { name: `${resource}_data_dout`, width: beatBits },
      };
    case 'send':
      return {
        busy: `${resource}_data_full`,
        strobe: `${resource}_data_push`,
        outputs: [{ name: `${resource}_data_din`, width: beatBits }],
      };
    case 'response':
      return {
        busy: `${resource}_resp_empty`,
        strobe: `${resource}_resp_pop`,
        outputs: [],
      };
    case 'load':
      return {
        strobe: ramSignal(resource, 'read'),
        outputs: [{ name: ramSignal(resource, 'read_address'), width: 0 }],
      };
    case 'store':
      return {
        strobe: ramSignal(resource, 'write'),
        outputs: [
          { name: ramSignal(resource, 'write_address'), width: 0 },
          { name: ramSignal(resource, 'write_data'), width: 0 },
        ],
      };
    case 'log':
      return { strobe: '', outputs: [] };
  }
}

/** A wire between a process and the block RAM of one of its arrays. */
export function ramSignal(array: string, signal: string): string {
  return `ram_${array}_${signal}`;
}

/** What a process does at its module's ports, each once, in source order. */
export function accessesOf(process: Process): readonly Pick<BlockOp, 'kind' | 'resource'>[] {
  const found = new Map<string, Pick<BlockOp, 'kind' | 'resource'>>();
  for (const one of allStatements(process.body)) {
    switch (one.kind) {
      case 'read':
      case 'write':
        found.set(`${one.kind} ${one.stream}`, { kind: one.kind, resource: one.stream });
        break;
      case 'request':
      case 'receive':
      case 'send':
      case 'response':
        found.set(`${one.kind} ${one.memory}`, { kind: one.kind, resource: one.memory });
        break;
      default:
    }
  }
  return [...found.values()];
}

/** The scalar arguments that a process reads, in the kernel's order. */
export function scalarsOf(process: Process, kernel: KernelIR): readonly string[] {
  const used = new Set<string>();
  for (const statement of allStatements(process.body)) {
    const stack = [...expressionsOf(statement)];
    for (let expr = stack.pop(); expr !== undefined; expr = stack.pop()) {
      if (expr.op === 'scalar') used.add(expr.name);
      stack.push(...operandsOf(expr));
    }
  }
  return kernel.scalars.map((one) => one.name).filter((name) => used.has(name));
}

export function scalarWire(name: string): string {
  return `arg_${name}`;
}

/** All ports of a process's module besides clock and reset. */
export function portsOf(process: Process, kernel: KernelIR): readonly ModulePort[] {
  const ports: ModulePort[] = [
    { direction: 'input', width: 1, name: 'start' },
    { direction: 'output', width: 1, name: 'idle' },
  ];
  for (const name of scalarsOf(process, kernel)) {
    const scalar = kernel.scalars.find((one) => one.name === name);
    ports.push({ direction: 'input', width: scalar?.type.width ?? 1, name: scalarWire(name) });
  }
  for (const access of accessesOf(process)) {
    const { busy, strobe, outputs, input } = accessSignals(access, kernel);
    if (busy !== undefined) ports.push({ direction: 'input', width: 1, name: busy });
    ports.push({ direction: 'output', width: 1, name: strobe });
    for (const output of outputs) ports.push({ direction: 'output', ...output });
    if (input !== undefined) ports.push({ direction: 'input', ...input });
  }
  return ports;
}

/** `[31:0] ` or nothing for one bit, padded so that names line up. */
export function range(width: number): string {
  return width === 1 ? '' : `[${width - 1}:0] `;
}

/** The range of a wire of a type. A vector of one lane of one bit has one too, since lanes are selected. */
export function typeRange(type: Type): string {
  return type.kind === 'vec' && bitsOf(type) === 1 ? '[0:0] ' : range(bitsOf(type));
}
