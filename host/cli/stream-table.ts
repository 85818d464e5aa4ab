import { renderTable } from '../../codegen/support/table.ts';
import type { GraphSource } from '../graph/graph-source.ts';
import { type StageTotal, type StreamReport, stageNames } from '../stream/index.ts';
import type { CommandResult } from './command.ts';

const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

function stageText({ ms, bytes, times }: StageTotal): string {
  const moved = bytes > 0 ? `, ${mebibytes(bytes)}` : '';
  return `${(ms / 1000).toFixed(2)} s in ${times}${moved}`;
}

/** What `tilewright stream` prints. */
export function describeStream(
  graph: GraphSource,
  device: string,
  report: StreamReport | undefined,
  sha256: string,
): CommandResult {
  // Of the whole process, Node's own memory included; Linux counts in KiB.
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  const { nodes, edges, columns } = graph;
  const csrBytes = graph.rowPtr.bytes + graph.colIdx.bytes;
  if (report === undefined) throw new Error('a stream that ended without a report');
  const { plan, stages, wallMs, overlap, retried, retired, cycles } = report;
  const seeds = plan.seedTiles.reduce((sum, tile) => sum + tile.nodes, 0);
  const json = {
    device,
    graph: { nodes, edges, columns, csrBytes, featureBytes: graph.features.bytes },
    tiles: plan.tiles.length,
    tileNodes: plan.tileNodes,
    seeds,
    unitBytes: plan.unitBytes,
    bankBytes: plan.bankBytes,
    seedsPerRun: plan.seedsPerRun,
    wallMs,
    stages,
    overlap,
    cycles: cycles ?? null,
    retried,
    retired,
    peakBytes,
    sha256,
  };
  const rows = [
    ['graph', `${nodes} nodes, ${edges} edges, ${columns} features a node`],
    ['tiles', `${plan.tiles.length} of ${plan.tileNodes} nodes`],
    ...(plan.seedTiles === plan.tiles ? [] : [['seeds', String(seeds)]]),
    ['memory of a unit', `${mebibytes(plan.unitBytes)} of ${mebibytes(plan.bankBytes)}`],
    ['time, kernels ready', `${(wallMs / 1000).toFixed(2)} s`],
    ...stageNames.map((name) => [name, stageText(stages[name])]),
    ['overlap', overlap.toFixed(2)],
    ...(cycles === undefined ? [] : [['clock cycles', String(cycles)]]),
    ...(retried === 0 ? [] : [['runs done again', String(retried)]]),
    ['peak memory', `${mebibytes(peakBytes)} (lists and places alone: ${mebibytes(csrBytes)})`],
    ['sha256 of the means', sha256],
  ];
  return { json, text: renderTable([{ title: device }, { title: '' }], rows) };
}
