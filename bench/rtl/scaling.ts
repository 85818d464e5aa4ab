import type { Cell } from './figures.ts';
import type { CellResult } from './measure.ts';
import type { SubjectResult } from './report.ts';

/** What more feature ports gain: ids a cycle over those of one port behind the same memory. */
export interface Scaling extends Cell {
  readonly label: string;
  readonly featurePorts: number;
  readonly overOnePort: number;
}

const parameter = 'featurePorts';

function isSame(a: Cell, b: Cell): boolean {
  return a.latency === b.latency && a.outstanding === b.outstanding && a.stall === b.stall;
}

/** For each kernel with several feature ports that ran beside itself with one. Wrong runs are left out. */
export function scalings(subjects: readonly SubjectResult[]): Scaling[] {
  return subjects.flatMap(({ subject, cells }) => {
    const { kernel, parameters } = subject.kernel.manifest;
    const featurePorts = parameters[parameter] ?? 1;
    if (featurePorts === 1) return [];
    const single = subjects.find(({ subject: { kernel: other } }) => {
      return other.manifest.kernel === kernel && other.manifest.parameters[parameter] === 1;
    });
    return cells.flatMap((cell: CellResult) => {
      const one = single?.cells.find((other) => isSame(cell, other));
      const [ids, idsOfOne] = [cell.edgesACycle, one?.edgesACycle ?? null];
      if (ids === null || idsOfOne === null) return [];
      const { latency, outstanding, stall } = cell;
      const overOnePort = ids / idsOfOne;
      return [{ label: subject.label, featurePorts, latency, outstanding, stall, overOnePort }];
    });
  });
}
