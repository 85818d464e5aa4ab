/**
 * What an `.xclbin` is made for: the card's memory and clock, and the compute units on it. Pure data; the
 * container's writer, the emulator's builder and the Vitis command lines all read it.
 */
import type { Manifest } from './manifest.ts';

/** One bank of device memory. Base and size in bytes; the base is a multiple of 4 KiB. */
export interface MemoryBank {
  /** As `v++` spells it: `DDR[0]`, `HBM[3]`. */
  readonly name: string;
  readonly kind: 'ddr' | 'hbm';
  readonly base: bigint;
  readonly bytes: bigint;
}

/** One instance of a kernel: its register window, and the bank behind each of its memory arguments. */
export interface ComputeUnit {
  /** Unique on the platform, e.g. `sample_aggregate_1`; XRT calls it `sample_aggregate:sample_aggregate_1`. */
  readonly instance: string;
  readonly manifest: Manifest;
  /** Absolute folder of the manifest and the artefacts it lists. */
  readonly folder: string;
  /** Byte address of its 64 KiB of registers, as the host sees it. */
  readonly base: number;
  /** By the name of each memory argument: the index of its bank in the platform's `banks`. */
  readonly connections: Readonly<Record<string, number>>;
}

export interface Platform {
  /** Vendor, board, name and version, as XRT and `v++` spell them, e.g. `tilewright_hbm_1_1`. */
  readonly name: string;
  readonly clockMhz: number;
  readonly banks: readonly MemoryBank[];
  readonly computeUnits: readonly ComputeUnit[];
}
