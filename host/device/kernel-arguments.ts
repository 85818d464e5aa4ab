import type { Manifest, ManifestMemory, ManifestScalar } from '../../codegen/package/manifest.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { kindOf } from '../../codegen/support/kind-of.ts';
import type { KernelArguments } from './device.ts';

/** The error for an argument that a kernel cannot take. */
export function refuse(manifest: Manifest, what: string, hint: string): TilewrightError {
  return new TilewrightError(`${manifest.kernel}: ${what}`, { code: 'KERNEL_ARGUMENT', hint });
}

/**
 * A scalar argument as its register's bits, two's complement, in 64.
 * @throws TilewrightError `KERNEL_ARGUMENT` unless it is an integer that the argument's type holds.
 */
export function scalarValue(
  manifest: Manifest,
  { name, type }: ManifestScalar,
  value: KernelArguments[string] | undefined,
): bigint {
  const number = typeof value === 'bigint' || Number.isSafeInteger(value);
  const text = () => `${type.signed ? 'i' : 'u'}${type.width}`;
  if (value === undefined) throw missing(manifest, name);
  if (!number) {
    throw refuse(
      manifest,
      `argument '${name}' must be an integer (${text()}), and is ${kindOf(value)}`,
      typeof value === 'number' ? 'Pass a whole number.' : 'Pass a number or a bigint.',
    );
  }
  const exact = BigInt(value as number | bigint);
  const wrap = type.signed ? BigInt.asIntN : BigInt.asUintN;
  if (wrap(type.width, exact) !== exact) {
    throw refuse(
      manifest,
      `${exact} does not fit into argument '${name}' (${text()})`,
      'Pass a value that the argument can hold.',
    );
  }
  return BigInt.asUintN(64, exact);
}

/**
 * A memory argument as a buffer of the device that runs the kernel.
 * @param Buffer the device's own class of buffers.
 * @throws TilewrightError `KERNEL_ARGUMENT` for a number, and for another device's buffer.
 */
export function bufferOf<T>(
  Buffer: abstract new (...args: never[]) => T,
  manifest: Manifest,
  { name }: ManifestMemory,
  value: KernelArguments[string] | undefined,
): T {
  if (value instanceof Buffer) return value;
  throw noBuffer(manifest, name, value);
}

function missing(manifest: Manifest, name: string): TilewrightError {
  return refuse(manifest, `argument '${name}' is missing`, 'Pass every argument by its name.');
}

/** The error for what is given instead of a buffer of the device. */
export function noBuffer(manifest: Manifest, name: string, value: unknown): TilewrightError {
  if (value === undefined) return missing(manifest, name);
  return typeof value === 'object' && value !== null && 'bytes' in value
    ? refuse(
        manifest,
        `the buffer of argument '${name}' belongs to another device`,
        "Allocate it with this device's own allocate().",
      )
    : refuse(
        manifest,
        `argument '${name}' must be a buffer`,
        'Pass one that allocate() of this device returned.',
      );
}

/** @throws TilewrightError `KERNEL_ARGUMENT` for what is no object of arguments. */
export function checkObject(manifest: Manifest, args: unknown): void {
  if (typeof args === 'object' && args !== null) return;
  const known = manifest.arguments.map(({ name }) => name);
  throw refuse(
    manifest,
    'its arguments must be an object, each by its name',
    `Call run({ ${known.join(', ')} }).`,
  );
}

/** @throws TilewrightError `KERNEL_ARGUMENT` for a name that the kernel does not know. */
export function checkNames(manifest: Manifest, args: KernelArguments): void {
  checkObject(manifest, args);
  const known = manifest.arguments.map(({ name }) => name);
  for (const name of Object.keys(args)) {
    if (known.includes(name)) continue;
    throw refuse(manifest, `there is no argument '${name}'`, `It takes ${known.join(', ')}.`);
  }
}

/**
 * Checks what needs no device: names, and scalars by their types.
 * @throws TilewrightError `KERNEL_ARGUMENT`.
 */
export function checkArguments(manifest: Manifest, args: KernelArguments): void {
  checkNames(manifest, args);
  for (const argument of manifest.arguments) {
    const value = args[argument.name];
    if (argument.kind === 'scalar') scalarValue(manifest, argument, value);
    else if (value === undefined) throw missing(manifest, argument.name);
  }
}
