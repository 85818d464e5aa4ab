import type { BottleneckReport } from '../../profile/bottleneck-sentence.ts';
import type { KernelProfile, Wait } from '../../profile/kernel-profile.ts';
import type { ProfileResult } from '../../profile/profile-kernel.ts';
import { defineCommand, parameterOption } from '../command.ts';
import { strictOption, tellWarnings } from '../kernel-warnings.ts';
import { givenWorkload, workloadOptions } from '../workload-options.ts';

const verbs: Readonly<Record<Wait['kind'], string>> = {
  read: 'from',
  write: 'into',
  request: 'request to',
  receive: 'beats of',
  send: 'beats to',
  response: 'response of',
};

function tables(
  { cycles, processes, streams, ports }: KernelProfile,
  percent: (part: number, whole: number) => string,
  renderTable: typeof import('../../../codegen/support/table.ts').renderTable,
): readonly string[] {
  const columns = (names: readonly string[], left: readonly string[]) =>
    names.map((title) => ({
      title,
      align: left.includes(title) ? ('left' as const) : ('right' as const),
    }));
  const share = (part: number) => percent(part, cycles);
  const parts = [
    renderTable(
      columns(
        ['process', 'begins', 'busy', 'input', 'output', 'memory', 'own', 'idle', 'waits most'],
        ['process', 'waits most'],
      ),
      processes.map((one) => {
        const [wait] = one.waits;
        const { begins, busy, input, output, memory, own, idle } = one;
        return [
          one.name,
          ...[begins, busy, input, output, memory, own, idle].map(share),
          wait === undefined || wait.cycles === 0
            ? ''
            : `${share(wait.cycles)} ${verbs[wait.kind]} ${wait.resource}`,
        ];
      }),
    ),
  ];
  if (streams.length > 0) {
    parts.push(
      renderTable(
        columns(['stream', 'depth', 'words', 'mean', 'most', 'full', 'empty'], ['stream']),
        streams.map(({ name, depth, words, heldMean, heldMost, full, empty }) => [
          name,
          depth,
          words,
          heldMean.toFixed(1),
          heldMost,
          share(full),
          share(empty),
        ]),
      ),
    );
  }
  parts.push(
    renderTable(
      columns(
        [
          ...['memory', 'bursts', 'beats', 'moves', 'withheld', 'not ready', 'latency', 'quiet'],
          ...['in flight', 'most', 'all slots'],
        ],
        ['memory'],
      ),
      ports.map((one) => [
        one.memory,
        one.addresses,
        one.beats,
        ...[one.beats, one.withheld, one.notReady, one.latency, one.quiet].map(share),
        one.inFlightMean.toFixed(1),
        one.inFlightMost,
        share(one.limited),
      ]),
    ),
  );
  return parts;
}

function verdict(bottleneck: BottleneckReport): string {
  const { sentence, advice, chain } = bottleneck;
  const why = chain.length === 0 ? '' : `\n${chain.map((line) => `  ${line}`).join('\n')}`;
  return `${sentence}\n${advice}${why}`;
}

async function describe({ cosim, profile, bottleneck }: ProfileResult): Promise<string> {
  const { renderTable } = await import('../../../codegen/support/table.ts');
  const { percent } = await import('../../profile/bottleneck-sentence.ts');
  const { latency, outstanding, stall } = cosim.memory;
  const settings = Object.entries(cosim.parameters).map(([name, value]) => `${name}=${value}`);
  const efficiency =
    cosim.efficiency === null
      ? ''
      : `, ${cosim.efficiency.toFixed(3)} useful beats a cycle at ${cosim.busiestPort}`;
  return [
    ...(cosim.match ? [] : [mismatch(cosim)]),
    [
      `${cosim.kernel}${settings.length === 0 ? '' : ` (${settings.join(', ')})`}, size ${cosim.size}, seed ${cosim.seed}`,
      `memory: latency ${latency}, outstanding ${outstanding}, stall ${stall}`,
      `${profile.cycles} cycles${efficiency}`,
    ].join('\n'),
    ...tables(profile, percent, renderTable),
    ...(bottleneck === null ? [] : [verdict(bottleneck)]),
  ].join('\n\n');
}

function mismatch({ kernel, different, logDifference }: ProfileResult['cosim']): string {
  const what = [
    ...(different > 0 ? [`${different} words`] : []),
    ...(logDifference === null ? [] : ['what the kernel prints']),
  ].join(' and ');
  return (
    `${kernel}: MISMATCH between golden and sim in ${what}: this is the profile of a wrong run.\n` +
    `Run tilewright cosim with the same options to see the first differences.`
  );
}

export default defineCommand({
  name: 'profile',
  summary: 'Say what each process of a kernel spends its cycles on, and name the bottleneck',
  positional: { name: 'kernel', describe: 'Name of a built-in kernel, or a TypeScript file' },
  options: {
    parameter: parameterOption,
    strict: strictOption,
    ...workloadOptions,
    svg: { describe: 'Draw the timeline into this file', type: 'string', requiresArg: true },
  },
  examples: [
    ['tilewright profile mean_aggregate', 'Where the cycles of the default workload go'],
    [
      'tilewright profile mean_aggregate --latency 400 --outstanding 16 --svg mean.svg',
      'A slow memory, with a picture of who waits when',
    ],
    ['tilewright profile ./my-kernel.ts --size 500 --json', 'A kernel of your own, for a program'],
  ],
  async run(options, context, kernel) {
    const { buildKernel } = await import('../../device/build-kernel.ts');
    const { profileKernel } = await import('../../profile/profile-kernel.ts');
    if (options.svg !== undefined) {
      const { checkWritable } = await import('../../../codegen/support/atomic-write.ts');
      await checkWritable(options.svg);
    }
    const { warnings = [] } = await context.progress.step(`Compiling ${kernel}`, () =>
      buildKernel(kernel, options.parameter ?? {}),
    );
    tellWarnings(warnings, options.strict, context);
    const { parameter, svg } = options;
    const result = await context.progress.step(`Profiling ${kernel}`, (update) =>
      profileKernel({
        kernel,
        ...(parameter === undefined ? {} : { parameters: parameter }),
        ...givenWorkload(options),
        signal: context.signal,
        onProgress: update,
      }),
    );
    if (svg !== undefined) {
      const { writeFileAtomic } = await import('../../../codegen/support/atomic-write.ts');
      const { timelineSvg } = await import('../../profile/timeline-svg.ts');
      await writeFileAtomic(svg, timelineSvg(result));
    }
    const { cosim, profile, bottleneck } = result;
    return {
      json: { ...cosim, ...profile, bottleneck, warnings },
      text: await describe(result),
      exitCode: cosim.match ? 0 : 1,
    };
  },
});
