import { renderTable, type TableColumn } from '../../codegen/support/table.ts';
import { type Machine, machineLine } from '../machine.ts';
import type { CellResult, Subject } from './measure.ts';
import { type Scaling, scalings } from './scaling.ts';
import type { SimulationSpeed } from './speed.ts';

export interface SubjectResult {
  readonly subject: Subject;
  readonly cells: readonly CellResult[];
}

export interface BenchResult {
  readonly machine: Machine;
  readonly graph: { readonly nodes: number; readonly edges: number; readonly seed: number };
  readonly subjects: readonly SubjectResult[];
  /** Null where it was not asked for. */
  readonly speed: SimulationSpeed | null;
}

function subjectLine({ label, kernel, size, edges, port, work }: Subject): string {
  const parameters = Object.entries(kernel.manifest.parameters).map(([name, v]) => `${name} ${v}`);
  const each = work.bursts === 0 ? 0 : work.beats / work.bursts;
  const drawn = edges === null ? '' : `, ${(edges / Math.max(1, size)).toFixed(1)} ids a seed`;
  return (
    `${label} (${parameters.join(', ')}): ${size} seeds${drawn}; ` +
    `${work.beats} useful beats at ${port} in bursts of ${each.toFixed(2)}`
  );
}

const right = (title: string): TableColumn => ({ title, align: 'right' });

function cellTable({ subject, cells }: SubjectResult): string {
  const samples = subject.edges !== null;
  const columns = [
    ...[right('L'), right('OUT'), right('p'), right('cycles'), right('bound'), right('efficiency')],
    ...(samples ? [right('ids a cycle')] : []),
    ...[{ title: 'good' }, right('wrong words')],
  ];
  const figure = (value: number | null) => value?.toFixed(3) ?? '–';
  const rows = cells.map((cell) => [
    ...[cell.latency, cell.outstanding, cell.stall, cell.cycles ?? '–'],
    ...[figure(cell.bound), figure(cell.efficiency)],
    ...(samples ? [figure(cell.edgesACycle)] : []),
    ...[cell.good ?? '–', cell.wrongWords ?? '–'],
  ]);
  const failures = cells
    .filter(({ failure }) => failure !== null)
    .map((cell) => `L ${cell.latency}, OUT ${cell.outstanding}, p ${cell.stall}: ${cell.failure}`);
  return [renderTable(columns, rows), ...failures].join('\n');
}

function scalingTable(rows: readonly Scaling[]): string {
  return renderTable(
    [
      { title: 'ids a cycle over one feature port' },
      ...[right('ports'), right('L'), right('OUT'), right('p'), right('ratio')],
    ],
    rows.map(({ label, featurePorts, latency, outstanding, stall, overOnePort }) => [
      ...[label, featurePorts, latency, outstanding, stall],
      overOnePort.toFixed(2),
    ]),
  );
}

function speedLines({ kernel, memory, verilator, icarus, ratio, runs }: SimulationSpeed): string {
  const { latency, outstanding, stall } = memory;
  const table = renderTable(
    [{ title: `${kernel}, simulated` }, right('seeds'), right('cycles'), right('cycles a second')],
    [
      ['Verilator', verilator.size, verilator.cycles, Math.round(verilator.perSecond)],
      ['Icarus', icarus.size, icarus.cycles, Math.round(icarus.perSecond)],
    ],
  );
  return (
    `${table}\nVerilator is ${ratio.toFixed(0)} times as fast as Icarus ` +
    `(medians of ${runs} runs in turns, memory included: L ${latency}, OUT ${outstanding}, p ${stall})`
  );
}

/** The tables as text. */
export function renderBench({ machine, graph, subjects, speed }: BenchResult): string {
  const scaled = scalings(subjects);
  const parts = [
    `power-law graph: ${graph.nodes} nodes, ${graph.edges} edges, seed ${graph.seed}`,
    ...subjects.map((one) => `${subjectLine(one.subject)}\n\n${cellTable(one)}`),
    ...(scaled.length === 0 ? [] : [scalingTable(scaled)]),
    ...(speed === null ? [] : [speedLines(speed)]),
    machineLine(machine),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The same as data. */
export function benchJson({ machine, graph, subjects, speed }: BenchResult): object {
  return {
    machine,
    graph,
    kernels: subjects.map(({ subject, cells }) => ({
      label: subject.label,
      kernel: subject.kernel.manifest.kernel,
      parameters: subject.kernel.manifest.parameters,
      size: subject.size,
      edges: subject.edges,
      port: subject.port,
      usefulBeats: subject.work.beats,
      usefulBursts: subject.work.bursts,
      cells,
    })),
    scaling: scalings(subjects),
    speed,
  };
}
