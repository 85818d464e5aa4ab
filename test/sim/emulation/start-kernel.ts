import type { ComputeUnit } from '../../../codegen/package/platform.ts';
import { registerValues } from '../../../sim/register-values.ts';
import type { ShimHost } from './shim-host.ts';

/** Writes the arguments of a compute unit, memories by their addresses, and starts it. */
export async function startKernel(
  host: ShimHost,
  { base, manifest }: ComputeUnit,
  scalars: Readonly<Record<string, number | bigint>>,
  addresses: ReadonlyMap<string, number>,
): Promise<void> {
  const nothing = () => undefined;
  const buffers = [...addresses].map(([name, address]) => {
    const place = { bytes: 64, address: BigInt(address), data: new Uint8Array(64) };
    return [name, { ...place, release: nothing, [Symbol.dispose]: nothing }] as const;
  });
  const values = { ...scalars, ...Object.fromEntries(buffers) };
  for (const { offset, value } of registerValues(manifest, values).writes) {
    await host.writeRegister(base + offset, value);
  }
  await host.writeRegister(base, 1);
}
