import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { artefactStore } from '../../codegen/support/store.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import { type SynthesisReport, synthesise } from '../../host/synth/synthesise.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { smallKernel } from './small-kernel.ts';

const { folder, write } = temporaryFolder();
let report: SynthesisReport;

// A real Yosys, once for all of it: it starts for longer than it works on a kernel of this size.
beforeAll(async () => {
  const kernel = await buildKernel(write('small.ts', smallKernel));
  const store = artefactStore({ folder: join(folder, 'store') });
  report = await synthesise(kernel, { store, perProcess: true, card: 'u50' });
}, 1_200_000);

const areaOf = (name: string) => {
  const found = report.area.instances.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no instance ${name}`);
  return found;
};

test('every instance of the top module has an area', () => {
  const kinds = new Map<string, string[]>();
  for (const { name, kind } of report.area.instances) {
    kinds.set(kind, [...(kinds.get(kind) ?? []), name].sort());
  }
  expect(Object.fromEntries(kinds)).toEqual({
    process: ['chain', 'confirm', 'feed', 'multiply', 'narrow', 'request', 'wide'],
    stream: ['halves', 'moved', 'products', 'sums', 'words'],
    memory: ['input', 'output'],
    control: ['control'],
    top: ['small'],
  });
  expect(report.area.uncounted).toEqual([]);
  const luts = report.area.instances.map(({ resources }) => resources.lut);
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
  expect(report.area.kernel.dsp).toBe(4);
  expect(report.area.share?.dsp).toBeCloseTo(4 / 5952, 9);
});

test('buffers of the memories are LUTs of memory, and block RAM is never UltraRAM', () => {
  expect(areaOf('input').resources.lutram).toBeGreaterThan(100);
  expect(areaOf('chain').resources.lutram).toBe(0);
  expect(report.area.kernel.uram).toBe(0);
});

test('the whole is near the sum of its parts', () => {
  const { kernel, sumOfInstances } = report.area;
  expect(kernel.lut / sumOfInstances.lut).toBeGreaterThan(0.7);
  expect(kernel.lut / sumOfInstances.lut).toBeLessThan(1.4);
  expect(kernel.dsp).toBe(sumOfInstances.dsp);
});

test('the slowest path is the long line of the source', () => {
  const line = smallKernel.split('\n').findIndex((one) => one.includes('// long')) + 1;
  const slowest = report.timing?.instances?.[0];
  expect(slowest).toMatchObject({ name: 'chain', kind: 'process' });
  expect(slowest?.path.source).toMatchObject({ line, file: 'small.ts' });
  expect(slowest?.path.source?.text).toContain('total = i32(');
  expect(slowest?.path.sourceNs).toBeGreaterThan((slowest?.path.ns ?? 0) / 2);
  expect(report.timing?.kernel).toMatchObject({ source: { line } });
  expect(report.timing?.kernel.through).toContain('process_chain');
});
