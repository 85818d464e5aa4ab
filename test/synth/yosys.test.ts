import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { artefactStore } from '../../codegen/support/store.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import { type InstanceArea, instanceAreas } from '../../host/synth/area-report.ts';
import { runJob } from '../../host/synth/run-yosys.ts';
import { type InstanceTiming, instancePaths } from '../../host/synth/timing-report.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { smallKernel } from './small-kernel.ts';

const { folder, write } = temporaryFolder();
let areas: readonly InstanceArea[];
let uncounted: readonly string[];
let timings: readonly InstanceTiming[];

// The real Yosys, twice for all tests: it starts for longer than it works on a kernel of this size.
beforeAll(async () => {
  const kernel = await buildKernel(write('small.ts', smallKernel));
  const store = artefactStore({ folder: join(folder, 'store') });
  const [area, timing] = await Promise.all([
    runJob(kernel, { kind: 'area', family: 'xcup', hierarchy: 'instances' }, { store }),
    runJob(kernel, { kind: 'timing', hierarchy: 'instances' }, { store }),
  ]);
  ({ instances: areas, uncounted } = instanceAreas('small', area, 'u50'));
  timings = await instancePaths(kernel, timing);
}, 1_200_000);

function areaOf(name: string): InstanceArea {
  const found = areas.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no instance ${name}`);
  return found;
}

test('every instance of the top module has an area', () => {
  const kinds = new Map<string, string[]>();
  for (const { name, kind } of areas) kinds.set(kind, [...(kinds.get(kind) ?? []), name].sort());
  expect(Object.fromEntries(kinds)).toEqual({
    process: ['chain', 'confirm', 'feed', 'multiply', 'narrow', 'request', 'wide'],
    stream: ['halves', 'moved', 'products', 'sums', 'words'],
    memory: ['input', 'output'],
    control: ['control'],
    top: ['small'],
  });
  expect(uncounted).toEqual([]);
  const luts = areas.map(({ resources }) => resources.lut);
  expect(luts).toEqual([...luts].sort((a, b) => b - a));
});

test('an adder twice as wide takes about twice the LUTs', () => {
  const [narrow, wide] = [areaOf('narrow').resources, areaOf('wide').resources];
  expect(wide.lut - narrow.lut).toBeGreaterThanOrEqual(12);
  expect(wide.lut - narrow.lut).toBeLessThanOrEqual(40);
  expect([narrow.dsp, wide.dsp]).toEqual([0, 0]);
});

test('a product of 16 by 16 bits is one DSP slice', () => {
  expect(areaOf('multiply').resources.dsp).toBe(4);
  expect(areaOf('multiply').share?.dsp).toBeCloseTo(4 / 5952, 9);
});

test('buffers of the memories are LUTs of memory; a process without arrays has none', () => {
  expect(areaOf('input').resources.lutram).toBeGreaterThan(100);
  expect(areaOf('chain').resources.lutram).toBe(0);
});

test('the slowest path is the long line of the source', () => {
  const line = smallKernel.split('\n').findIndex((one) => one.includes('// long')) + 1;
  const [slowest] = timings;
  expect(slowest).toMatchObject({ name: 'chain', kind: 'process', instance: 'process_chain' });
  expect(slowest.path.source).toMatchObject({ line, file: 'small.ts' });
  expect(slowest.path.source?.text).toContain('total = i32(');
  expect(slowest.path.sourceNs).toBeGreaterThan(slowest.path.ns / 2);
  expect(slowest.path.library).toEqual([]);
  // The logic of the buses and of the control slave is nobody's line.
  const control = timings.find(({ kind }) => kind === 'control');
  expect(control?.path.source).toBeNull();
});
