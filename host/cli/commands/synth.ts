import { defineCommand, parameterOption, realNumber, usageError } from '../command.ts';
import { strictOption, tellWarnings } from '../kernel-warnings.ts';

// As host/synth has them, which is loaded only when the command runs.
const cards = ['u50', 'u250', 'u280', 'zcu104'] as const;
const families = ['xcup', 'xcu', 'xc7'] as const;

export default defineCommand({
  name: 'synth',
  summary: "Tell a kernel's area and its slowest path, synthesised by Yosys",
  positional: { name: 'kernel', describe: 'Name of a built-in kernel, or a TypeScript file' },
  options: {
    parameter: parameterOption,
    strict: strictOption,
    card: {
      describe: 'Show the area as shares of this card, of the family xcup',
      choices: cards,
      requiresArg: true,
    },
    family: {
      describe: 'Architecture that the area is for: UltraScale+, UltraScale, 7 series',
      choices: families,
      default: 'xcup',
      requiresArg: true,
    },
    clock: realNumber('clock', 'Fail when the slowest path takes longer than this, in ns', {
      min: 0.1,
      max: 1000,
    }),
    timing: {
      describe: 'Estimate the slowest path (--no-timing leaves it out)',
      type: 'boolean',
      default: true,
    },
    'per-process': {
      describe: 'Also the slowest path of each process, memory and stream by itself',
      type: 'boolean',
      default: false,
    },
    log: {
      describe: 'Add everything that Yosys prints to this file',
      type: 'string',
      requiresArg: true,
    },
  },
  examples: [
    [
      'tilewright synth mean_aggregate --card u280',
      'Area as shares of a card, and the slowest path',
    ],
    [
      'tilewright synth neighbor_sample -p fanout=8 --no-timing',
      'The area alone, in half the time',
    ],
    ['tilewright synth ./my-kernel.ts --clock 3.3 --per-process', 'Which process misses 300 MHz'],
    ['tilewright synth mean_aggregate --family xc7 --json', 'The 7 series, for a script'],
  ],
  async run(options, context, kernel) {
    const { parameter, strict, card, family, clock, timing, log } = options;
    const perProcess = options['per-process'];
    if (!timing && (clock !== undefined || perProcess)) {
      const other = perProcess ? '--per-process' : '--clock';
      throw usageError(`${other} needs the timing`, 'Leave out --no-timing.');
    }
    const { resolve } = await import('node:path');
    const { buildKernel } = await import('../../device/build-kernel.ts');
    const { synthesise } = await import('../../synth/synthesise.ts');
    const { synthesisText } = await import('../synthesis-text.ts');
    const built = await context.progress.step(`Compiling ${kernel}`, () =>
      buildKernel(kernel, parameter ?? {}),
    );
    const { warnings = [] } = built;
    tellWarnings(warnings, strict, context);
    const report = await context.progress.step(`Synthesising ${kernel}`, (update) =>
      synthesise(built, {
        family,
        timing,
        perProcess,
        ...(card === undefined ? {} : { card }),
        ...(log === undefined ? {} : { log: resolve(log) }),
        signal: context.signal,
        onProgress: update,
      }),
    );
    const missed = clock !== undefined && (report.timing?.kernel.ns ?? 0) > clock;
    return {
      json: {
        ...report,
        clock: clock ?? null,
        meetsClock: clock === undefined ? null : !missed,
        warnings,
      },
      text: synthesisText(report, clock),
      exitCode: missed ? 1 : 0,
    };
  },
});
