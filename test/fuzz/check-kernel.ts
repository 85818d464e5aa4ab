import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CompiledKernel,
  compileKernel,
  loadKernelModule,
  seededRandom,
  writeCompiled,
} from '../../codegen/index.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { type DeviceRun, runOn } from '../../host/cosim/compare-runs.ts';
import { type EncodedWorkload, encodeWorkload } from '../../host/cosim/encode-workload.ts';
import { readManifest } from '../../host/device/build-kernel.ts';
import type { BuiltKernel } from '../../host/device/built-kernel.ts';
import type { Device } from '../../host/device/device.ts';
import { type DeviceOptions, openDevice } from '../../host/device/open-device.ts';
import { type IcarusResult, runIcarus } from '../../sim/index.ts';
import { checkPasses, type GoldenRun, type Step } from './check-passes.ts';
import { compareResults, type PartOf, type Results } from './compare-results.ts';
import type { Finding, Run, Target } from './finding.ts';
import { netlistKernel } from './netlist.ts';

export interface CheckOptions {
  readonly parameters?: Readonly<Record<string, number>> | undefined;
  /** Runs that Icarus and the netlist, the slow ones, take part in; by default the first one. */
  readonly slowRuns?: number | undefined;
  /** Parts of a kernel whose differences are told one by one. */
  readonly partOf?: PartOf | undefined;
  /** Stops behind the first target that has a finding. */
  readonly stopAtFirst?: boolean | undefined;
  /** Told what is about to run: who waits for a process that hangs knows where. */
  readonly onStep?: ((step: Finding['target']) => void) | undefined;
  /** Told what the compiler made. */
  readonly onCompiled?: ((steps: readonly Step[], compiled: CompiledKernel) => void) | undefined;
  /** Told what each run left behind, golden's first. */
  readonly onResults?: ((target: 'golden' | Target, run: GoldenRun) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Beyond what any of these programs takes: what runs longer does not end. */
const maximumCycles = 2_000_000;
const icarusCycles = 200_000;
const hanging = new Set(['SIM_DEADLOCK', 'SIM_LIVELOCK', 'SIM_CYCLE_LIMIT']);

/** An error as a finding; anything that is no TilewrightError is a fault of ours in any case. */
function failed(target: Finding['target'], error: unknown, run?: Run): Finding {
  if (!(error instanceof TilewrightError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { target, kind: 'error', where: 'INTERNAL', text, run };
  }
  const text = error.message;
  if (error.code === 'ABORTED') throw error;
  if (hanging.has(error.code)) return { target, kind: 'hang', where: error.code, text, run };
  const diagnostic = /: error (\w+):/.exec(text)?.[1];
  if (target === 'compile' && diagnostic !== undefined) {
    return { target, kind: 'refused', where: diagnostic, text };
  }
  return { target, kind: 'error', where: error.code, text, run };
}

/** Beats by the memory behind each port. */
function beatsOf(ports: readonly { readonly port: string; readonly beats: number }[]) {
  return new Map(ports.map(({ port, beats }) => [port.replace(/^m_axi_/, ''), beats]));
}

function resultsOf({ outputs, report: { log = [], ports } }: DeviceRun): Results {
  return { outputs, log, ...(ports === undefined ? {} : { beats: beatsOf(ports) }) };
}

function icarusResults({ outputs, log, ports }: IcarusResult): Results {
  return { outputs: new Map(Object.entries(outputs)), log, beats: beatsOf(ports) };
}

/** One kernel on its way through the targets. */
class Check {
  readonly findings: Finding[] = [];
  private readonly kernel: BuiltKernel;
  private readonly golden: readonly GoldenRun[];
  private readonly options: CheckOptions;

  constructor(kernel: BuiltKernel, golden: readonly GoldenRun[], options: CheckOptions) {
    this.kernel = kernel;
    this.golden = golden;
    this.options = options;
  }

  async run(target: Target, steps: readonly Step[]): Promise<void> {
    switch (target) {
      case 'passes':
        this.findings.push(...checkPasses(steps, this.golden, this.options.partOf));
        return;
      case 'hls':
      case 'native':
      case 'opencl':
        return this.onDevice(target, target);
      case 'verilator':
        return this.onDevice(target, 'sim', ({ latency, stall, outstanding, seed }) => ({
          memory: { latency, stall, outstanding, seed },
          maximumCycles,
        }));
      case 'icarus':
        return this.inIcarus(target, this.kernel);
      case 'netlist': {
        const folder = `${this.kernel.folder}-netlist`;
        try {
          const gates = await netlistKernel(this.kernel, folder, this.options.signal);
          await this.inIcarus(target, gates);
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      }
    }
  }

  private compare(target: Target, { run, workload, results }: GoldenRun, actual: Results): void {
    const { partOf, onResults } = this.options;
    onResults?.(target, { run, workload, results: actual });
    this.findings.push(
      ...compareResults({ target, run, workload, golden: results, actual, partOf }),
    );
  }

  private async onDevice(
    target: Target,
    device: string,
    optionsOf?: (run: Run) => DeviceOptions,
  ): Promise<void> {
    // A device that takes each run as the others is opened once, and builds the kernel once.
    await using all =
      optionsOf === undefined ? await openDevice(device, { quick: true }) : undefined;
    for (const one of this.golden) {
      try {
        await using own =
          optionsOf === undefined
            ? undefined
            : await openDevice(device, { ...optionsOf(one.run), quick: true });
        await this.onOpened(target, own ?? (all as Device), one);
      } catch (error) {
        this.findings.push(failed(target, error, one.run));
        // A kernel that cannot be built fails in every run.
        if (this.findings[this.findings.length - 1].kind === 'error') return;
      }
    }
  }

  private async onOpened(target: Target, device: Device, golden: GoldenRun): Promise<void> {
    const { signal } = this.options;
    const done = await runOn(device, this.kernel, golden.workload, { signal });
    this.compare(target, golden, resultsOf(done));
  }

  private async inIcarus(target: Target, kernel: BuiltKernel): Promise<void> {
    const part = this.golden.slice(0, this.options.slowRuns ?? 1);
    const runs = part.map(({ run, workload }) => ({
      scalars: workload.scalars,
      buffers: Object.fromEntries(workload.buffers),
      memory: run,
    }));
    const limits = { maximumCycles: icarusCycles, signal: this.options.signal };
    const done = await runIcarus(kernel, runs, limits);
    for (const [at, one] of part.entries()) {
      // Synthesis takes what a kernel prints away.
      const log = target === 'netlist' ? { log: one.results.log } : {};
      this.compare(target, one, { ...icarusResults(done[at]), ...log });
    }
  }
}

async function goldenRuns(
  kernel: BuiltKernel,
  runs: readonly Run[],
): Promise<{ readonly golden: readonly GoldenRun[]; readonly findings: readonly Finding[] }> {
  const golden: GoldenRun[] = [];
  const { definition } = await loadKernelModule(kernel.sourceFile);
  await using device = await openDevice('golden');
  for (const run of runs) {
    try {
      const random = seededRandom(run.seed);
      const drawn = definition.workload(kernel.manifest.parameters, random, run.size);
      const workload: EncodedWorkload = encodeWorkload(kernel.manifest, drawn);
      const results = resultsOf(await runOn(device, kernel, workload));
      golden.push({ run, workload, results });
    } catch (error) {
      return { golden, findings: [failed('golden', error, run)] };
    }
  }
  return { golden, findings: [] };
}

/**
 * Compiles a kernel and compares every run of it on the targets named with golden, the TypeScript itself.
 * @returns what is wrong; empty when all agree.
 * @throws TilewrightError `ABORTED`. Whatever goes wrong with the kernel is a finding.
 */
export async function checkKernel(
  file: string,
  runs: readonly Run[],
  targets: readonly Target[],
  options: CheckOptions = {},
): Promise<readonly Finding[]> {
  const { onStep, signal } = options;
  const root = mkdtempSync(join(tmpdir(), 'tilewright-check-'));
  try {
    const steps: Step[] = [];
    onStep?.('compile');
    let compiled: CompiledKernel;
    try {
      compiled = await compileKernel(file, options.parameters, {
        onPass: (name, ir) => void steps.push({ name, ir }),
      });
    } catch (error) {
      const { where, ...finding } = failed('compile', error);
      // What is no diagnostic is a fault of the pass that ran, or of what comes behind the passes.
      const last = steps[steps.length - 1]?.name;
      return [{ ...finding, where: finding.kind === 'refused' ? where : `after ${last}` }];
    }
    options.onCompiled?.(steps, compiled);
    const folder = join(root, 'kernel');
    writeCompiled(compiled, folder);
    const kernel = { folder, manifest: readManifest(folder), sourceFile: compiled.sourceFile };
    onStep?.('golden');
    const { golden, findings } = await goldenRuns(kernel, runs);
    for (const one of golden) options.onResults?.('golden', one);
    if (findings.length > 0) return findings;
    const check = new Check(kernel, golden, options);
    for (const target of targets) {
      signal?.throwIfAborted();
      onStep?.(target);
      await check.run(target, steps).catch((error: unknown) => {
        check.findings.push(failed(target, error));
      });
      if (options.stopAtFirst === true && check.findings.length > 0) break;
    }
    return check.findings;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
