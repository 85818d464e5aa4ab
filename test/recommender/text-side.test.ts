import { describe, expect, it } from 'vitest';
import { historiesOf } from '../../host/recommender/histories.ts';
import {
  checkTextVectors,
  fitTextProjection,
  itemText,
  projectText,
  userTextVectors,
} from '../../host/recommender/text-side.ts';
import { wordVectors } from './small-world.ts';

describe('text side', () => {
  it('writes an item as title and genres', () => {
    expect(itemText('Toy Story (1995)', 'Adventure|Comedy')).toBe(
      'Toy Story (1995): Adventure, Comedy',
    );
    expect(itemText('Untitled', '')).toBe('Untitled');
    expect(itemText('', 'Drama')).toBe('Drama');
    expect(itemText('', '')).toBe('');
  });

  const texts = ['red fox', 'red dog', 'blue whale', '', 'blue dog', 'green fox', 'old red dog'];
  const vectors = wordVectors(texts);

  it('reduces to rows of length 1 and keeps empty texts at zero', () => {
    const projection = fitTextProjection(vectors, 4, 1);
    const reduced = projectText(projection, vectors.values);
    texts.forEach((text, row) => {
      const length = Math.hypot(...reduced.subarray(row * 4, (row + 1) * 4));
      expect(length).toBeCloseTo(text === '' ? 0 : 1, 6);
    });
  });

  it('has the principal directions, the second root of their spread taken out', () => {
    const projection = fitTextProjection(vectors, 3, 1);
    const { dimensions, matrix, mean } = projection;
    const rows = texts.flatMap((text, row) => (text === '' ? [] : [row]));
    const along = (k: number) =>
      rows.map((row) => {
        let sum = 0;
        for (let d = 0; d < dimensions; d++) {
          sum += (vectors.values[row * dimensions + d] - mean[d]) * matrix[d * 3 + k];
        }
        return sum;
      });
    const [first, second, third] = [along(0), along(1), along(2)];
    const product = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, value, at) => sum + value * b[at], 0);
    // Uncorrelated, and of spread σ² / √(σ²) = σ: falling.
    expect(product(first, second)).toBeCloseTo(0, 6);
    expect(product(first, third)).toBeCloseTo(0, 6);
    expect(product(first, first)).toBeGreaterThan(product(second, second));
  });

  it('takes the mean over a history by recency, leaving out items without text', () => {
    const csr = {
      nodes: 3,
      rowPtr: Uint32Array.of(0, 3, 4, 4),
      colIdx: Uint32Array.of(0, 3, 2, 3),
    };
    const histories = historiesOf(csr, texts.length);
    const means = userTextVectors(histories, vectors, 2);
    const { dimensions, values } = vectors;
    const old = Math.exp(-1);
    for (let d = 0; d < dimensions; d++) {
      const expected = (old * values[d] + values[2 * dimensions + d]) / (old + 1);
      expect(means[d]).toBeCloseTo(expected, 12);
    }
    // A user with empty texts only, and one without history.
    expect(means.subarray(dimensions).every((value) => value === 0)).toBe(true);
  });

  it('names the item and column of a NaN', () => {
    const values = vectors.values.slice();
    values[2 * vectors.dimensions + 5] = Number.NaN;
    const bad = { dimensions: vectors.dimensions, values };
    expect(() => checkTextVectors(bad, texts.length)).toThrow(
      'the text vector of item 2 has NaN in column 5',
    );
    expect(() => checkTextVectors(vectors, 3)).toThrow(RangeError);
  });
});
