import type { Memory, Scalar, Span } from '../ir/ir.ts';
import { lanesOf, vecType } from '../ir/ir.ts';
import type { Argument, SingleArgument } from '../language/kernel.ts';
import { fail } from './diagnostics.ts';
import { hw, irInt, isElementType, type Value } from './values.ts';

/** Ports that one card gives at most: the channels of its memory. */
const mostMemories = 32;

function isSingle(value: unknown): value is SingleArgument {
  const { kind, element } = (value ?? {}) as { kind?: unknown; element?: unknown };
  return ['read', 'write', 'scalar'].includes(kind as string) && isElementType(element);
}

/** The registers and ports of a kernel's arguments, in their order. */
export class KernelArguments {
  readonly memories: Memory[] = [];
  readonly scalars: Scalar[] = [];
  readonly order: string[] = [];

  /** What an argument of `arguments(p)` stands for in `dataflow`. */
  bind(name: string, argument: Argument, span: Span): Value {
    const kind = (argument as { kind?: unknown } | undefined)?.kind;
    if (kind !== 'read-array' && kind !== 'write-array') {
      return this.bindSingle(name, argument as SingleArgument, span);
    }
    const { count, memory } = argument as Extract<Argument, { count: number }>;
    if (!Number.isInteger(count) || count < 0 || count > mostMemories) {
      fail(
        'TW4016',
        span,
        `the argument ${name} is ${String(count)} memories`,
        `The number of memories is a whole number from 0 to ${mostMemories}.`,
      );
    }
    const ports = Array.from({ length: count }, (_, at): [string, Value] => [
      String(at),
      this.bindSingle(`${name}_${at}`, memory, span),
    ]);
    return { kind: 'record', list: true, fields: new Map(ports) };
  }

  private bindSingle(name: string, argument: SingleArgument, span: Span): Value {
    if (!isSingle(argument)) {
      fail(
        'TW4014',
        span,
        `the argument ${name} is no readMemory, writeMemory or scalar`,
        'Write { input: readMemory(u32), output: writeMemory(u32), count: scalar(u32) }.',
      );
    }
    this.order.push(name);
    const element = irInt(argument.element);
    const { fraction } = argument.element;
    // A field only where it says something, so that the manifest of an integer kernel stays as it is.
    const point = fraction === 0 ? {} : { fraction };
    if (argument.kind === 'scalar') {
      this.scalars.push({ name, type: element, ...point, span });
      return hw({ op: 'scalar', name, type: element }, element.width > 53, fraction);
    }
    if (![8, 16, 32, 64].includes(element.width)) {
      fail(
        'TW4003',
        span,
        `the memory ${name} holds elements of ${element.width} bits`,
        'Memory elements are 8, 16, 32 or 64 bits wide.',
      );
    }
    const outstanding = argument.outstanding ?? 64;
    if (!Number.isInteger(outstanding) || outstanding < 1 || outstanding > 256) {
      fail(
        'TW4004',
        span,
        `the memory ${name} keeps ${outstanding} bursts in flight`,
        'outstanding is a whole number from 1 to 256.',
      );
    }
    const beatBits = 512;
    this.memories.push({
      name,
      direction: argument.kind,
      element,
      ...point,
      beatBits,
      outstanding,
      span,
    });
    return {
      kind: 'memory',
      name,
      direction: argument.kind,
      element,
      fraction,
      lanes: lanesOf(vecType(element, beatBits / element.width)),
    };
  }
}
