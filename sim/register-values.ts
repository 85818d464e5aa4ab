import type { Manifest, ManifestScalar } from '../codegen/package/manifest.ts';
import { TilewrightError } from '../codegen/support/errors.ts';
import type { SimBuffer } from './memory.ts';

/** Values of a kernel's arguments by name: a number or bigint for a scalar, a buffer for a memory. */
export type SimArguments = Readonly<Record<string, number | bigint | SimBuffer>>;

/** One 32-bit register write. */
export interface RegisterWrite {
  readonly offset: number;
  readonly value: number;
}

export interface BoundBuffer {
  /** Place in `manifest.ports`. */
  readonly port: number;
  readonly argument: string;
  readonly buffer: SimBuffer;
}

function refuse(kernel: string, what: string, hint: string): never {
  throw new TilewrightError(`${kernel}: ${what}`, { code: 'KERNEL_ARGUMENT', hint });
}

function scalarBits(kernel: string, scalar: ManifestScalar, value: number | bigint): bigint {
  const { signed, width } = scalar.type;
  const type = `${signed ? 'i' : 'u'}${width}`;
  const low = signed ? -(1n << BigInt(width - 1)) : 0n;
  const high = signed ? (1n << BigInt(width - 1)) - 1n : (1n << BigInt(width)) - 1n;
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    refuse(kernel, `argument '${scalar.name}' is ${value}`, `It takes an integer (${type}).`);
  }
  const exact = BigInt(value);
  if (exact < low || exact > high) {
    refuse(
      kernel,
      `argument '${scalar.name}' is ${value}, which ${type} cannot hold`,
      `It takes ${low} to ${high}.`,
    );
  }
  return BigInt.asUintN(scalar.bytes * 8, exact);
}

function words(offset: number, value: bigint, bytes: 4 | 8): RegisterWrite[] {
  const low = { offset, value: Number(value & 0xffffffffn) };
  return bytes === 4 ? [low] : [low, { offset: offset + 4, value: Number(value >> 32n) }];
}

/**
 * What a run writes to the kernel's registers, and which buffer stands behind which port.
 * @throws TilewrightError `KERNEL_ARGUMENT` for one that is missing, unknown, of the wrong kind or out
 * of range.
 */
export function registerValues(
  manifest: Manifest,
  values: SimArguments,
): { readonly writes: readonly RegisterWrite[]; readonly buffers: readonly BoundBuffer[] } {
  const { kernel } = manifest;
  const names = manifest.arguments.map(({ name }) => name);
  for (const name of Object.keys(values)) {
    if (!names.includes(name)) {
      refuse(kernel, `there is no argument '${name}'`, `Its arguments are: ${names.join(', ')}.`);
    }
  }
  const writes: RegisterWrite[] = [];
  const buffers: BoundBuffer[] = [];
  for (const argument of manifest.arguments) {
    const value = values[argument.name];
    if (value === undefined) {
      refuse(kernel, `argument '${argument.name}' is missing`, `It takes: ${names.join(', ')}.`);
    }
    if (argument.kind === 'scalar') {
      if (typeof value === 'object') {
        refuse(kernel, `argument '${argument.name}' is a buffer`, 'It takes a number or a bigint.');
      }
      const bits = scalarBits(kernel, argument, value);
      writes.push(...words(argument.register, bits, argument.bytes));
    } else {
      if (typeof value !== 'object') {
        refuse(kernel, `argument '${argument.name}' is ${value}`, 'It takes a buffer.');
      }
      const port = manifest.ports.findIndex(({ name }) => name === argument.port);
      buffers.push({ port, argument: argument.name, buffer: value });
      writes.push(...words(argument.register, value.address, 8));
    }
  }
  return { writes, buffers };
}
