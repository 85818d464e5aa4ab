import { beforeAll, describe, expect, it } from 'vitest';
import { loadKernelModule, resolveKernel, runGolden } from '../../codegen/index.ts';
import { goldenKernel } from './golden-run.ts';
import { plainHash, plainSample } from './plain-sample.ts';

/**
 * The sampler's statistics, on the TypeScript itself: which neighbours are drawn, how often, and that
 * none comes twice. Seeds are fixed, so a verdict never changes by chance.
 */
type Definition = Awaited<ReturnType<typeof loadKernelModule>>['definition'];
let definition: Definition;
beforeAll(async () => {
  definition = (await loadKernelModule(resolveKernel('neighbor_sample'))).definition;
});

const absent = 0xffffffff;
const bytes = (array: Uint32Array) => {
  const whole = new Uint8Array(Math.max(64, Math.ceil(array.byteLength / 64) * 64));
  whole.set(new Uint8Array(array.buffer));
  return whole;
};

/** Samples of `seeds` over nodes that each have the neighbours 0 … degree − 1; a row a seed. */
function sample(
  degree: number,
  nodes: number,
  seeds: Uint32Array,
  options: { fanout: number; replace: 0 | 1; key: number; hop: number },
): number[][] {
  const { fanout, replace, key, hop } = options;
  const extent = new Uint32Array(2 * nodes);
  for (let node = 0; node < nodes; node++)
    extent.set([node * degree, (node + 1) * degree], 2 * node);
  const colIdx = Uint32Array.from({ length: nodes * degree }, (_, edge) => edge % degree);
  const width = Math.ceil(fanout / 16) * 16;
  const samples = new Uint8Array(seeds.length * width * 4);
  runGolden(
    definition,
    { fanout, replace },
    {
      seeds: bytes(seeds),
      extent: bytes(extent),
      colIdx: bytes(colIdx),
      samples,
      count: seeds.length,
      key,
      hop,
    },
  );
  const words = new Uint32Array(samples.buffer);
  return Array.from(seeds, (_, row) =>
    [...words.subarray(row * width, (row + 1) * width)].filter((id) => id !== absent),
  );
}

/** Upper point of the chi-square distribution by Wilson and Hilferty, at z standard deviations. */
function chiSquareLimit(freedom: number, z: number): number {
  const a = 2 / (9 * freedom);
  return freedom * (1 - a + z * Math.sqrt(a)) ** 3;
}

const all = (count: number) => Uint32Array.from({ length: count }, (_, node) => node);

describe('neighbor_sample without replacement', () => {
  for (const degree of [1, 5, 15, 16, 17, 20, 40, 200]) {
    it(`degree ${degree}: min(fanout, degree) different neighbours`, () => {
      const rows = sample(degree, 400, all(400), { fanout: 16, replace: 0, key: 7, hop: 1 });
      for (const row of rows) {
        expect(row.length).toBe(Math.min(16, degree));
        expect(new Set(row).size).toBe(row.length);
        expect(Math.max(...row)).toBeLessThan(degree);
        // A list that is taken whole keeps its order.
        if (degree <= 16) expect(row).toEqual([...all(degree)]);
      }
    });
  }

  for (const degree of [17, 24, 40, 100]) {
    it(`degree ${degree}: every neighbour is drawn as often as any other (chi-square)`, () => {
      const draws = 3000;
      const rows = sample(degree, draws, all(draws), { fanout: 16, replace: 0, key: 99, hop: 2 });
      const counts = new Float64Array(degree);
      for (const row of rows) for (const id of row) counts[id] += 1;
      const expected = (draws * 16) / degree;
      const sum = counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
      // Draws of one row exclude each other, so the counts vary less than independent ones would.
      const scaled = sum * ((degree - 1) / (degree - 16));
      expect(scaled).toBeLessThan(chiSquareLimit(degree - 1, 3.3));
      expect(scaled).toBeGreaterThan(chiSquareLimit(degree - 1, -3.3));
    });
  }

  it('hops, keys and nodes draw independently of each other', () => {
    const draws = 2000;
    const at = (key: number, hop: number) =>
      sample(64, draws, all(draws), { fanout: 16, replace: 0, key, hop });
    const one = at(1, 1);
    for (const other of [at(1, 2), at(2, 1), [...one.slice(1), one[0]]]) {
      const common = one.reduce(
        (total, row, node) => total + row.filter((id) => other[node].includes(id)).length,
        0,
      );
      // 16 of 64 against 16 of 64: 4 in common a row, with variance 4 · (48/64) · (48/63).
      const deviation = Math.sqrt(draws * 4 * (48 / 64) * (48 / 63));
      expect(Math.abs(common - 4 * draws)).toBeLessThan(4 * deviation);
    }
  });

  it('the same key, hop and node give the same sample, twice in a call too', () => {
    const seeds = Uint32Array.from([5, 9, 5]);
    const [first, , again] = sample(50, 10, seeds, { fanout: 16, replace: 0, key: 3, hop: 1 });
    expect(again).toEqual(first);
  });
});

