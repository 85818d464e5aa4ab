import { TilewrightError } from '../../codegen/support/errors.ts';
import { type CosimOptions, type CosimResult, cosim } from '../cosim/cosim.ts';
import { buildKernel } from '../device/build-kernel.ts';
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
 * Co-simulates a kernel once, and says what its processes spent the cycles on.
 * @throws TilewrightError as `cosim`.
 */
export async function profileKernel(options: ProfileOptions): Promise<ProfileResult> {
  const result = await cosim({ ...options, devices: ['sim'], profile: true });
  const { profile: counted, ...rest } = result;
  if (counted === undefined) {
    throw new TilewrightError(`${result.kernel}: the simulation counted nothing`, {
      code: 'SIM_PROFILE',
      hint: 'Remove the built models and try again: tilewright clean.',
    });
  }
  const { manifest } = await buildKernel(options.kernel, options.parameters);
  const profile = kernelProfile(manifest, counted);
  const bottleneck = result.match
    ? describeBottleneck(findBottleneck(profile, result.memory.outstanding), profile, result.memory)
    : null;
  return { cosim: rest, profile, bottleneck };
}
