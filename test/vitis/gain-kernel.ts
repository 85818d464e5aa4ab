import { join } from 'node:path';
import { compileKernel, writeCompiled } from '../../codegen/index.ts';
import { type Connectivity, noConnectivity } from '../../codegen/package/connectivity.ts';
import type { HwDesign, HwKernel } from '../../codegen/package/vitis/hw-plan.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';

export const platform = 'xilinx_u280_gen3x16_xdma_1_202211_1';

/** The small kernel of the golden files, compiled into a folder. */
export async function gainKernel(folder: string): Promise<HwKernel> {
  const file = join(packageRoot(), 'test/codegen/golden/gain.ts');
  const compiled = await compileKernel(file);
  writeCompiled(compiled, folder);
  return { manifest: compiled.manifest, folder };
}

export function design(
  kernel: HwKernel,
  from: HwDesign['from'],
  year: number,
  release: number,
  connectivity: Connectivity = noConnectivity,
): HwDesign {
  const version = { year, release };
  return { kernels: [kernel], from, platform, frequencyMhz: 300, connectivity, version };
}
