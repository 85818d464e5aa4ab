import { TilewrightError } from '../../codegen/support/errors.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import { describeMachine } from '../machine.ts';
import { powerLawGraph } from '../power-law-graph.ts';
import { measureWithLog } from './check-log.ts';
import { type CellResult, measure } from './measure.ts';
import type { RtlOptions } from './options.ts';
import type { BenchResult, SubjectResult } from './report.ts';
import { simulationSpeed } from './speed.ts';
import {
  type BenchData,
  benchData,
  benchEntries,
  drawMeans,
  type Entry,
  prepare,
} from './subjects.ts';

const speedSize = 2048;

/** By label, or all of a kernel by its name. */
async function chosen(names: readonly string[]): Promise<readonly Entry[]> {
  const entries = await benchEntries();
  const means = ({ label, kernel }: Entry, name: string) => name === label || name === kernel;
  for (const name of names) {
    if (entries.some((entry) => means(entry, name))) continue;
    const labels = entries.map(({ label }) => label);
    throw new TilewrightError(`the bench has no kernel '${name}'`, {
      code: 'OPTION',
      hint: `It has ${new Intl.ListFormat('en').format(labels)}.`,
      exitCode: 2,
    });
  }
  return entries.filter((entry) => names.length === 0 || names.some((name) => means(entry, name)));
}

async function speedOf(bench: BenchData, options: RtlOptions) {
  const kernel = await buildKernel('mean_aggregate');
  return simulationSpeed({
    kernel,
    runs: options.speedRuns,
    memory: { latency: 64, outstanding: 64, stall: 0, seed: options.seed },
    verilatorSize: options.size ?? speedSize,
    icarusSize: options.icarusSize,
    draw: async (size) => (await drawMeans(kernel, bench, size)).workload,
  });
}

/** The whole bench. Runs that give a wrong word are in the result, without a figure. */
export async function runBench(
  options: RtlOptions,
  say: (text: string) => void,
): Promise<BenchResult> {
  const entries = await chosen(options.kernels);
  say(`a power-law graph of ${options.nodes} nodes`);
  const graph = powerLawGraph({ nodes: options.nodes, seed: options.seed });
  const bench = await benchData(graph, options.seed);
  const subjects: SubjectResult[] = [];
  for (const entry of entries) {
    say(`${entry.label}: building, and golden`);
    const subject = await prepare(entry, bench, options);
    const cells: CellResult[] = [];
    for (const [at, cell] of options.cells.entries()) {
      const { latency, outstanding, stall } = cell;
      say(
        `${entry.label}: ${at + 1} of ${options.cells.length}, latency ${latency}, ` +
          `outstanding ${outstanding}, stall ${stall}`,
      );
      const run = options.checkLog ? measureWithLog : measure;
      cells.push(await run(subject, cell, { seed: options.seed }));
    }
    subjects.push({ subject, cells });
  }
  if (options.speedRuns > 0) say('mean_aggregate in Verilator and in Icarus, in turns');
  return {
    machine: await describeMachine({ verilator: '--version', iverilog: '-V', 'g++': '--version' }),
    graph: { nodes: graph.nodes, edges: graph.colIdx.length, seed: options.seed },
    subjects,
    speed: options.speedRuns === 0 ? null : await speedOf(bench, options),
  };
}