describe('neighbor_sample with replacement', () => {
  it('always draws fanout neighbours, uniformly (chi-square), and repeats some', () => {
    const [degree, draws] = [10, 3000];
    const rows = sample(degree, draws, all(draws), { fanout: 16, replace: 1, key: 5, hop: 1 });
    const counts = new Float64Array(degree);
    for (const row of rows) {
      expect(row.length).toBe(16);
      for (const id of row) counts[id] += 1;
    }
    const expected = (draws * 16) / degree;
    const sum = counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
    expect(sum).toBeLessThan(chiSquareLimit(degree - 1, 3.3));
    expect(rows.some((row) => new Set(row).size < row.length)).toBe(true);
  });

  it('a node without neighbours, and a seed that is absent, give an empty row', () => {
    const seeds = Uint32Array.from([absent, 0]);
    expect(sample(0, 1, seeds, { fanout: 16, replace: 1, key: 5, hop: 1 })).toEqual([[], []]);
  });
});

interface Graph {
  readonly seeds: Uint32Array;
  readonly extent: Uint32Array;
  readonly colIdx: Uint32Array;
  readonly count: number;
  readonly key: number;
  readonly hop: number;
}

/** Lists of every length around the fanout and around as many beats, at every alignment, twice over. */
function listsOfEveryKind(fanout: number): Graph {
  const beats = 16 * fanout;
  const degrees = [
    ...[0, 1, 2, 3, 15, 16, 17, 18],
    ...[fanout - 1, fanout, fanout + 1, 2 * fanout + 1],
    ...[beats - 17, beats - 16, beats - 15, beats - 1, beats, beats + 1, 3 * beats],
  ].filter((degree) => degree >= 0);
  const extent: number[] = [];
  let edges = 0;
  for (const degree of degrees) {
    for (let offset = 0; offset < 16; offset++) {
      edges += (16 + offset - (edges % 16)) % 16;
      extent.push(edges, edges + degree);
      edges += degree;
    }
  }
  const nodes = extent.length / 2;
  const order = Array.from({ length: 2 * nodes }, (_, at) => (at * 37) % nodes);
  const seeds = Uint32Array.from([...order, absent]);
  return {
    seeds,
    extent: Uint32Array.from(extent),
    colIdx: Uint32Array.from({ length: edges }, (_, edge) => 7 * edge + 1),
    count: seeds.length,
    key: 12345,
    hop: 2,
  };
}

describe('the specification, and no more beats than it takes', () => {
  for (const replace of [0, 1] as const) {
    for (const fanout of [1, 2, 3, 5, 15, 16, 17, 20, 31, 32, 33, 64]) {
      it(`fanout ${fanout}, replace ${replace}`, async () => {
        const { run } = await goldenKernel('neighbor_sample');
        const { seeds, extent, colIdx, count, key, hop } = listsOfEveryKind(fanout);
        const width = Math.ceil(fanout / 16) * 16;
        const samples = new Uint32Array(count * width);
        const report = run(
          { fanout, replace },
          { seeds, extent, colIdx, count, key, hop },
          { samples },
        );
        let [beats, single, whole] = [0, 0, 0];
        for (const [row, node] of seeds.entries()) {
          const [begin, end] = node === absent ? [0, 0] : extent.subarray(2 * node, 2 * node + 2);
          const hash = plainHash(key, node, hop);
          const drawn = plainSample(end - begin, fanout, replace, hash);
          const expected = new Uint32Array(width).fill(absent);
          expected.set(drawn.map((at) => colIdx[begin + at]));
          expect(samples.subarray(row * width, (row + 1) * width)).toEqual(expected);
          const covered = end === begin ? 0 : ((end - 1) >>> 4) - (begin >>> 4) + 1;
          beats += Math.min(drawn.length, covered);
          if (covered > drawn.length) single += 1;
          else if (covered > 1) whole += 1;
        }
        expect(report.ports.find((port) => port.name === 'colIdx')?.beats).toBe(beats);
        // Both ways of reading are among the lists.
        expect(single).toBeGreaterThan(0);
        if (fanout > 1) expect(whole).toBeGreaterThan(0);
      });
    }
  }
});
