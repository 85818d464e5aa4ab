import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseCsynth } from './csynth-report.ts';
import type { HwPlan } from './hw-plan.ts';
import type { HwReports } from './hw-reports.ts';
import { parseTiming } from './timing-report.ts';
import { parseUtilisation } from './utilisation-report.ts';
import { versionText } from './vitis-version.ts';

/** Every file below a folder, sorted, relative to it. */
export function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** The first file of the first pattern that fits one: what is later in the flow comes first. */
function pick(files: readonly string[], patterns: readonly RegExp[]): string | undefined {
  for (const pattern of patterns) {
    const file = files.find((candidate) => pattern.test(candidate));
    if (file !== undefined) return file;
  }
  return undefined;
}

/**
 * Reads what the tools reported of a build that ended well. Reports differ between releases, and none
 * is worth failing over: what is missing or cannot be read becomes a warning.
 * @param folder of the build.
 * @returns by kernel; timing and utilisation are those of the whole binary, the same in each.
 */
export function readReports(plan: HwPlan, folder: string): ReadonlyMap<string, HwReports> {
  const { design } = plan;
  const shared: string[] = [];
  const read = <T>(
    what: string,
    file: string | undefined,
    warnings: string[],
    parse: (text: string) => T,
  ): T | undefined => {
    if (file === undefined) {
      warnings.push(`there is no report of ${what}`);
      return undefined;
    }
    try {
      return parse(readFileSync(join(folder, file), 'utf8'));
    } catch (error) {
      warnings.push(
        `${basename(file)}, the report of ${what}, was not understood: ${(error as Error).message}`,
      );
      return undefined;
    }
  };
  const linked = filesBelow(folder);
  // Routing may be followed by physical optimisation, whose report is then the last word.
  const timing = read(
    'timing',
    pick(linked, [
      /timing_summary_postroute_physopted\.rpt$/,
      /timing_summary_routed\.rpt$/,
      /timing_summary[^/]*\.rpt$/,
    ]),
    shared,
    parseTiming,
  );
  const utilisation = read(
    'utilisation',
    pick(linked, [/kernel_util_routed\.rpt$/, /kernel_util_placed\.rpt$/]),
    shared,
    parseUtilisation,
  );
  const reports = new Map<string, HwReports>();
  for (const { manifest } of design.kernels) {
    const warnings = [...shared];
    const own = filesBelow(join(folder, manifest.kernel)).map((file) =>
      join(manifest.kernel, file),
    );
    const csynth =
      design.from === 'hls'
        ? read(
            'HLS',
            pick(own, [/syn\/report\/csynth\.xml$/, /csynth\.xml$/]),
            warnings,
            parseCsynth,
          )
        : undefined;
    warnings.push(...(csynth?.warnings ?? []));
    reports.set(manifest.kernel, {
      vitis: versionText(design.version),
      from: design.from,
      platform: basename(design.platform, '.xpfm'),
      frequencyMhz: design.frequencyMhz,
      ...(csynth === undefined ? {} : { hls: csynth.report }),
      ...(timing === undefined ? {} : { timing }),
      ...(utilisation === undefined ? {} : { utilisation }),
      warnings,
    });
  }
  return reports;
}
