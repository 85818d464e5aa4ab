import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest, ManifestPort } from '../codegen/package/manifest.ts';
import { TilewrightError } from '../codegen/support/errors.ts';
import { packageRoot } from '../codegen/support/package-root.ts';
import { renderTemplate } from '../codegen/support/render-template.ts';
import { runTool } from '../codegen/support/run-tool.ts';
import { watchMacro } from './glue.ts';
import {
  columnsBeforePorts,
  columnsOfPort,
  type IcarusLimits,
  type IcarusRun,
  IcarusWorkload,
} from './icarus-workload.ts';
import { failedAssertion, kernelLog, markedLines } from './kernel-log.ts';
import { beatBytes } from './memory.ts';
import { namePort } from './name-port.ts';
import type { PortActivity } from './simulator.ts';
import { deadlockReport, livelockReport } from './stuck-report.ts';
import { parseTold } from './told-state.ts';
import type { KernelArtefacts } from './verilog-sources.ts';

export interface IcarusResult {
  /** What the kernel wrote, by argument name: the whole buffer as it is after the run. */
  readonly outputs: Readonly<Record<string, Uint8Array>>;
  /** From the write of ap_start to the interrupt, as `SimulationResult.cycles`. */
  readonly cycles: number;
  readonly ports: readonly PortActivity[];
  /** What the kernel printed, process by process as in golden. */
  readonly log: readonly string[];
}

export interface IcarusOptions extends IcarusLimits {
  readonly signal?: AbortSignal | undefined;
}

const folder = 'sim/icarus';

const readSignals = [
  ...[['arvalid'], ['arready'], ['araddr', 64], ['arlen', 8], ['arsize', 3], ['arburst', 2]],
  ...[['rvalid'], ['rready'], ['rdata', 512], ['rresp', 2], ['rlast']],
] as const;
const writeSignals = [
  ...[['awvalid'], ['awready'], ['awaddr', 64], ['awlen', 8], ['awsize', 3], ['awburst', 2]],
  ...[['wvalid'], ['wready'], ['wdata', 512], ['wstrb', 64], ['wlast']],
  ...[['bvalid'], ['bready'], ['bresp', 2]],
] as const;

function portView(port: ManifestPort, index: number, words: number): Record<string, unknown> {
  const { name, direction } = port;
  const column = (offset: number) => columnsBeforePorts + columnsOfPort * index + offset;
  return {
    name,
    direction,
    words,
    output: direction === 'write',
    signals: (direction === 'read' ? readSignals : writeSignals).map(([signal, width]) => ({
      signal,
      name: `${name}_${signal}`,
      range: width === undefined ? '' : `[${width - 1}:0] `,
    })),
    handshakes: (direction === 'read' ? ['ar', 'r'] : ['aw', 'w', 'b']).map((channel) => ({
      label: channel.toUpperCase(),
      valid: `${name}_${channel}valid`,
      ready: `${name}_${channel}ready`,
    })),
    column0: column(0),
    column1: column(1),
    column2: column(2),
    column3: column(3),
    column4: column(4),
  };
}

/** The test bench's own top, around the kernel. */
function benchText(
  manifest: Manifest,
  workload: IcarusWorkload,
  { interrupt, watched }: Pick<Simulation, 'interrupt' | 'watched'>,
): string {
  const registersFrom = columnsBeforePorts + columnsOfPort * manifest.ports.length;
  const stride = registersFrom + workload.registers.length;
  return renderTemplate(`${folder}/bench.v.hbs`, {
    kernel: manifest.kernel,
    runs: workload.runs.length,
    stride,
    tableLast: stride * workload.runs.length - 1,
    interrupt,
    watches: watched
      ? manifest.processes.map(({ name }) => `kernel.process_${name}.watch_since`)
      : [],
    ports: manifest.ports.map((port, index) => portView(port, index, workload.wordsOf(port.name))),
    registers: workload.registers.map(({ offset }, index) => ({
      offset: offset.toString(16).padStart(3, '0'),
      column: registersFrom + index,
    })),
  });
}

function kernelSources({ manifest, folder: artefacts }: KernelArtefacts): string[] {
  const sources = manifest.artefacts
    .filter(({ kind }) => kind === 'verilog')
    .map(({ path }) => join(artefacts, path));
  if (sources.length > 0) return sources;
  throw new TilewrightError(`the manifest of ${manifest.kernel} in ${artefacts} lists no Verilog`, {
    code: 'ARTEFACT_MISSING',
    hint: 'Generate the kernel with its Verilog back end.',
  });
}

