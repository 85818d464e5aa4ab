import { TilewrightError } from '../../codegen/support/errors.ts';
import { median } from '../rtl/figures.ts';
import type { Prepared } from './prepared.ts';

/** The same run by one thread and by several, in milliseconds: medians of runs that took turns. */
export interface ThreadsFigure {
  readonly kernel: string;
  readonly threads: number;
  readonly oneMs: number;
  readonly severalMs: number;
  /** The median of the ratios of neighbours. */
  readonly speedup: number;
}

function bytesOf({ buffers }: Prepared, output: string): Buffer {
  const buffer = buffers.get(output);
  const bytes = Buffer.alloc(buffer?.bytes ?? 0);
  buffer?.read(bytes);
  return bytes;
}

/**
 * @param output the memory that both must have written alike.
 * @throws TilewrightError `BENCH_WRONG`.
 */
export async function measureThreads(
  one: Prepared,
  several: Prepared,
  output: string,
  { repeats, threads }: { readonly repeats: number; readonly threads: number },
): Promise<ThreadsFigure> {
  const { kernel } = one.kernel.built.manifest;
  const times: { readonly one: number; readonly several: number }[] = [];
  // The first turn warms caches and pages up, and starts the threads.
  for (let turn = 0; turn < repeats + 1; turn++) {
    const time = { one: await one.run(), several: await several.run() };
    if (turn > 0) times.push(time);
  }
  if (!bytesOf(one, output).equals(bytesOf(several, output))) {
    throw new TilewrightError(`${kernel} on native differs between 1 and ${threads} threads`, {
      code: 'BENCH_WRONG',
      hint: 'A wrong result has no figure: compare both with golden.',
    });
  }
  return {
    ...{ kernel, threads },
    oneMs: median(times.map((time) => time.one)),
    severalMs: median(times.map((time) => time.several)),
    speedup: median(times.map((time) => time.one / time.several)),
  };
}
