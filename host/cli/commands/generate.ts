import type { CompiledKernel } from '../../../codegen/index.ts';
import {
  type CommandContext,
  defineCommand,
  parameterOption,
  realNumber,
  usageError,
} from '../command.ts';
import { strictOption, tellWarnings } from '../kernel-warnings.ts';

interface Wanted {
  readonly kernel: string;
  readonly folder: string | undefined;
  readonly parameters: Readonly<Record<string, number>>;
  readonly clock: number | undefined;
  readonly explain: boolean;
  readonly strict: boolean;
}

/** Compiles once, writes what is asked for, and describes it. */
async function generate(wanted: Wanted, context: CommandContext) {
  const { compileKernel, explainKernel, resolveKernel, writeCompiled } = await import(
    '../../../codegen/index.ts'
  );
  const { kernel, folder, parameters, clock, explain, strict } = wanted;
  const compiled: CompiledKernel = await context.progress.step(`Compiling ${kernel}`, () =>
    compileKernel(resolveKernel(kernel), parameters, { clock }),
  );
  const { manifest, warnings } = compiled;
  tellWarnings(warnings, strict, context);
  if (folder !== undefined) writeCompiled(compiled, folder);
  const written = folder === undefined ? [] : ['manifest.json'];
  const files = [...compiled.files.keys(), ...written].sort();
  const settings = Object.entries(manifest.parameters).map(([name, value]) => `${name}=${value}`);
  const title =
    settings.length === 0 ? manifest.kernel : `${manifest.kernel} (${settings.join(', ')})`;
  const text = folder === undefined ? [] : [[`${title} in ${folder}:`, ...files].join('\n  ')];
  const loops = explain ? explainKernel(compiled) : undefined;
  if (loops !== undefined) {
    const { explainTable } = await import('../explain-table.ts');
    text.push(explainTable(loops).trim());
  }
  return {
    json: {
      kernel: manifest.kernel,
      parameters: manifest.parameters,
      ...(folder === undefined ? {} : { folder }),
      files,
      warnings,
      ...(loops === undefined ? {} : { explain: loops }),
    },
    text: text.join('\n\n'),
  };
}

export default defineCommand({
  name: 'generate',
  summary: 'Compile a kernel to HLS C++, Verilog, kernel.xml and a manifest',
  positional: { name: 'kernel', describe: 'Name of a built-in kernel, or a TypeScript file' },
  options: {
    out: {
      alias: 'o',
      describe: 'Folder to write to; made when it is not there. Only --explain does without',
      type: 'string',
      requiresArg: true,
    },
    parameter: parameterOption,
    clock: realNumber(
      'clock',
      'Nanoseconds of the delay table that a stage of the Verilog may hold; 3.2 by default',
      { min: 1, max: 100 },
    ),
    explain: {
      describe: 'Show per loop the interval asked for and got, the stages, and what limits it',
      type: 'boolean',
      default: false,
    },
    watch: {
      describe: 'Compile again whenever the kernel or a file that it imports changes, until Ctrl-C',
      type: 'boolean',
      default: false,
    },
    strict: strictOption,
  },
  examples: [
    ['tilewright generate mean_aggregate --out out/mean', 'Write what the default parameters give'],
    ['tilewright generate neighbor_sample -p fanout=8 --out out/sample', 'Set a parameter'],
    [
      'tilewright generate ./my-kernel.ts --out out/mine --watch',
      'A kernel of your own, as you edit',
    ],
    [
      'tilewright generate mean_aggregate --clock 2.4 --explain',
      'More and shorter pipeline stages',
    ],
    ['tilewright generate mean_aggregate --explain', 'Which loop runs how fast, and why no faster'],
  ],
  async run(options, context, kernel) {
    const { resolve } = await import('node:path');
    if (options.out === undefined && !options.explain && !options.watch) {
      throw usageError(
        'nothing says where to write to',
        'Add --out FOLDER; --explain does without one.',
      );
    }
    const wanted: Wanted = {
      kernel,
      folder: options.out === undefined ? undefined : resolve(options.out),
      parameters: options.parameter ?? {},
      clock: options.clock,
      explain: options.explain,
      strict: options.strict,
    };
    if (!options.watch) return generate(wanted, context);
    const { watchKernel } = await import('../watch-kernel.ts');
    return watchKernel(kernel, context, () => generate(wanted, context));
  },
});
