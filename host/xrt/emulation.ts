import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { findProgram } from '../../codegen/support/tool-table.ts';
import { findXrt } from './find-xrt.ts';
import { type ShimRepair, type XrtPrefix, xrtPrefix } from './prefix.ts';

/** What this machine's XRT can do without a card. */
export interface EmulationReport {
  /** Absent where there is no XRT. */
  readonly version?: string;
  readonly library?: string;
  /** What XILINX_XRT has to be. */
  readonly prefix?: string;
  /** True when `prefix` is XRT's own or the user's: it is used as it is. */
  readonly foreign?: boolean;
  readonly repairs: readonly ShimRepair[];
  readonly hardwareEmulation: boolean;
  /** Why there is no hardware emulation, and what to do. */
  readonly wanting?: string;
}

const repairWords: Readonly<Record<ShimRepair, string>> = {
  heap: 'memory that was freed (a message larger than those before it)',
  sleeps: 'sleeps (10 s at load, 1 s a wait)',
  spinning: 'a host that spins when its simulator has died',
};

/** What is missing for hardware emulation with this XRT, and what to do; undefined when nothing is. */
export function emulationWanting(prefix: XrtPrefix): string | undefined {
  const shim = join(prefix.folder, 'lib', 'libxrt_hwemu.so.2');
  if (!existsSync(shim)) return `${shim} is not there: this XRT has no hardware emulation`;
  if (findProgram('unzip') === undefined) {
    return 'unzip was not found; install it with: sudo apt-get install unzip';
  }
  return undefined;
}

/** Looks for XRT, makes its prefix where it needs one, and says whether hardware emulation can run. */
export async function inspectEmulation(): Promise<EmulationReport> {
  const found = findXrt();
  if (found === undefined) {
    return { repairs: [], hardwareEmulation: false, wanting: 'there is no XRT' };
  }
  const { library, version } = found;
  const facts = { library, ...(version === undefined ? {} : { version }) };
  try {
    const prefix = await xrtPrefix();
    const wanting = emulationWanting(prefix);
    return {
      ...facts,
      prefix: prefix.folder,
      foreign: prefix.foreign,
      repairs: prefix.repairs,
      hardwareEmulation: wanting === undefined,
      ...(wanting === undefined ? {} : { wanting }),
    };
  } catch (error) {
    if (!(error instanceof TilewrightError)) throw error;
    return { ...facts, repairs: [], hardwareEmulation: false, wanting: error.message };
  }
}

/** The report as a few lines for a person. */
export function emulationText(report: EmulationReport): string {
  const { version, library, prefix, foreign, repairs, wanting } = report;
  if (library === undefined) return 'XRT: none; the device xrt needs it';
  const lines = [`XRT ${version ?? 'of unknown version'} (${library})`];
  if (prefix !== undefined) {
    lines.push(`  XILINX_XRT:         ${prefix}${foreign ? ', used as it is' : ''}`);
  }
  lines.push(
    `  hardware emulation: ${wanting ?? 'yes; `tilewright env` prints what a host needs'}`,
  );
  if (repairs.length > 0) {
    lines.push(`  repaired in memory: ${repairs.map((one) => repairWords[one]).join('; ')}`);
  }
  return lines.join('\n');
}
