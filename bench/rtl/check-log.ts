import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recompute } from '../axi-efficiency.ts';
import type { Cell } from './figures.ts';
import { type CellResult, type MeasureOptions, measure, type Subject } from './measure.ts';

/** A run again from its log of handshakes: what the log says otherwise, nothing where it agrees. */
export function disagreements(subject: Subject, result: CellResult, log: string): string[] {
  const [run, ...others] = recompute(log);
  if (run === undefined || others.length > 0) return [`${others.length + 1} runs in the log`];
  const found: string[] = [];
  if (run.cycles !== result.cycles) found.push(`${run.cycles} cycles, not ${result.cycles}`);
  const busiest = run.ports.find(({ port }) => port === subject.port);
  if (busiest === undefined) return [...found, `no handshake at ${subject.port}`];
  if (subject.work.beats / run.cycles !== result.efficiency) found.push('another efficiency');
  // The hardware may read more than golden, never less.
  if (busiest.beats < subject.work.beats) {
    found.push(`${busiest.beats} beats at ${subject.port}, golden needs ${subject.work.beats}`);
  }
  for (const { port, mostInFlight, latency, direction } of run.ports) {
    if (mostInFlight > result.outstanding) {
      found.push(`${mostInFlight} bursts in flight at ${port}`);
    }
    if (direction === 'read' && latency !== null && latency.least < result.latency) {
      found.push(`a first beat of ${port} after ${latency.least} cycles`);
    }
  }
  return found;
}

/** `measure`, and its figure again from the log. A disagreement is a failure of the run. */
export async function measureWithLog(
  subject: Subject,
  cell: Cell,
  options: MeasureOptions,
): Promise<CellResult> {
  const folder = mkdtempSync(join(tmpdir(), 'tilewright-bench-'));
  try {
    const axiLog = join(folder, 'axi.csv');
    const result = await measure(subject, cell, { ...options, axiLog });
    if (result.cycles === null) return result;
    const found = disagreements(subject, result, readFileSync(axiLog, 'utf8'));
    if (found.length === 0) return result;
    return { ...result, good: null, failure: `the log says: ${found.join(', ')}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
