import type { ComputeUnit, MemoryBank, Platform } from '../../../codegen/package/platform.ts';
import type { KernelArtefacts } from '../../../sim/index.ts';

const giga = 1n << 30n;

export const banks: readonly MemoryBank[] = [0, 1].map((index) => ({
  name: `DDR[${index}]`,
  kind: 'ddr',
  base: BigInt(index) * 16n * giga,
  bytes: 16n * giga,
}));

/** A platform of two DDR banks and some compute units of one kernel. */
export function platformOf(
  kernel: KernelArtefacts,
  connections: readonly ComputeUnit['connections'][],
): Platform {
  return {
    name: 'test_board_1_0',
    clockMhz: 300,
    banks,
    computeUnits: connections.map((one, index) => ({
      ...kernel,
      instance: `${kernel.manifest.kernel}_${index + 1}`,
      base: 0x1800000 + index * 0x10000,
      connections: one,
    })),
  };
}
