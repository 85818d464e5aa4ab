import { defineCommand, parameterOption } from '../command.ts';

export default defineCommand({
  name: 'generate',
  summary: 'Compile a kernel to HLS C++, Verilog, kernel.xml and a manifest',
  positional: { name: 'kernel', describe: 'Name of a built-in kernel, or a TypeScript file' },
  options: {
    out: {
      alias: 'o',
      describe: 'Folder to write to; made when it is not there',
      type: 'string',
      requiresArg: true,
      demandOption: true,
    },
    parameter: parameterOption,
  },
  examples: [
    ['tilewright generate mean_aggregate --out out/mean', 'Write what the default parameters give'],
    ['tilewright generate neighbor_sample -p fanout=8 --out out/sample', 'Set a parameter'],
    ['tilewright generate ./my-kernel.ts --out out/mine', 'A kernel of your own'],
  ],
  async run(options, context, kernel) {
    const { resolve } = await import('node:path');
    const { compileKernel, resolveKernel, writeCompiled } = await import(
      '../../../codegen/index.ts'
    );
    const folder = resolve(options.out);
    const compiled = await context.progress.step(`Compiling ${kernel}`, async () => {
      const done = await compileKernel(await resolveKernel(kernel), options.parameter ?? {});
      await writeCompiled(done, folder);
      return done;
    });
    const { manifest } = compiled;
    const files = [...compiled.files.keys()].sort();
    const settings = Object.entries(manifest.parameters).map(([name, value]) => `${name}=${value}`);
    return {
      json: { kernel: manifest.kernel, parameters: manifest.parameters, folder, files },
      text: [`${manifest.kernel} (${settings.join(', ')}) in ${folder}:`, ...files]
        .join('\n  ')
        .trimEnd(),
    };
  },
});
