import { defineCommand, parameterOption } from '../command.ts';
import { strictOption, tellWarnings } from '../kernel-warnings.ts';

const targets = ['native', 'sim'] as const;

export default defineCommand({
  name: 'build',
  summary: 'Build a kernel for a device, so that the next run starts at once',
  positional: { name: 'kernel', describe: 'Name of a built-in kernel, or a TypeScript file' },
  options: {
    target: {
      describe: 'native: the HLS C++ by g++; sim: the Verilog by Verilator; both when not given',
      choices: targets,
      requiresArg: true,
    },
    parameter: parameterOption,
    strict: strictOption,
  },
  examples: [
    ['tilewright build mean_aggregate', 'For native and for sim'],
    ['tilewright build neighbor_sample --target native -p fanout=8', 'One target, one parameter'],
  ],
  async run(options, context, kernel) {
    const { buildKernel } = await import('../../device/build-kernel.ts');
    const { openDevice } = await import('../../device/open-device.ts');
    const built = await context.progress.step(`Compiling ${kernel}`, () =>
      buildKernel(kernel, options.parameter ?? {}),
    );
    const { warnings = [] } = built;
    tellWarnings(warnings, options.strict, context);
    const wanted = options.target === undefined ? targets : [options.target];
    for (const target of wanted) {
      await context.progress.step(`Building for ${target}`, async (update) => {
        const device = await openDevice(target, { signal: context.signal, onProgress: update });
        try {
          await device.load(built);
        } finally {
          await device.close();
        }
      });
    }
    const { kernel: name, parameters } = built.manifest;
    return {
      json: { kernel: name, parameters, targets: wanted, folder: built.folder, warnings },
      text: `${name} is built for ${wanted.join(' and ')}; its sources are in ${built.folder}`,
    };
  },
});
