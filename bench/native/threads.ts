import { TilewrightError } from '../../codegen/support/errors.ts';
import { median } from '../rtl/figures.ts';
import type { Prepared } from './prepared.ts';
import type { Yardsticks } from './yardsticks.ts';

/** The same work by one thread and by several, in milliseconds: medians of runs that took turns. */
export interface ThreadsFigure {
  /** The kernel, or `registers only`: what the processor gives to threads that share nothing. */
  readonly work: string;
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
  const times: Times[] = [];
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
  return figureOf(kernel, threads, times);
}

interface Times {
  readonly one: number;
  readonly several: number;
}

function figureOf(work: string, threads: number, times: readonly Times[]): ThreadsFigure {
  return {
    ...{ work, threads },
    oneMs: median(times.map(({ one }) => one)),
    severalMs: median(times.map(({ several }) => several)),
    speedup: median(times.map(({ one, several }) => one / several)),
  };
}

const spinRounds = 6_000_000;

/** The yardstick: arithmetic in registers, all in one thread, and in parts by as many as are asked for. */
export async function measureProcessor(
  { spinBeside }: Yardsticks,
  { repeats, threads }: { readonly repeats: number; readonly threads: number },
): Promise<ThreadsFigure> {
  const part = Math.floor(spinRounds / threads);
  const timed = async (work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
  const times: Times[] = [];
  for (let turn = 0; turn < repeats + 1; turn++) {
    const one = await timed(() => spinBeside(part * threads));
    const several = await timed(() =>
      Promise.all(Array.from({ length: threads }, () => spinBeside(part))),
    );
    if (turn > 0) times.push({ one, several });
  }
  return figureOf('registers only', threads, times);
}
