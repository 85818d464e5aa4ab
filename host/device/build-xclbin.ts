import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { MemoryCard } from '../../codegen/package/card-memory.ts';
import type { Connectivity } from '../../codegen/package/connectivity.ts';
import { makePlatform } from '../../codegen/package/make-platform.ts';
import type { Platform } from '../../codegen/package/platform.ts';
import { writeXclbin } from '../../codegen/package/xclbin/write-xclbin.ts';
import { artefactStore } from '../../codegen/support/store.ts';
import { buildEmulator } from '../../sim/emulation/build-emulator.ts';
import { generatorHash } from './build-kernel.ts';
import type { BuiltKernel } from './built-kernel.ts';

/** A kernel that goes into an `.xclbin`. */
export interface XclbinKernel {
  readonly built: BuiltKernel;
  /** Compute units; when not given what the connectivity says, else one. */
  readonly count?: number | undefined;
}

export interface BuildXclbinOptions {
  /** Names of compute units and banks of arguments, as `v++` takes them. */
  readonly connectivity?: Connectivity | undefined;
  /** Whose memory; when not given u280 if the connectivity speaks of HBM, else u250. */
  readonly card?: MemoryCard | undefined;
  /** Clock of the kernels that hosts are told, by default 300; the emulation counts cycles. */
  readonly clockMhz?: number | undefined;
  /** Whether the emulation can write waveforms, which takes a second model of each kernel; by default it can. */
  readonly trace?: boolean | undefined;
  /** Builds the models without g++'s optimiser: built sooner, run slower. */
  readonly quick?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told when something has to be built; silent when all is cached. */
  readonly onProgress?: ((step: string) => void) | undefined;
}

export interface BuiltXclbin {
  /** Absolute path in the artefact store. */
  readonly file: string;
  readonly platform: Platform;
  readonly cached: boolean;
}

/** XRT unpacks BITSTREAM and starts `launch_hw_emu.sh` here. */
const launchFolder = 'behav_waveform/xsim';

async function filesIn(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const names = (await readdir(folder)).sort();
  return new Map(
    await Promise.all(
      names.map(
        async (name) =>
          [`${launchFolder}/${name}`, new Uint8Array(await readFile(join(folder, name)))] as const,
      ),
    ),
  );
}

/**
 * Builds an `.xclbin` that any XRT or OpenCL host runs in hardware emulation: the metadata and, inside,
 * the Verilated kernels with the device process that speaks to XRT. It comes from the artefact store when
 * it was built before.
 * @throws TilewrightError `CONNECTIVITY` for units and banks that cannot be, and as `buildEmulator`.
 */
export async function buildHwEmu(
  kernels: readonly XclbinKernel[],
  options: BuildXclbinOptions = {},
): Promise<BuiltXclbin> {
  const { connectivity, card, clockMhz, trace, quick, signal, onProgress } = options;
  const platform = makePlatform(
    kernels.map(({ built: { manifest, folder }, count }) => ({ manifest, folder, count })),
    { connectivity, card, clockMhz },
  );
  const emulator = await buildEmulator(platform, { trace, quick, signal, onProgress });
  const { kernel } = kernels[0].built.manifest;
  const key = {
    writer: generatorHash(),
    // A folder of the store is named after what went into it; folders of kernels say nothing more.
    emulator: basename(dirname(emulator.folder)),
    platform: {
      ...platform,
      computeUnits: platform.computeUnits.map(({ folder: _folder, ...unit }) => unit),
    },
  };
  const { folder, cached } = await artefactStore().build(`${kernel}-xclbin`, key, async (to) => {
    onProgress?.('writing the xclbin');
    await writeFile(
      join(to, `${kernel}.xclbin`),
      writeXclbin(platform, await filesIn(emulator.folder)),
    );
  });
  return { file: join(folder, `${kernel}.xclbin`), platform, cached };
}
