import { readFileSync } from 'node:fs';
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makeFolders } from '../../support/make-folders.ts';
import { artefactStore, contentHash } from '../../support/store.ts';
import type { Manifest } from '../manifest.ts';
import { locateTools } from './find-vitis.ts';
import type { HwPlan } from './hw-plan.ts';
import { filesBelow, readReports } from './read-reports.ts';
import { runPlan, writePlan } from './run-plan.ts';

export interface BuildHwOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

export interface BuiltHw {
  /** Absolute path of the device binary. */
  readonly xclbin: string;
  /** Absolute folder of everything that was made: binary, `.xo`, reports, logs, manifests. */
  readonly folder: string;
  /** True when it was there already, and no tool was run. */
  readonly cached: boolean;
  /** Absolute path of what the tools printed. */
  readonly log: string;
  /** Of each kernel, with its `reports`. */
  readonly manifests: readonly Manifest[];
}

const logFile = 'build.log';

/** Gigabytes that only the tools need, below the build and below each kernel. */
const scratch = { build: ['_x', '.Xil', '.ipcache'], kernel: ['project', 'ip', '.Xil'] };

/** The tools' own logs outlive a build that failed: the errors point to them. */
async function keepLogs(folder: string, kept: string): Promise<void> {
  for (const file of filesBelow(folder).filter((path) => path.endsWith('.log'))) {
    makeFolders(kept);
    await copyFile(join(folder, file), join(kept, file.replaceAll('/', '-')));
  }
}

/**
 * Builds a plan's device binary with the Vitis of this machine, into the artefact store: one that was built
 * before of the same files, by the same commands, is taken from there. A build that fails or is stopped
 * leaves its logs in the store's folder `logs`, and nothing else.
 * @throws TilewrightError `TOOL_MISSING`, `VITIS_FAILED`, `ABORTED`, `DISK_FULL`, `STORE_UNWRITABLE`.
 */
export async function buildHw(plan: HwPlan, options: BuildHwOptions = {}): Promise<BuiltHw> {
  const programs = locateTools(plan);
  const key = {
    files: Object.fromEntries(plan.files),
    copies: Object.fromEntries(
      [...plan.copies].map(([path, file]) => [path, contentHash(readFileSync(file, 'utf8'))]),
    ),
    version: plan.design.version,
  };
  const name = `hw-${basename(plan.xclbin, '.xclbin').replaceAll('+', '-')}`;
  const store = artefactStore();
  const logs = join(store.logs, `${name}-${contentHash(key).slice(0, 12)}`);
  const { folder, cached } = await store.build(name, key, async (temporary) => {
    await writePlan(plan, temporary);
    const log = join(logs, logFile);
    await rm(logs, { recursive: true, force: true });
    try {
      await runPlan(plan, temporary, { programs, log, ...options });
    } catch (error) {
      await keepLogs(temporary, logs).catch(() => undefined);
      throw error;
    }
    const reports = readReports(plan, temporary);
    for (const { manifest } of plan.design.kernels) {
      const described = { ...manifest, reports: reports.get(manifest.kernel) };
      const text = `${JSON.stringify(described, undefined, 2)}\n`;
      await writeFile(join(temporary, manifest.kernel, 'manifest.json'), text);
    }
    await copyFile(log, join(temporary, logFile));
    const remove = [
      ...scratch.build,
      ...plan.design.kernels.flatMap(({ manifest }) =>
        scratch.kernel.map((path) => join(manifest.kernel, path)),
      ),
    ];
    for (const path of remove) await rm(join(temporary, path), { recursive: true, force: true });
    await rm(logs, { recursive: true, force: true });
  });
  const manifests = await Promise.all(
    plan.design.kernels.map(async ({ manifest }) => {
      const text = await readFile(join(folder, manifest.kernel, 'manifest.json'), 'utf8');
      return JSON.parse(text) as Manifest;
    }),
  );
  return {
    xclbin: join(folder, plan.xclbin),
    folder,
    cached,
    log: join(folder, logFile),
    manifests,
  };
}
