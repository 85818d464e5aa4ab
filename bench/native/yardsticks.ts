import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import koffi from '../../codegen/support/koffi.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { runTool, toolVersion } from '../../codegen/support/run-tool.ts';
import { artefactStore } from '../../codegen/support/store.ts';

/** Plain C that does what a kernel does, each called in this thread. Arrays are used in place. */
export interface Yardsticks {
  /** neighbor_sample without replacement: rows of whole beats of 16 ids. */
  neighborSample(
    seeds: Uint32Array,
    extent: Uint32Array,
    colIdx: Uint32Array,
    samples: Uint32Array,
    key: number,
    hop: number,
  ): void;
  /** mean_aggregate; a row of `ids` has as many as the fanout. */
  meanAggregate(ids: Uint32Array, features: Int16Array, means: Int16Array, rows: number): void;
  /** What bounds mean_aggregate: it reads the same rows and adds nothing up. */
  gatherRows(ids: Uint32Array, features: Int16Array, out: Int16Array, rows: number): void;
  /** A call that does nothing, in this thread. */
  nothing(): void;
  /** The same in a thread beside it. */
  nothingBeside(): Promise<void>;
  /** Computes in registers alone, beside this thread; about a nanosecond a round. */
  spinBeside(rounds: number): Promise<void>;
}

const flags = ['-O3', '-march=native', '-fPIC', '-shared', '-Wall', '-Wextra'];
const files = ['neighbor-sample.c', 'mean-aggregate.c', 'calls.c'];

/** Compiles `bench/native/yardsticks` with gcc for a fanout, a multiple of 16 up to 64. A row has 64 features. */
export async function buildYardsticks(fanout: number): Promise<Yardsticks> {
  const folder = join(packageRoot(), 'bench', 'native', 'yardsticks');
  const sources = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const defined = [`-DFANOUT=${fanout}`];
  const key = {
    sources,
    flags: [...flags, ...defined],
    compiler: await toolVersion('gcc'),
    processor: `${process.arch} ${cpus()[0]?.model ?? ''}`,
  };
  const built = await artefactStore().build('yardsticks', key, async (to) => {
    await Promise.all(files.map((file, at) => writeFile(join(to, file), sources[at])));
    await runTool('gcc', [...flags, ...defined, ...files, '-o', 'yardsticks.so'], { cwd: to });
  });
  const library = koffi.load(join(built.folder, 'yardsticks.so'));
  const sample = library.func(
    'void yardstick_neighbor_sample(void *, void *, void *, void *, uint32_t, uint32_t, uint32_t)',
  );
  const nothing = library.func('void yardstick_nothing(void *)');
  const spin = library.func('uint32_t yardstick_spin(uint32_t)');
  const beside = (call: typeof nothing, argument: unknown) =>
    new Promise<void>((resolve, reject) => {
      call.async(argument, (error: unknown) => {
        if (error) reject(error);
        else resolve();
      });
    });
  const rowsOf = (name: string) => library.func(`void ${name}(void *, void *, void *, uint32_t)`);
  return {
    neighborSample: (seeds, extent, colIdx, samples, key, hop) =>
      sample(seeds, extent, colIdx, samples, seeds.length, key, hop),
    meanAggregate: rowsOf('yardstick_mean_aggregate'),
    gatherRows: rowsOf('yardstick_gather_rows'),
    nothing: () => void nothing(null),
    nothingBeside: () => beside(nothing, null),
    spinBeside: (rounds) => beside(spin, rounds),
  };
}
