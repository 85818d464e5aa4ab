import type { Connectivity } from '../connectivity.ts';
import type { Manifest } from '../manifest.ts';
import type { VitisVersion } from './vitis-version.ts';

/** Where a kernel's `.xo` comes from: the Verilog that was simulated, or the HLS C++. */
export type KernelSource = 'rtl' | 'hls';

/** A kernel that goes on the card. */
export interface HwKernel {
  readonly manifest: Manifest;
  /** Absolute folder of the manifest and the artefacts it lists. */
  readonly folder: string;
  /** Compute units; undefined leaves it to the connectivity, which leaves it at one. */
  readonly count?: number | undefined;
}

/** Everything that a build for a card depends on. */
export interface HwDesign {
  readonly kernels: readonly HwKernel[];
  readonly from: KernelSource;
  /** A platform's name, or the path of its `.xpfm`. */
  readonly platform: string;
  /** The part for HLS; undefined takes the one of the platform's board. */
  readonly part?: string | undefined;
  readonly frequencyMhz: number;
  readonly connectivity: Connectivity;
  readonly version: VitisVersion;
}

export type VitisTool = 'v++' | 'vitis-run' | 'vitis_hls' | 'vivado';

/** One call of a tool. */
export interface HwCommand {
  /** What it does, for progress and errors, e.g. `Packaging mean_aggregate`. */
  readonly title: string;
  readonly tool: VitisTool;
  readonly args: readonly string[];
  /** Folder that it runs in, relative to the build's; '' is the build's own. */
  readonly folder: string;
  /** The file that must be there afterwards, relative to the build's folder. */
  readonly makes?: string;
}

/** A build for a card as data: every file, every command. Paths are relative to one folder. */
export interface HwPlan {
  readonly design: HwDesign;
  /** Files to write, by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Files to copy: path to write, absolute path to read. */
  readonly copies: ReadonlyMap<string, string>;
  readonly commands: readonly HwCommand[];
  /** The device binary. */
  readonly xclbin: string;
}
