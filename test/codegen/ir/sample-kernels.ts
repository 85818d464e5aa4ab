import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compileKernelModule } from '../../../codegen/frontend/compile-kernel.ts';
import { loadKernelModule, resolveParameters, seededRandom } from '../../../codegen/index.ts';
import type { KernelIR } from '../../../codegen/ir/ir.ts';
import type { KernelIrArguments } from '../../../codegen/ir/run-kernel-ir.ts';
import { buildManifest } from '../../../codegen/package/build-manifest.ts';
import { encodeWorkload } from '../../../host/cosim/encode-workload.ts';
import { acceptedPrograms } from '../../fuzz/generate/accepted-programs.ts';
import { kernelOfPrograms } from '../../fuzz/generate/kernel-of-programs.ts';
import { randomProgram } from '../../fuzz/generate/random-program.ts';
import { withKernelFile } from '../../support/kernel-file.ts';

/** A kernel as the front end leaves it, and runs of it. */
export interface SampleKernel {
  readonly name: string;
  readonly ir: KernelIR;
  /** Arguments of one run, drawn from its workload. */
  readonly run: (seed: number, size: number) => KernelIrArguments;
}

const root = join(import.meta.dirname, '..', '..', '..');

async function sample(
  file: string,
  name: string,
  given: Readonly<Record<string, number>> = {},
): Promise<SampleKernel> {
  const module = await loadKernelModule(file);
  const { definition } = module;
  const parameters = resolveParameters(definition.name, definition.parameters, given);
  const ir = compileKernelModule(module, parameters);
  const manifest = buildManifest(ir, module.source, new Map());
  return {
    name,
    ir,
    run: (seed, size) => {
      const drawn = definition.workload(parameters, seededRandom(seed), size);
      const { scalars, buffers } = encodeWorkload(manifest, drawn as Record<string, unknown>);
      return { scalars, memories: Object.fromEntries(buffers) };
    },
  };
}

const variants: Readonly<Record<string, readonly Readonly<Record<string, number>>[]>> = {
  'mean-aggregate.ts': [
    {},
    { fanout: 10, elementBits: 8, rowBeats: 1 },
    { fanout: 37, rowBeats: 3 },
  ],
  'neighbor-sample.ts': [{}, { fanout: 5, replace: 1 }, { fanout: 20 }],
};

/** Every kernel of the product and of its examples, some with several parameters. */
export async function productKernels(): Promise<SampleKernel[]> {
  const found: SampleKernel[] = [];
  for (const folder of ['kernels', 'examples/kernels', 'test/codegen/golden']) {
    let files: string[];
    try {
      files = readdirSync(join(root, folder));
    } catch {
      continue;
    }
    for (const file of files.filter((one) => one.endsWith('.ts') && !one.endsWith('.test.ts'))) {
      for (const given of variants[file] ?? [{}]) {
        const text = Object.entries(given).map(([key, value]) => ` ${key}=${value}`);
        found.push(
          await sample(join(root, folder, file), `${folder}/${file}${text.join('')}`, given),
        );
      }
    }
  }
  return found;
}

/** Kernels of eight random programs each, the same for the same seeds. */
export async function randomKernels(seeds: readonly number[]): Promise<SampleKernel[]> {
  const found: SampleKernel[] = [];
  for (const seed of seeds) {
    const drawn = Array.from({ length: 8 }, (_, at) => randomProgram(1000 * seed + at));
    const { programs } = await acceptedPrograms(drawn);
    const name = `random programs ${seed}`;
    const { source } = kernelOfPrograms('programs', programs);
    found.push(await withKernelFile('programs', source, (file) => sample(file, name)));
  }
  return found;
}
