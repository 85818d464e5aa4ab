import { basename } from 'node:path';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { verilogSources } from '../../sim/index.ts';
import type { BuiltKernel } from '../device/built-kernel.ts';
import { type InstanceKind, kindOf } from './instances.ts';
import { kernelLines } from './kernel-lines.ts';
import type { JobResult } from './run-yosys.ts';
import { VerilogLines } from './verilog-lines.ts';
import { describePath, type PathSources, type TimingPath } from './worst-path.ts';

/** The slowest path of one instance of the top module, from its own ports or registers on. */
export interface InstanceTiming {
  readonly name: string;
  readonly kind: InstanceKind;
  readonly instance: string;
  readonly path: TimingPath;
}

/**
 * The slowest path of the kernel as one netlist.
 * @throws TilewrightError `SYNTH_OUTPUT` when Yosys found none.
 */
export async function kernelPath(kernel: BuiltKernel, flat: JobResult): Promise<TimingPath> {
  const top = kernel.manifest.kernel;
  const whole = flat.paths.find(({ module }) => module === top);
  if (whole === undefined) {
    throw new TilewrightError(`Yosys found no path between two registers of ${top}`, {
      code: 'SYNTH_OUTPUT',
      hint: 'Leave the timing out with --no-timing, and keep the log with --log yosys.log.',
    });
  }
  return describePath(whole, await pathSources(kernel));
}

/** The slowest path of each instance of the top module that has one, slowest first. */
export async function instancePaths(
  kernel: BuiltKernel,
  parts: JobResult,
): Promise<readonly InstanceTiming[]> {
  const sources = await pathSources(kernel);
  const timings = parts.instances.flatMap(({ name, module }): InstanceTiming[] => {
    const path = parts.paths.find((one) => one.module === module);
    if (path === undefined) return [];
    const described = describePath(path, { ...sources, instance: name });
    return [{ ...kindOf(name, kernel.manifest.kernel), instance: name, path: described }];
  });
  return timings.sort((a, b) => b.path.ns - a.path.ns);
}

async function pathSources(kernel: BuiltKernel): Promise<PathSources> {
  const files = await verilogSources(kernel);
  return {
    verilog: new Map(files.map(({ path, text }) => [basename(path), new VerilogLines(text)])),
    lineText: kernelLines(kernel.sourceFile),
  };
}
