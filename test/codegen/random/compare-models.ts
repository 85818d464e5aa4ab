import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  compileKernel,
  loadKernelModule,
  seededRandom,
  writeCompiled,
} from '../../../codegen/index.ts';
import { runKernelIr } from '../../../codegen/ir/run-kernel-ir.ts';
import type { Manifest } from '../../../codegen/package/manifest.ts';
import { runOn } from '../../../host/cosim/compare-runs.ts';
import { type EncodedWorkload, encodeWorkload } from '../../../host/cosim/encode-workload.ts';
import type { BuiltKernel } from '../../../host/device/built-kernel.ts';
import { openDevice } from '../../../host/device/open-device.ts';
import { runIcarus } from '../../../sim/index.ts';

export interface Run {
  readonly seed: number;
  readonly size: number;
  readonly latency?: number;
  readonly stall?: number;
  readonly outstanding?: number;
}

const root = mkdtempSync(join(tmpdir(), 'tilewright-random-'));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));

/** Writes a kernel's source into a folder of its own. */
export function writeKernel(name: string, source: string): string {
  const folder = mkdtempSync(join(root, 'kernel-'));
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, source);
  return file;
}

/**
 * Compiles a kernel once and runs it everywhere: the TypeScript, the IR, and the devices named. Returns
 * one line for every element on which they differ; no line where all agree.
 */
export async function compareModels(
  file: string,
  runs: readonly Run[],
  devices: readonly string[] = ['native', 'sim'],
  parameters: Readonly<Record<string, number>> = {},
): Promise<string[]> {
  const compiled = await compileKernel(file, parameters);
  const folder = mkdtempSync(join(root, 'built-'));
  writeCompiled(compiled, folder);
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  const kernel: BuiltKernel = { folder, manifest, sourceFile: compiled.sourceFile };
  const { definition } = await loadKernelModule(file);
  const differences: string[] = [];
  const workloads = runs.map((run) => {
    const drawn = definition.workload(manifest.parameters, seededRandom(run.seed), run.size);
    return encodeWorkload(manifest, drawn as Readonly<Record<string, unknown>>);
  });
  const icarus = devices.includes('icarus')
    ? await runIcarus(
        kernel,
        runs.map((run, at) => ({
          scalars: workloads[at].scalars,
          buffers: Object.fromEntries(
            [...workloads[at].buffers].map(([name, bytes]) => [name, bytes.slice()]),
          ),
          memory: memoryOf(run),
        })),
      )
    : [];
  for (const [at, run] of runs.entries()) {
    const workload = workloads[at];
    const outputs = new Map<string, ReadonlyMap<string, Uint8Array>>();
    const logs = new Map<string, readonly string[]>();
    for (const name of ['golden', ...devices.filter((one) => one !== 'icarus')]) {
      // A model runs for a moment only. The C++ keeps g++'s optimiser, which finds out what C++ leaves undefined.
      const quick = name === 'sim';
      const device = await openDevice(name, { memory: memoryOf(run), quick });
      try {
        const done = await runOn(device, kernel, workload);
        outputs.set(name, done.outputs);
        logs.set(name, done.report.log ?? []);
      } catch (error) {
        differences.push(`seed ${run.seed}: ${name} fails: ${(error as Error).message}`);
        if (name === 'golden') throw error;
      } finally {
        await device.close();
      }
    }
    const ir = irRun(compiled.ir, workload);
    outputs.set('ir', new Map(Object.entries(ir.outputs)));
    logs.set('ir', ir.log);
    if (icarus.length > 0) {
      outputs.set('icarus', new Map(Object.entries(icarus[at].outputs)));
      logs.set('icarus', icarus[at].log);
    }
    for (const [name, log] of logs) {
      const expected = logs.get('golden') ?? [];
      const line = expected.findIndex((line, index) => log[index] !== line);
      if (line < 0 && log.length === expected.length) continue;
      differences.push(`seed ${run.seed}: ${name} prints ${log[line]}, golden ${expected[line]}`);
    }
    for (const [name, buffers] of outputs) {
      for (const { memory } of workload.outputs) {
        const expected = words(outputs.get('golden')?.get(memory.name));
        const actual = words(buffers.get(memory.name));
        expected.forEach((word, index) => {
          if (actual[index] === word) return;
          differences.push(
            `seed ${run.seed}: ${memory.name}[${index}] is ${actual[index]} in ${name}, ${word} in golden`,
          );
        });
      }
    }
  }
  return differences;
}

function memoryOf(run: Run) {
  return {
    latency: run.latency ?? 64,
    stall: run.stall ?? 0,
    outstanding: run.outstanding ?? 64,
    seed: run.seed,
  };
}

function irRun(ir: Awaited<ReturnType<typeof compileKernel>>['ir'], workload: EncodedWorkload) {
  return runKernelIr(ir, {
    scalars: workload.scalars,
    memories: Object.fromEntries(workload.buffers),
  });
}

function words(bytes: Uint8Array | undefined): Int32Array {
  const copy = Uint8Array.from(bytes ?? []);
  return new Int32Array(copy.buffer);
}
