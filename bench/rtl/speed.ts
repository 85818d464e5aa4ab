import { performance } from 'node:perf_hooks';
import type { EncodedWorkload } from '../../host/cosim/encode-workload.ts';
import type { BuiltKernel } from '../../host/device/built-kernel.ts';
import type { DeviceBuffer } from '../../host/device/device.ts';
import { openDevice } from '../../host/device/open-device.ts';
import { type IcarusRun, type MemoryModel, runIcarus } from '../../sim/index.ts';
import { median } from './figures.ts';

/** One simulator's share of the comparison. */
interface Speed {
  /** Seeds of the run. */
  readonly size: number;
  /** Cycles that were timed in each run. */
  readonly cycles: number;
  /** Simulated clock cycles a second, the memory model included: the median of the runs. */
  readonly perSecond: number;
}

export interface SimulationSpeed {
  readonly kernel: string;
  readonly memory: MemoryModel;
  readonly verilator: Speed;
  readonly icarus: Speed;
  /** Median of Verilator's speed over Icarus', of the runs that stood side by side. */
  readonly ratio: number;
  /** How often each was measured, in turns. */
  readonly runs: number;
}

/** A kernel over two numbers of seeds; Icarus takes the small one and an eighth of it. */
export interface SpeedOptions {
  readonly kernel: BuiltKernel;
  readonly runs: number;
  readonly memory: MemoryModel;
  readonly verilatorSize: number;
  readonly icarusSize: number;
  readonly draw: (size: number) => Promise<EncodedWorkload>;
}

/** Verilator's runs are short: so many follow each other in one timing. */
const restarts = 8;

interface Timing {
  readonly cycles: number;
  readonly seconds: number;
}

async function timeVerilator(
  kernel: BuiltKernel,
  { buffers, scalars }: EncodedWorkload,
  memory: MemoryModel,
): Promise<Timing> {
  await using device = await openDevice('sim', { memory });
  const loaded = await device.load(kernel);
  const bound: Record<string, DeviceBuffer> = {};
  for (const [name, bytes] of buffers) {
    bound[name] = device.allocate(bytes.length);
    bound[name].write(bytes);
  }
  let cycles = 0;
  let seconds = 0;
  for (let run = 0; run < restarts; run++) {
    const report = await loaded.run({ ...scalars, ...bound });
    cycles += report.cycles ?? 0;
    seconds += report.hostMs / 1000;
  }
  return { cycles, seconds };
}

async function timeIcarus(kernel: BuiltKernel, run: IcarusRun): Promise<Timing> {
  const before = performance.now();
  const [{ cycles }] = await runIcarus(kernel, [run]);
  return { cycles, seconds: (performance.now() - before) / 1000 };
}

/**
 * Verilator and Icarus on the same Verilog behind the same memory, in turns. Icarus' timing is the
 * difference of two runs of different length: compiling, and reading the memory's contents, are not in it.
 */
export async function simulationSpeed(options: SpeedOptions): Promise<SimulationSpeed> {
  const { kernel, runs, memory, verilatorSize, icarusSize, draw } = options;
  const icarusRun = async (size: number): Promise<IcarusRun> => {
    const { scalars, buffers } = await draw(size);
    return { scalars, buffers: Object.fromEntries(buffers), memory };
  };
  const short = await icarusRun(Math.ceil(icarusSize / 8));
  const long = await icarusRun(icarusSize);
  const workload = await draw(verilatorSize);
  const speeds: { verilator: number; icarus: number }[] = [];
  let timed = { verilator: 0, icarus: 0 };
  for (let run = 0; run < runs; run++) {
    const less = await timeIcarus(kernel, short);
    const more = await timeIcarus(kernel, long);
    const quick = await timeVerilator(kernel, workload, memory);
    timed = { verilator: quick.cycles, icarus: more.cycles - less.cycles };
    speeds.push({
      verilator: quick.cycles / quick.seconds,
      icarus: timed.icarus / (more.seconds - less.seconds),
    });
  }
  const speed = (simulator: 'verilator' | 'icarus', size: number): Speed => ({
    size,
    cycles: timed[simulator],
    perSecond: median(speeds.map((one) => one[simulator])),
  });
  return {
    kernel: kernel.manifest.kernel,
    memory,
    verilator: speed('verilator', verilatorSize),
    icarus: speed('icarus', icarusSize),
    ratio: median(speeds.map(({ verilator, icarus }) => verilator / icarus)),
    runs,
  };
}
