import type { CosimResult } from '../../cosim/cosim.ts';
import { defineCommand, parameterOption, realNumber, wholeNumber } from '../command.ts';
import { strictOption, tellWarnings } from '../kernel-warnings.ts';
import { givenWorkload, workloadOptions } from '../workload-options.ts';

/** Lines of the kernel's log that are shown. */
const shownLines = 20;

function facts(result: CosimResult): (string | number)[][] {
  const { memory } = result;
  const settings = Object.entries(result.parameters).map(([name, value]) => `${name}=${value}`);
  const rows: (string | number)[][] = [
    ['parameters', settings.join(', ') || 'none'],
    ['workload', `size ${result.size}, seed ${result.seed}`],
    ['words compared', `${result.words}, those of all devices`],
    [
      'useful beats',
      result.busiestPort === '' ? 0 : `${result.usefulBeats} at ${result.busiestPort}`,
    ],
  ];
  if (result.cycles !== null) {
    const { latency, outstanding, stall } = memory;
    rows.push(['memory', `latency ${latency}, outstanding ${outstanding}, stall ${stall}`]);
    rows.push(['clock cycles', result.cycles]);
  }
  if (result.efficiency !== null) {
    rows.push(['efficiency', `${result.efficiency.toFixed(3)} useful beats a cycle`]);
  }
  if (result.simCyclesPerSecond !== null) {
    const speed = result.simCyclesPerSecond / 1e6;
    rows.push(['simulation', `${speed.toFixed(2)} M cycles a second`]);
  }
  return rows;
}

async function describe(result: CosimResult): Promise<string> {
  const { renderTable } = await import('../../../codegen/support/table.ts');
  const columns = (titles: readonly string[]) => titles.map((title) => ({ title }));
  const { kernel, devices, match, different, firstDifferences } = result;
  const names = new Intl.ListFormat('en').format(devices);
  const parts = [
    match
      ? `${kernel}: ${names} give the same words`
      : different > 0
        ? `${kernel}: MISMATCH between ${names} in ${different} words; the first ones:`
        : `${kernel}: MISMATCH between ${names} in what the kernel prints`,
  ];
  if (different > 0) {
    const rows = firstDifferences.map(({ memory, index, values }) => [
      memory,
      index,
      ...devices.map((device) => values[device]),
    ]);
    parts.push(renderTable(columns(['buffer', 'index', ...devices]), rows));
  }
  if (result.logDifference !== null) {
    const { line, texts } = result.logDifference;
    const rows = Object.entries(texts).map(([device, text]) => [device, text ?? '(none)']);
    parts.push(renderTable(columns(['device', `line ${line} of the log`]), rows));
  }
  if (result.log.length > 0) {
    const more = result.log.length - shownLines;
    parts.push(
      [
        `${kernel} prints:`,
        ...result.log.slice(0, shownLines).map((line) => `  ${line}`),
        ...(more > 0 ? [`  … and ${more} lines more (--json has all)`] : []),
      ].join('\n'),
    );
  }
  parts.push(renderTable(columns(['', '']), facts(result)).trimStart());
  return parts.join('\n\n');
}

export default defineCommand({
  name: 'cosim',
  summary: 'Run a kernel as TypeScript, as C++ and as Verilog, and compare every word',
  positional: { name: 'kernel', describe: 'Name of a built-in kernel, or a TypeScript file' },
  options: {
    parameter: parameterOption,
    strict: strictOption,
    ...workloadOptions,
    trace: { describe: 'Write every signal to this FST file', type: 'string', requiresArg: true },
    'axi-log': {
      describe: 'Write every AXI handshake to this CSV file',
      type: 'string',
      requiresArg: true,
    },
    timeout: realNumber(
      'timeout',
      'Seconds that the run in TypeScript may take; 600 where not given',
      {
        min: 0.001,
        max: 1e6,
      },
    ),
    'max-cycles': wholeNumber('max-cycles', 'Clock cycles after which the Verilog has failed', {
      min: 1,
      max: 2 ** 52,
    }),
  },
  examples: [
    ['tilewright cosim mean_aggregate', 'The default workload and memory'],
    [
      'tilewright cosim neighbor_sample -p fanout=8 --latency 120 --outstanding 32 --stall 0.1',
      'A smaller fanout, a slower memory',
    ],
    ['tilewright cosim mean_aggregate --trace mean.fst --size 64', 'Signals for GTKWave'],
    ['tilewright cosim ./my-kernel.ts --json', 'A kernel of your own'],
    ['tilewright cosim ./my-kernel.ts --quick --size 64', 'Few rows, and ready sooner'],
  ],
  async run(options, context, kernel) {
    const { cosim } = await import('../../cosim/cosim.ts');
    const { buildKernel } = await import('../../device/build-kernel.ts');
    const { warnings = [] } = await context.progress.step(`Compiling ${kernel}`, () =>
      buildKernel(kernel, options.parameter ?? {}),
    );
    tellWarnings(warnings, options.strict, context);
    const { parameter, trace, timeout, 'axi-log': axiLog, 'max-cycles': maximumCycles } = options;
    const result = await context.progress.step(`Co-simulating ${kernel}`, (update) =>
      cosim({
        kernel,
        ...(parameter === undefined ? {} : { parameters: parameter }),
        ...givenWorkload(options),
        ...(trace === undefined ? {} : { trace }),
        ...(axiLog === undefined ? {} : { axiLog }),
        ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }),
        ...(maximumCycles === undefined ? {} : { maximumCycles }),
        signal: context.signal,
        onProgress: update,
      }),
    );
    return {
      json: { ...result, warnings },
      text: await describe(result),
      exitCode: result.match ? 0 : 1,
    };
  },
});
