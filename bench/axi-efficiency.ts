// The figure of a run, recomputed from the handshakes that `--axi-log FILE` writes. On purpose this imports
// nothing of tilewright: it knows the log's format alone (docs/benchmarks.md, "The log of handshakes").
//
//   npx jiti bench/axi-efficiency.ts FILE [--port NAME] [--useful-beats N] [--outstanding N] [--run N] [--json]

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

export interface PortFigures {
  readonly port: string;
  readonly direction: 'read' | 'write';
  readonly bursts: number;
  readonly beats: number;
  /** Most bursts that held a slot in one cycle: from AR (AW) to the cycle of the last R (of B). */
  readonly mostInFlight: number;
  /**
   * Cycles from each AR to its first beat, or from each AW to its B; null for a port that moved nothing.
   */
  readonly latency: { readonly least: number; readonly mean: number; readonly most: number } | null;
  /** Beats a cycle between start and done. */
  readonly share: number;
}

export interface RunFigures {
  readonly start: number;
  readonly done: number;
  readonly cycles: number;
  /** Most beats first. */
  readonly ports: readonly PortFigures[];
}

interface Row {
  readonly cycle: number;
  readonly port: string;
  readonly channel: string;
  readonly beats: number;
}

const header = 'cycle,port,channel,address,beats';

function parse(text: string): Row[] {
  const [first, ...lines] = text.split('\n');
  if (first !== header) throw new Error(`the first line is not ${header}`);
  return lines.flatMap((line, at) => {
    if (line === '') return [];
    const [cycle, port, channel, , beats] = line.split(',');
    const row = { cycle: Number(cycle), port, channel, beats: Number(beats) };
    if (line.split(',').length === 5 && Number.isInteger(row.cycle) && channel !== '') return [row];
    throw new Error(`line ${at + 2} is no row of a log: ${line}`);
  });
}

/** One port of one run, its handshakes in the order of time. */
function portFigures(port: string, rows: readonly Row[], cycles: number): PortFigures {
  const isRead = rows.some(({ channel }) => channel === 'AR');
  const waiting: { readonly since: number; left: number; first: number }[] = [];
  const latencies: number[] = [];
  let bursts = 0;
  let beats = 0;
  let held = 0;
  let mostInFlight = 0;
  // A slot is free in the cycle after the last beat: what ends now still counts now.
  let freed = 0;
  let freedAt = -1;
  const free = (cycle: number): void => {
    if (freedAt < cycle) {
      held -= freed;
      freed = 0;
      freedAt = cycle;
    }
  };
  let oldest = 0;
  for (const { cycle, channel, beats: count } of rows) {
    free(cycle);
    if (channel === 'AR' || channel === 'AW') {
      waiting.push({ since: cycle, left: count, first: 0 });
      bursts += 1;
      held += 1;
      mostInFlight = Math.max(mostInFlight, held);
    } else if (channel === 'R' || channel === 'B') {
      const burst = waiting[oldest];
      if (burst === undefined) throw new Error(`${port}: ${channel} in cycle ${cycle} of no burst`);
      if (burst.first === 0) {
        burst.first = cycle;
        latencies.push(cycle - burst.since);
      }
      if (channel === 'R') {
        beats += 1;
        burst.left -= 1;
      }
      if (channel === 'B' || burst.left === 0) {
        oldest += 1;
        freed += 1;
      }
    } else if (channel === 'W') {
      beats += 1;
    }
  }
  if (oldest !== waiting.length) throw new Error(`${port}: bursts in flight when the run was done`);
  const total = latencies.reduce((sum, one) => sum + one, 0);
  const range = (pick: (a: number, b: number) => number) => latencies.reduce((a, b) => pick(a, b));
  return {
    port,
    direction: isRead ? 'read' : 'write',
    bursts,
    beats,
    mostInFlight,
    latency:
      latencies.length === 0
        ? null
        : { least: range(Math.min), mean: total / latencies.length, most: range(Math.max) },
    share: beats / cycles,
  };
}

/** Every run in the log, from its start to its done. What lies between runs (registers) is left out. */
export function recompute(text: string): RunFigures[] {
  const runs: RunFigures[] = [];
  let start: number | undefined;
  let ports = new Map<string, Row[]>();
  for (const row of parse(text)) {
    if (row.port === 'kernel' && row.channel === 'start') {
      start = row.cycle;
      ports = new Map();
    } else if (row.port === 'kernel' && row.channel === 'done') {
      if (start === undefined) throw new Error(`done in cycle ${row.cycle} without a start`);
      const cycles = row.cycle - start;
      const figures = [...ports].map(([port, rows]) => portFigures(port, rows, cycles));
      figures.sort((a, b) => b.beats - a.beats);
      runs.push({ start, done: row.cycle, cycles, ports: figures });
      start = undefined;
    } else if (start !== undefined && row.port !== 's_axi_control') {
      const rows = ports.get(row.port) ?? [];
      rows.push(row);
      ports.set(row.port, rows);
    }
  }
  return runs;
}

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string' },
      'useful-beats': { type: 'string' },
      outstanding: { type: 'string' },
      run: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const [file] = positionals;
  if (file === undefined) throw new Error('name the log: axi-efficiency.ts FILE');
  const runs = recompute(readFileSync(file, 'utf8'));
  const run = runs[Number(values.run) - 1];
  if (run === undefined)
    throw new Error(`${file} has ${runs.length} runs, and no run ${values.run}`);
  const name = values.port;
  const port = run.ports.find(
    (one) => name === undefined || one.port.replace('m_axi_', '') === name.replace('m_axi_', ''),
  );
  if (port === undefined) throw new Error(`no port ${name ?? ''} in ${file}`);
  const useful = values['useful-beats'] === undefined ? port.beats : Number(values['useful-beats']);
  const efficiency = useful / run.cycles;
  const within =
    values.outstanding === undefined || port.mostInFlight <= Number(values.outstanding);
  if (values.json) {
    process.stdout.write(
      `${JSON.stringify({ ...run, port: port.port, useful, efficiency, within })}\n`,
    );
    return within ? 0 : 1;
  }
  const lines = [
    `start ${run.start}, done ${run.done}: ${run.cycles} cycles`,
    ...run.ports.map((one) => {
      const { least, mean, most } = one.latency ?? { least: 0, mean: 0, most: 0 };
      return (
        `${one.port}: ${one.bursts} bursts, ${one.beats} beats, ${one.share.toFixed(4)} a cycle, ` +
        `at most ${one.mostInFlight} in flight, latency ${least} to ${most}, mean ${mean.toFixed(1)}`
      );
    }),
    `efficiency of ${port.port}: ${useful} / ${run.cycles} = ${efficiency.toFixed(4)}`,
  ];
  if (!within) lines.push(`MORE in flight than the ${values.outstanding} allowed`);
  process.stdout.write(`${lines.join('\n')}\n`);
  return within ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    process.exitCode = main();
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}
