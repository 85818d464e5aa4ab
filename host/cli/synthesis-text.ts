import { renderTable, type TableColumn } from '../../codegen/support/table.ts';
import type { ResourceName, Resources } from '../synth/resources.ts';
import type { SynthesisReport } from '../synth/synthesise.ts';
import type { SourceLine, TimingPath } from '../synth/worst-path.ts';

const titles: Readonly<Record<ResourceName, string>> = {
  lut: 'LUT',
  lutram: 'of them LUTRAM',
  ff: 'FF',
  dsp: 'DSP',
  bram: 'BRAM',
  uram: 'URAM',
};
const names = Object.keys(titles) as ResourceName[];

const right = (title: string): TableColumn => ({ title, align: 'right' });
const left = (title: string): TableColumn => ({ title });

const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 2 : 1)} %`;
const place = ({ file, line }: SourceLine) => `${file}:${line}`;

function total({ area, card }: SynthesisReport): string {
  if (card === null) {
    return renderTable(
      [left('resource'), right('used')],
      names.map((name) => [titles[name], area.kernel[name]]),
    );
  }
  return renderTable(
    [left('resource'), right('used'), right(`${card.title} has`), right('share')],
    names.map((name) => [
      titles[name],
      area.kernel[name],
      card.resources[name],
      area.share === null ? '' : percent(area.share[name]),
    ]),
  );
}

function instances({ area, card }: SynthesisReport): string {
  const columns = [left('instance'), left('kind'), ...names.map((name) => right(titles[name]))];
  const row = (name: string, kind: string, resources: Resources, lut: number | undefined) => [
    name,
    kind,
    ...names.map((one) => resources[one]),
    ...(card === null ? [] : [lut === undefined ? '' : percent(lut)]),
  ];
  return renderTable(
    [...columns, ...(card === null ? [] : [right('of its LUTs')])],
    [
      ...area.instances.map((one) =>
        row(one.name, one.kind === 'top' ? 'top itself' : one.kind, one.resources, one.share?.lut),
      ),
      row('sum, without control', '', area.sumOfInstances, undefined),
    ],
  );
}

function pathText(path: TimingPath): string {
  const into = path.memory === null ? '' : `, into a ${path.memory}`;
  const unread =
    path.unread === null
      ? ''
      : `, an output of a ${path.unread} that nothing reads: Yosys counts it`;
  const end = `${path.end}${into}${unread}`;
  const steps = renderTable(
    [right('ns'), left('signal'), left('cells'), left('Verilog'), left('TypeScript')],
    path.steps.map((step) => [
      step.ns.toFixed(2),
      [step.instance, step.signal].filter((text) => text !== '').join('.'),
      step.cells,
      step.verilog,
      step.source === null ? '' : place(step.source),
    ]),
  );
  return [`from ${path.start}`, `to ${end}`, steps, culprit(path)].join('\n');
}

function culprit(path: TimingPath): string {
  const lines: string[] = [];
  if (path.source !== null) {
    lines.push(
      `${path.sourceNs.toFixed(2)} ns of it are ${place(path.source)}: ${path.source.text}`,
    );
  } else if (path.stageLines.length > 0) {
    const all = path.stageLines.map((one) => `  ${place(one)}: ${one.text}`);
    lines.push('no value on it has a line of its own; it runs through the stages of', ...all);
  } else {
    lines.push('no line of the kernel is on it: it is made of handshakes or library modules');
  }
  if (path.library.length > 0) {
    const modules = new Intl.ListFormat('en').format(path.library);
    lines.push(`it passes through ${modules}, which every kernel shares`);
  }
  return lines.join('\n');
}

function timing(report: SynthesisReport, clock: number | undefined): readonly string[] {
  if (report.timing === null) return [];
  const { kernel, instances: each } = report.timing;
  const verdict =
    clock === undefined
      ? ''
      : kernel.ns <= clock
        ? `, within the clock of ${clock} ns`
        : `, which MISSES the clock of ${clock} ns`;
  const parts = [
    `slowest path ${kernel.ns.toFixed(2)} ns${verdict}: cell delays of the 7 series, no routing. A ` +
      'relative measure,\nnot the clock that a device reaches.',
    pathText(kernel),
  ];
  if (each !== null) {
    parts.push(
      renderTable(
        [
          left('slowest path in'),
          left('kind'),
          right('ns'),
          left('from'),
          left('to'),
          left('line'),
        ],
        each.map(({ name, kind, path }) => [
          name,
          kind,
          path.ns.toFixed(2),
          path.start,
          path.end,
          path.source === null ? '' : place(path.source),
        ]),
      ),
    );
  }
  return parts;
}

/** The answer of `tilewright synth` for a person. */
export function synthesisText(report: SynthesisReport, clock: number | undefined): string {
  const settings = Object.entries(report.parameters).map(([name, value]) => `${name}=${value}`);
  const given = settings.length === 0 ? '' : ` (${settings.join(', ')})`;
  const runs = [...report.area.runs, ...(report.timing?.runs ?? [])];
  const took = runs.map(({ seconds, cached }) => (cached ? 'stored' : `${seconds} s`));
  const notes = [
    `${report.kernel}${given} on ${report.family}, by ${report.yosys}; runs: ${took.join(', ')}`,
    `${total(report)}\nThe kernel as one netlist, without its control slave.`,
    `${instances(report)}\nEach instance by itself: nothing is shared or optimised across them, so the sum need not be the total.`,
    ...timing(report, clock),
  ];
  if (report.area.uncounted.length > 0) {
    notes.push(`In no figure: cells of type ${report.area.uncounted.join(', ')}.`);
  }
  return notes.join('\n\n');
}
