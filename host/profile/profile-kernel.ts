import type { Manifest } from '../../codegen/package/manifest.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { type CosimOptions, type CosimResult, cosim, cosimWorkload } from '../cosim/cosim.ts';
import type { EncodedWorkload } from '../cosim/encode-workload.ts';
import { buildKernel } from '../device/build-kernel.ts';
import type { BuiltKernel } from '../device/built-kernel.ts';
import { findBottleneck } from './bottleneck.ts';
import { type BottleneckReport, describeBottleneck } from './bottleneck-sentence.ts';
import { type KernelProfile, kernelProfile } from './kernel-profile.ts';

export type ProfileOptions = Omit<CosimOptions, 'devices' | 'profile' | 'trace' | 'axiLog'>;

export interface ProfileResult {
  /** The co-simulation that was profiled: the TypeScript against the Verilog. */
  readonly cosim: CosimResult;
  readonly profile: KernelProfile;
  /** Null for a run with wrong words, which says nothing of the right one. */
  readonly bottleneck: BottleneckReport | null;
}

/**
 * Co-simulates a random workload of a kernel once, and says what its processes spent the cycles on.
 * @throws TilewrightError as `cosim`.
 */
export async function profileKernel(options: ProfileOptions): Promise<ProfileResult> {
  const result = await cosim({ ...options, devices: ['sim'], profile: true });
  const { manifest } = await buildKernel(options.kernel, options.parameters);
  return analyse(manifest, result);
}

/** The same with a workload of the caller's. */
export async function profileWorkload(
  kernel: BuiltKernel,
  workload: EncodedWorkload,
  options: Omit<ProfileOptions, 'kernel' | 'parameters'> = {},
): Promise<ProfileResult> {
  const profiled = { ...options, devices: ['sim'], profile: true };
  return analyse(kernel.manifest, await cosimWorkload(kernel, workload, profiled));
}

function analyse(manifest: Manifest, { profile: counted, ...rest }: CosimResult): ProfileResult {
  if (counted === undefined) {
    throw new TilewrightError(`${manifest.kernel}: the simulation counted nothing`, {
      code: 'SIM_PROFILE',
      hint: 'Remove the built models and try again: tilewright clean.',
    });
  }
  const profile = kernelProfile(manifest, counted);
  const { match, memory } = rest;
  const bottleneck = match
    ? describeBottleneck(findBottleneck(profile, memory.outstanding), profile, memory)
    : null;
  return { cosim: rest, profile, bottleneck };
}