/** The kernel's interrupt output: some call it ap_interrupt, since `interrupt` is a word of C++. */
async function interruptOf(kernel: string, sources: readonly string[]): Promise<string> {
  const top = new RegExp(`\\bmodule\\s+${kernel}\\b[^;]*\\boutput\\b[^;,]*?\\b(\\w*interrupt)\\b`);
  for (const source of sources) {
    const text = await readFile(source, 'utf8').catch((error: Error) => {
      throw new TilewrightError(`cannot read ${source}: ${error.message}`, {
        code: 'ARTEFACT_MISSING',
        hint: `Generate it again: tilewright generate ${kernel} --out DIR`,
        cause: error,
      });
    });
    const name = top.exec(text)?.[1];
    if (name !== undefined) return name;
  }
  throw new TilewrightError(`${kernel}: the Verilog has no output called interrupt`, {
    code: 'SIM_INTERFACE',
    hint: 'Generate the kernel again.',
  });
}

/** Each beat backwards: $fread takes the first byte of a file for the highest one of a word. */
function reversedBeats(data: Uint8Array): Uint8Array {
  const reversed = new Uint8Array(data.length);
  for (let beat = 0; beat < data.length; beat += beatBytes) {
    reversed.set(data.subarray(beat, beat + beatBytes).toReversed(), beat);
  }
  return reversed;
}

const hints: Readonly<Record<string, string>> = {
  RULE: 'The kernel breaks a rule of AXI; look at its ports around that cycle.',
  UNKNOWN: 'A register without a reset is used before it is written.',
  DEADLOCK: 'Run it in the Verilated simulator, which tells what every process waits for.',
  PROTOCOL: 'The control slave does not follow ap_ctrl_hs.',
};

function failure(manifest: Manifest, output: string, firstRun: number): TilewrightError {
  const { kernel } = manifest;
  const found = /^ERROR (\w+) (\d+) (\d+) (\S+) +(.*)$/m.exec(output);
  if (found === null) {
    const last = output.trimEnd().split('\n').slice(-5).join('\n');
    return new TilewrightError(`${kernel} in Icarus ended before its runs did: ${last}`, {
      code: 'SIM_PROTOCOL',
      hint: 'The Verilog may call $finish; generate the kernel again.',
    });
  }
  const [, code, run, cycle, place, what] = found;
  const name = `${kernel} in Icarus, run ${firstRun + Number(run)}`;
  const told = [...output.matchAll(/^TILEWRIGHT-WATCH (.*)$/gm)].map(([, line]) => line);
  // A cycle is two units of the bench's time.
  const state = parseTold(told.join('\n'), (time) => Math.floor(time / 2));
  if (code === 'DEADLOCK' && (state.active.size > 0 || state.left.length > 0)) {
    const { text, hint } = deadlockReport(manifest, state, name);
    return new TilewrightError(text, { code: 'SIM_DEADLOCK', hint });
  }
  if (code === 'CYCLE_LIMIT') {
    const { text, hint } = livelockReport(manifest, state, what, name);
    return new TilewrightError(text, { code: 'SIM_CYCLE_LIMIT', hint });
  }
  const states = state.ports.map((port) => `\n  ${port.state}`).join('');
  const rule = code === 'RULE' || code === 'UNKNOWN';
  const where = rule ? namePort(manifest, `port ${place}, `) : `${place}: `;
  return new TilewrightError(`${name}, cycle ${cycle}: ${where}${what}${states}`, {
    code: rule ? 'SIM_AXI_RULE' : `SIM_${code}`,
    hint: hints[code] ?? 'Free some space in the temporary folder and run it again.',
  });
}

async function results(
  manifest: Manifest,
  workload: IcarusWorkload,
  scratch: string,
  lines: readonly (readonly number[])[],
  logs: readonly (readonly string[])[],
): Promise<IcarusResult[]> {
  const written = new Map<string, Uint8Array>();
  for (const { name, direction } of manifest.ports) {
    if (direction === 'write') written.set(name, await readFile(join(scratch, `${name}.out`)));
  }
  return workload.runs.map(({ buffers }, index) => {
    const [, cycles, ...counts] = lines[index];
    const outputs: Record<string, Uint8Array> = {};
    for (const { port, argument, data, offset } of buffers) {
      const all = written.get(port);
      if (all === undefined) continue;
      const from = offset * beatBytes;
      outputs[argument.name] = Uint8Array.from(all.subarray(from, from + data.length));
    }
    const ports = manifest.ports.map(({ name }, port) => {
      return { port: name, bursts: counts[2 * port], beats: counts[2 * port + 1] };
    });
    return { outputs, cycles, ports, log: logs[index] ?? [] };
  });
}

interface Simulation {
  readonly kernel: KernelArtefacts;
  readonly sources: readonly string[];
  readonly interrupt: string;
  /** Whether the Verilog tells of its processes (see emit-watch.ts). */
  readonly watched: boolean;
  readonly runs: readonly IcarusRun[];
  /** Number of the first of `runs`, for messages. */
  readonly firstRun: number;
}

