import { describe, expect, it } from 'vitest';
import { dequantise, quantise } from '../../host/graph/quantise.ts';

describe('quantise', () => {
  it('uses the whole range and rounds halves upwards', () => {
    const { values, scale, rows, columns } = quantise(
      Float64Array.of(32767, -32767, 0.5, -0.5, 1.5, 2.49),
      2,
    );
    expect(scale).toBe(1);
    expect([rows, columns]).toEqual([3, 2]);
    expect([...values]).toEqual([32767, -32767, 1, 0, 2, 2]);
  });

  it('has an error of at most half a step', () => {
    const source = Float32Array.from({ length: 640 }, (_, at) => Math.sin(at * 12.9898) * 3.7);
    for (const bits of [8, 16] as const) {
      for (const kind of ['real', 'power-of-two'] as const) {
        const { values, scale } = quantise(source, 64, { bits, scale: kind });
        const back = dequantise(values, scale);
        const worst = source.reduce(
          (most, value, at) => Math.max(most, Math.abs(value - back[at])),
          0,
        );
        expect(worst).toBeLessThanOrEqual(scale * 0.5000001);
        const largest = Math.max(...Array.from(values, Math.abs));
        expect(largest).toBeLessThanOrEqual(2 ** (bits - 1) - 1);
      }
    }
  });

  it('gives a power of two when asked, never too small', () => {
    for (const largest of [1, 127, 128, 0.3, 1e-3, 12345]) {
      const { scale, values } = quantise(Float64Array.of(largest, -largest), 1, {
        bits: 8,
        scale: 'power-of-two',
      });
      expect(Number.isInteger(Math.log2(scale))).toBe(true);
      expect(Math.abs(values[0])).toBeGreaterThanOrEqual(63);
      expect(Math.abs(values[0] * scale - largest)).toBeLessThanOrEqual(scale / 2);
    }
  });

  it('keeps zeros, and values too small for a scale', () => {
    expect([...quantise(new Float64Array(4), 2).values]).toEqual([0, 0, 0, 0]);
    expect([...quantise(Float64Array.of(5e-324, 0), 2).values]).toEqual([0, 0]);
  });

  it('refuses what is not finite, naming row and column', () => {
    const nan = new Float32Array(12);
    nan[7] = Number.NaN;
    expect(() => quantise(nan, 4)).toThrow('row 1, column 3: the value is NaN');
    const infinite = Float64Array.of(0, Number.NEGATIVE_INFINITY);
    expect(() => quantise(infinite, 1, { bits: 8 })).toThrow('row 1, column 0');
    expect(() => quantise(nan.subarray(0, 5), 4)).toThrow(RangeError);
  });

  it('takes a scale that is given, and refuses what it does not reach', () => {
    const { values } = quantise(Float32Array.of(1, -0.5, 0.26), 1, { scale: 0.5 });
    expect([...values]).toEqual([2, -1, 1]);
    const far = Float32Array.of(0, 0, 0, 3.3);
    const options = { bits: 8, scale: 1 / 64, firstRow: 100 } as const;
    expect(() => quantise(far, 2, options)).toThrow(
      /row 101, column 1: the value 3\.29\d+ is beyond ±1\.984375, as far as 8 bits of 0\.015625 reach/,
    );
    expect(() => quantise(far, 2, { scale: 0 })).toThrow(RangeError);
    expect(() => quantise(Float32Array.of(Number.NaN), 1, options)).toThrow('row 100, column 0');
  });
});
