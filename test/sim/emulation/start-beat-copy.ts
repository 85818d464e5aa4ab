import { fault } from '../fixture/beat-copy.ts';
import type { ShimHost } from './shim-host.ts';

export interface BeatCopyRun {
  readonly source: number;
  readonly target: number;
  readonly bursts: number;
  readonly beats: number;
  readonly fault?: number;
}

/** Writes the registers of the compute unit at `base`, a call a word as the shim does, and starts it. */
export async function startBeatCopy(
  host: ShimHost,
  base: number,
  run: BeatCopyRun,
): Promise<number> {
  const { source, target, bursts, beats } = run;
  const words: [number, number][] = [
    [0x10, source % 2 ** 32],
    [0x14, Math.floor(source / 2 ** 32)],
    [0x1c, target % 2 ** 32],
    [0x20, Math.floor(target / 2 ** 32)],
    [0x28, 0],
    [0x2c, 0],
    [0x34, bursts],
    [0x3c, beats],
    [0x44, run.fault ?? fault.none],
    [0x00, 1],
  ];
  for (const [offset, value] of words) await host.writeRegister(base + offset, value);
  return base;
}
