import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildAliasTable } from '../../host/graph/alias-table.ts';
import { degreeScales } from '../../host/graph/degree-scales.ts';

/** Lists of the given weights; the neighbours of a list are 100 · node, 100 · node + 1, … */
function graphOf(lists: readonly (readonly number[])[]) {
  const rowPtr = new Uint32Array(lists.length + 1);
  lists.forEach((list, node) => {
    rowPtr[node + 1] = rowPtr[node] + list.length;
  });
  const colIdx = Uint32Array.from(
    lists.flatMap((list, node) => list.map((_, at) => 100 * node + at)),
  );
  return { csr: { nodes: lists.length, rowPtr, colIdx }, weights: lists.flat() };
}

/** The chance of each neighbour, added up from the table slot by slot. */
function chances(table: Uint32Array, begin: number, colIdx: Uint32Array, degree: number) {
  const found = new Map<number, number>();
  const add = (id: number, chance: number) => found.set(id, (found.get(id) ?? 0) + chance / degree);
  for (let slot = begin; slot < begin + degree; slot++) {
    const probability = table[2 * slot] / 2 ** 32;
    add(colIdx[slot], probability);
    add(table[2 * slot + 1], 1 - probability);
  }
  return found;
}

describe('buildAliasTable', () => {
  it('gives every neighbour its share of the weights', () => {
    const weight = fc.oneof(
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      fc.constantFrom(0, 1, 1e-9),
    );
    const list = fc
      .array(weight, { maxLength: 40 })
      .filter((weights) => weights.length === 0 || weights.some((one) => one > 1e-12));
    fc.assert(
      fc.property(fc.array(list, { maxLength: 5 }), (lists) => {
        const { csr, weights } = graphOf(lists);
        const table = buildAliasTable(csr, weights);
        expect(table.length % 16).toBe(0);
        lists.forEach((weightsOf, node) => {
          const total = weightsOf.reduce((sum, one) => sum + one, 0);
          const found = chances(table, csr.rowPtr[node], csr.colIdx, weightsOf.length);
          weightsOf.forEach((one, at) => {
            const chance = found.get(100 * node + at) ?? 0;
            expect(Math.abs(chance - one / total)).toBeLessThan(1e-8);
          });
        });
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it('refuses what are no weights', () => {
    const build = (...lists: number[][]) => {
      const { csr, weights } = graphOf(lists);
      return buildAliasTable(csr, weights);
    };
    expect(() => build([1, -1])).toThrow(/edge 1 of node 0 has the weight -1/);
    expect(() => build([1], [Number.NaN])).toThrow(/edge 1 of node 1/);
    expect(() => build([], [0, 0])).toThrow(/weights of node 1 add up to 0/);
    const { csr } = graphOf([[1, 2]]);
    expect(() => buildAliasTable(csr, [1])).toThrow(/1 weights for 2 edges/);
  });
});

describe('degreeScales', () => {
  it('are 1 / √degree with 15 fraction bits', () => {
    const { csr } = graphOf([[], [1], [1, 1, 1, 1], [1, 1]]);
    expect([...degreeScales(csr)]).toEqual([32768, 32768, 16384, 23170]);
    expect([...degreeScales(csr, true)]).toEqual([32768, 23170, 14654, 18919]);
  });
});
