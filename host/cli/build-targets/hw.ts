import { usageError } from '../command.ts';
import { defineTarget } from './build-target.ts';
import {
  computeUnitOptions,
  frequencyOption,
  gatherKernels,
  outputOption,
  writeOutput,
} from './compute-unit-options.ts';

export default defineTarget({
  name: 'hw',
  describe: "an .xclbin for a card, by AMD's Vitis",
  options: {
    ...computeUnitOptions,
    platform: {
      describe: 'The card: name of its platform, or path of its .xpfm',
      type: 'string',
      requiresArg: true,
    },
    from: {
      describe: 'rtl: the Verilog that is simulated (default); hls: the HLS C++',
      choices: ['rtl', 'hls'],
      requiresArg: true,
    },
    frequency: frequencyOption,
    part: {
      describe: "Part for --from hls, where the platform's name does not tell it",
      type: 'string',
      requiresArg: true,
    },
    'dry-run': {
      describe: 'Tell every command and every file, and run nothing; needs no Vitis',
      type: 'boolean',
    },
    'vitis-version': {
      describe: 'Release to write for, e.g. 2023.2; the installed one when not given',
      type: 'string',
      requiresArg: true,
    },
    output: outputOption,
    out: {
      describe: 'Write every file of a --dry-run into this folder',
      type: 'string',
      requiresArg: true,
    },
  },
  examples: [
    [
      'tilewright build mean_aggregate --target hw --platform xilinx_u280_gen3x16_xdma_1_202211_1 --dry-run',
      'What a build for a card would run, without Vitis',
    ],
    [
      'tilewright build sample_aggregate --target hw --platform xilinx_u50_gen3x16_xdma_5_202210_1 --cu sample_aggregate:2 --connectivity hbm.cfg --frequency 250',
      'Two compute units, their banks from a file',
    ],
  ],
  async build(kernel, options, context, update) {
    const { platform, from = 'rtl', frequency = 300, part, output, out } = options;
    const dryRun = options['dry-run'] === true;
    if (platform === undefined) {
      throw usageError(
        '--target hw needs a platform',
        'Add --platform, e.g. --platform xilinx_u280_gen3x16_xdma_1_202211_1.',
      );
    }
    if (part !== undefined && from !== 'hls') {
      throw usageError('--part is for --from hls', 'Leave it out: the linker knows the platform.');
    }
    if (dryRun ? output !== undefined : out !== undefined) {
      throw usageError(
        dryRun ? '--output is for a build, not for a --dry-run' : '--out is for a --dry-run',
        '--output FILE takes the binary that is built, --out FOLDER the files of a dry run.',
      );
    }
    const { resolve } = await import('node:path');
    const { checkWritable } = await import('../../../codegen/support/atomic-write.ts');
    if (output !== undefined) await checkWritable(output);
    const { assumedVersion, parseVitisVersion, versionText } = await import(
      '../../../codegen/package/vitis/vitis-version.ts'
    );
    const { installedVitis, vitisMissing } = await import(
      '../../../codegen/package/vitis/find-vitis.ts'
    );
    const { planHw } = await import('../../../codegen/package/vitis/plan-hw.ts');
    const { dryRunJson, dryRunText, hwText } = await import('../hw-text.ts');
    const wanted = options['vitis-version'];
    const asked = wanted === undefined ? undefined : parseVitisVersion(wanted);
    const found = await installedVitis();
    if (!dryRun && found === undefined && asked === undefined) throw vitisMissing(['v++']);
    const version = asked ?? found ?? assumedVersion;
    const { kernels, connectivity } = await gatherKernels(kernel, options, context);
    const plan = planHw({
      kernels: kernels.map(({ built, count }) => ({
        manifest: built.manifest,
        folder: built.folder,
        count,
      })),
      from,
      platform,
      part,
      frequencyMhz: frequency,
      connectivity,
      version,
    });
    if (dryRun) {
      const source =
        asked !== undefined ? 'asked for' : found !== undefined ? 'installed' : 'assumed';
      if (out !== undefined) {
        const { writePlanInto } = await import('../../../codegen/package/vitis/run-plan.ts');
        await writePlanInto(plan, resolve(out));
      }
      return {
        dryRun: true,
        json: dryRunJson(plan, source),
        text: dryRunText(plan, source, out),
      };
    }
    if (found !== undefined && versionText(found) !== versionText(version)) {
      throw usageError(
        `the installed Vitis is ${versionText(found)}, not ${versionText(version)}`,
        'Leave out --vitis-version, or source the settings64.sh of that release.',
      );
    }
    const { buildHw } = await import('../../../codegen/package/vitis/build-hw.ts');
    const built = await buildHw(plan, { signal: context.signal, onProgress: update });
    for (const warning of new Set(
      built.manifests.flatMap(({ reports }) => reports?.warnings ?? []),
    )) {
      context.note(`warning: ${warning}`);
    }
    if (output !== undefined) await writeOutput(built.xclbin, output);
    const xclbin = output === undefined ? built.xclbin : resolve(output);
    return {
      json: {
        xclbin,
        folder: built.folder,
        cached: built.cached,
        log: built.log,
        vitis: versionText(version),
        reports: Object.fromEntries(
          built.manifests.map((manifest) => [manifest.kernel, manifest.reports]),
        ),
      },
      text: hwText(xclbin, built.manifests),
    };
  },
});
