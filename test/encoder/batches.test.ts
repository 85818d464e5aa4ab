import { describe, expect, it } from 'vitest';
import { batchesByLength } from '../../host/encoder/batches.ts';

describe('batchesByLength', () => {
  it('sorts by length, leaves empty texts out and holds to both limits', () => {
    expect(batchesByLength([5, 0, 2, 2, 9], 2, 1000)).toEqual([
      [2, 3],
      [0, 4],
    ]);
    expect(batchesByLength([4, 4, 4, 4, 4], 32, 8)).toEqual([[0, 1], [2, 3], [4]]);
    expect(batchesByLength([1, 100, 2], 32, 8)).toEqual([[0, 2], [1]]);
    expect(batchesByLength([0], 32, 8)).toEqual([]);
  });
});
