import { TilewrightError } from '../../support/errors.ts';
import type { ClockSlack, TimingReport } from './hw-reports.ts';

const number = /^-?\d+(?:\.\d+)?$/;

/** Lines of the section whose heading is `| TITLE`, up to the next section's rule. */
function section(lines: readonly string[], title: string): readonly string[] {
  const heading = lines.findIndex((line) => line.trim() === `| ${title}`);
  if (heading < 0) return [];
  // The heading is underlined, and then ruled off.
  const body = lines.slice(heading + 3);
  const end = body.findIndex((line) => /^-{40,}$/.test(line.trim()));
  return end < 0 ? body : body.slice(0, end);
}

/** Rows of a table below its dashes, up to the empty line: each cut where the dashes are. */
function rows(lines: readonly string[]): readonly (readonly string[])[] {
  const dashes = lines.findIndex((line) => /^\s*-+(?:\s+-+)+\s*$/.test(line));
  if (dashes < 0) return [];
  const body = lines.slice(dashes + 1);
  const end = body.findIndex((line) => line.trim() === '');
  // The waveform of a clock is the one cell with spaces inside.
  const cells = (line: string) => line.trim().match(/\{[^}]*\}|\S+/g) ?? [];
  return (end < 0 ? body : body.slice(0, end)).map(cells);
}

/**
 * Vivado's `report_timing_summary` after routing (`*_timing_summary_routed.rpt`): the design's worst
 * slack, and each clock's.
 * @throws TilewrightError `VITIS_REPORT` when there is no design timing summary in it.
 */
export function parseTiming(text: string): TimingReport {
  const lines = text.split(/\r?\n/);
  const summary = section(lines, 'Design Timing Summary');
  const heads = summary.find((line) => line.includes('WNS(ns)')) ?? '';
  const titles = heads.trim().split(/\s{2,}/);
  const [values = []] = rows(summary);
  const value = (title: string): number | undefined => {
    const cell = values[titles.indexOf(title)];
    return cell !== undefined && number.test(cell) ? Number(cell) : undefined;
  };
  const setupNs = value('WNS(ns)');
  if (setupNs === undefined) {
    throw new TilewrightError('there is no worst slack in its Design Timing Summary', {
      code: 'VITIS_REPORT',
      hint: 'Look at the report itself.',
    });
  }
  const holdNs = value('WHS(ns)');
  const pulseNs = value('WPWS(ns)');
  const periods = new Map(
    rows(section(lines, 'Clock Summary')).map(([name = '', , period = '']) => [
      name,
      Number(period),
    ]),
  );
  const clocks: ClockSlack[] = [];
  for (const [name = '', slack = '', , , endpoints = ''] of rows(
    section(lines, 'Intra Clock Table'),
  )) {
    if (!number.test(slack) || !/^\d+$/.test(endpoints)) continue;
    const period = periods.get(name);
    clocks.push({
      name,
      ...(period !== undefined && period > 0 ? { periodNs: period } : {}),
      setupNs: Number(slack),
      endpoints: Number(endpoints),
    });
  }
  return {
    setupNs,
    ...(holdNs === undefined ? {} : { holdNs }),
    failingEndpoints: value('TNS Failing Endpoints') ?? 0,
    met: [setupNs, holdNs ?? 0, pulseNs ?? 0].every((slack) => slack >= 0),
    clocks,
  };
}