async function simulate(
  { kernel: { manifest }, sources, interrupt, watched, runs, firstRun }: Simulation,
  options: IcarusOptions,
): Promise<IcarusResult[]> {
  const { signal } = options;
  const workload = new IcarusWorkload(manifest, options, watched);
  for (const run of runs) workload.add(run);
  const scratch = await mkdtemp(join(tmpdir(), 'tilewright-icarus-run-'));
  try {
    await writeFile(
      join(scratch, 'bench.v'),
      benchText(manifest, workload, { interrupt, watched }),
    );
    const rows = workload.runs.map(({ row }) => row.map((value) => value.toString(16)).join('\n'));
    await writeFile(join(scratch, 'runs.hex'), `${rows.join('\n')}\n`);
    for (const { name } of manifest.ports) {
      const beats = workload.runs
        .flatMap(({ buffers }) => buffers.filter(({ port }) => port === name))
        .map(({ data }) => reversedBeats(data));
      await writeFile(join(scratch, `${name}.bin`), Buffer.concat(beats));
    }
    const benchFolder = join(packageRoot(), folder);
    const models = (await readdir(benchFolder))
      .filter((file) => file.endsWith('.v'))
      .map((file) => join(benchFolder, file));
    await runTool(
      'iverilog',
      [
        '-g2005',
        `-D${watchMacro}`,
        '-s',
        'tw_bench',
        '-o',
        'bench.vvp',
        'bench.v',
        ...models,
        ...sources,
      ],
      { cwd: scratch, signal },
    );
    const { stdout } = await runTool('vvp', ['-n', 'bench.vvp'], { cwd: scratch, signal });
    const lines = [...stdout.matchAll(/^RUN (.*)$/gm)].map(([, text]) =>
      text.split(' ').map(Number),
    );
    const assertion = failedAssertion(manifest.kernel, markedLines(stdout));
    if (assertion !== undefined) throw assertion;
    const logs = stdout.split(/^RUN .*$/m).map((part) => kernelLog(markedLines(part)));
    if (lines.length !== runs.length || !/^END$/m.test(stdout)) {
      throw failure(manifest, stdout, firstRun);
    }
    return await results(manifest, workload, scratch, lines, logs);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Below this many runs a second process gains nothing. */
const runsWorthAProcess = 16;

/**
 * Runs a generated kernel in Icarus Verilog: a second opinion beside Verilator, which also finds
 * undefined bits (X). One simulation, or two side by side, takes all `runs` one after another, without
 * a reset in between. The memory keeps the timing of the memory model; its stalls are another sequence
 * than the Verilated one's.
 * @param kernel its manifest and the folder of its artefacts (a `BuiltKernel` will do).
 * @throws TilewrightError `SIM_AXI_RULE`, `SIM_DEADLOCK`, `SIM_CYCLE_LIMIT`, `SIM_PROTOCOL`, `ASSERTION`,
 * `KERNEL_ARGUMENT`, `SIM_OPTION`, `ARTEFACT_MISSING`, `TOOL_MISSING`, `TOOL_FAILED`, `ABORTED`.
 */
export async function runIcarus(
  kernel: KernelArtefacts,
  runs: readonly IcarusRun[],
  options: IcarusOptions = {},
): Promise<IcarusResult[]> {
  if (runs.length === 0) return [];
  const sources = kernelSources(kernel);
  const interrupt = await interruptOf(kernel.manifest.kernel, sources);
  const texts = await Promise.all(sources.map((source) => readFile(source, 'utf8')));
  const { processes: all } = kernel.manifest;
  const watched = texts.filter((text) => text.includes('watch_since;')).length === all.length;
  const processes = Math.min(2, availableParallelism(), Math.ceil(runs.length / runsWorthAProcess));
  const share = Math.ceil(runs.length / processes);
  // The first failure stops the other simulation; it is the one that is reported.
  const failed = new AbortController();
  const signals = [failed.signal, options.signal].filter((signal) => signal !== undefined);
  const signal = AbortSignal.any(signals);
  let failure: unknown;
  const shares = Array.from({ length: processes }, (_, index) => {
    const firstRun = index * share;
    const part = runs.slice(firstRun, firstRun + share);
    return simulate(
      { kernel, sources, interrupt, watched, runs: part, firstRun },
      { ...options, signal },
    );
  });
  const finished = await Promise.all(
    shares.map((work) =>
      work.catch((error: unknown) => {
        failure ??= error;
        failed.abort();
        return [];
      }),
    ),
  );
  if (failure !== undefined) throw failure;
  return finished.flat();
}
