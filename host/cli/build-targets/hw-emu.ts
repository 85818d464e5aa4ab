import { memoryCards } from '../../../codegen/package/card-memory.ts';
import { defineTarget } from './build-target.ts';
import {
  computeUnitOptions,
  frequencyOption,
  gatherKernels,
  outputOption,
  writeOutput,
} from './compute-unit-options.ts';

export default defineTarget({
  name: 'hw_emu',
  describe: 'an .xclbin around the Verilog that any XRT or OpenCL host runs in emulation',
  options: {
    ...computeUnitOptions,
    card: {
      describe: 'Card whose memory is emulated; u280 if --connectivity names HBM, else u250',
      choices: memoryCards,
      requiresArg: true,
    },
    frequency: frequencyOption,
    output: outputOption,
  },
  examples: [
    [
      'tilewright build mean_aggregate --target hw_emu --output mean.xclbin',
      'For XCL_EMULATION_MODE=hw_emu, without Vitis',
    ],
    [
      'tilewright build sample_aggregate --target hw_emu --cu sample_aggregate:2 --cu mean_aggregate --card u55c',
      'Two kernels, three compute units, HBM',
    ],
  ],
  async build(kernel, options, context, update) {
    const { buildHwEmu } = await import('../../device/build-xclbin.ts');
    const { checkWritable } = await import('../../../codegen/support/atomic-write.ts');
    const { output, card, frequency: clockMhz } = options;
    if (output !== undefined) await checkWritable(output);
    const { kernels, connectivity } = await gatherKernels(kernel, options, context);
    const { signal } = context;
    const built = await buildHwEmu(kernels, {
      ...{ connectivity, card, clockMhz, signal },
      onProgress: update,
    });
    const { file, platform } = built;
    if (output !== undefined) await writeOutput(file, output);
    const units = platform.computeUnits.map(({ manifest, instance, connections }) => ({
      kernel: manifest.kernel,
      instance,
      banks: Object.fromEntries(
        Object.entries(connections).map(([name, bank]) => [name, platform.banks[bank].name]),
      ),
    }));
    const xclbin = output ?? file;
    return {
      json: { xclbin, platform: platform.name, computeUnits: units },
      text: [
        `${xclbin}: ${platform.name}, ${units.map(({ instance }) => instance).join(', ')}`,
        '`tilewright env` prints the environment that a host needs, `tilewright inspect` what the file holds.',
      ].join('\n'),
    };
  },
});
