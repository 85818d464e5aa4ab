import type { TargetAnswer } from '../build-targets/build-target.ts';
import { buildTargets, chosenTargets, targetOptions } from '../build-targets/index.ts';
import { defineCommand, parameterOption } from '../command.ts';
import { checkOwners, parametersOf } from '../kernel-parameters.ts';
import { strictOption, tellWarnings } from '../kernel-warnings.ts';

const described = buildTargets.map(({ name, describe }) => `${name}: ${describe}`).join('; ');
const defaults = buildTargets.filter(({ byDefault }) => byDefault).map(({ name }) => name);

export default defineCommand({
  name: 'build',
  summary: 'Build a kernel for a device, so that the next run starts at once',
  positional: { name: 'kernel', describe: 'Name of a built-in kernel, or a TypeScript file' },
  options: {
    target: {
      describe: `${described}; ${defaults.join(' and ')} when not given`,
      choices: buildTargets.map(({ name }) => name),
      requiresArg: true,
    },
    parameter: parameterOption,
    strict: strictOption,
    ...targetOptions(),
  },
  examples: [
    ['tilewright build mean_aggregate', 'For native and for sim'],
    ['tilewright build neighbor_sample --target native -p fanout=8', 'One target, one parameter'],
    ...buildTargets.flatMap(({ examples = [] }) => examples),
  ],
  async run(options, context, kernel) {
    const targets = chosenTargets(options.target, options);
    // Where a target takes --cu, it checks them against the kernels that are named there.
    if (!targets.some((target) => 'cu' in target.options)) checkOwners(options.parameter);
    const { buildKernel } = await import('../../device/build-kernel.ts');
    const built = await context.progress.step(`Compiling ${kernel}`, () =>
      buildKernel(kernel, parametersOf('', options.parameter)),
    );
    const { warnings = [] } = built;
    tellWarnings(warnings, options.strict, context);
    const answers = new Map<string, TargetAnswer>();
    for (const target of targets) {
      const answer = await context.progress.step(`Building for ${target.name}`, (update) =>
        target.build(built, options, context, update),
      );
      answers.set(target.name, answer);
    }
    const { kernel: name, parameters } = built.manifest;
    const done = [...answers].flatMap(([target, { dryRun }]) => (dryRun ? [] : [target]));
    const line = `${name} is built for ${done.join(' and ')}; its sources are in ${built.folder}`;
    const texts = [...answers.values()].flatMap(({ text }) => (text === undefined ? [] : [text]));
    const results = Object.fromEntries(
      [...answers].flatMap(([target, { json }]) => (json === undefined ? [] : [[target, json]])),
    );
    return {
      json: {
        kernel: name,
        parameters,
        targets: targets.map((target) => target.name),
        folder: built.folder,
        warnings,
        ...results,
      },
      text: [...(done.length === 0 ? [] : [line]), ...texts].join('\n'),
    };
  },
});
