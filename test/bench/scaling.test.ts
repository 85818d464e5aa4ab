import { expect, test } from 'vitest';
import type { CellResult, Subject } from '../../bench/rtl/measure.ts';
import { scalings } from '../../bench/rtl/scaling.ts';
import { dealRows } from '../../bench/rtl/subjects.ts';

function result(featurePorts: number, figures: readonly (number | null)[]) {
  const manifest = { kernel: 'fused', parameters: { featurePorts } };
  const cells = figures.map((edgesACycle, at) => {
    return { latency: 32 << at, outstanding: 64, stall: 0, edgesACycle } as CellResult;
  });
  const subject = { label: `fused-${featurePorts}`, kernel: { manifest } } as unknown as Subject;
  return { subject, cells };
}

test('more ports are compared with one port behind the same memory', () => {
  const rows = scalings([result(1, [0.5, 0.25]), result(2, [0.95, 0.5]), result(4, [1.8, null])]);
  expect(rows.map(({ label, latency, overOnePort }) => [label, latency, overOnePort])).toEqual([
    ['fused-2', 32, 1.9],
    ['fused-2', 64, 2],
    ['fused-4', 32, 3.6],
  ]);
});

test('nothing to compare with', () => {
  expect(scalings([result(2, [1])])).toEqual([]);
  expect(scalings([result(1, [null]), result(2, [1])])).toEqual([]);
});

test('rows are dealt to the ports in turns', () => {
  const features = Int16Array.from({ length: 3 * 64 }, (_, at) => at >> 6);
  const [even, odd] = dealRows(features, 2);
  expect([even[0], even[64], odd[0]]).toEqual([0, 2, 1]);
  expect([even.length, odd.length]).toEqual([128, 128]);
  expect(odd[64]).toBe(0);
});
