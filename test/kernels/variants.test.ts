import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../codegen/index.ts';
import { goldenKernel } from './golden-run.ts';
import { plainHash, plainSample } from './plain-sample.ts';

/**
 * The variants of the two built-in kernels against plain implementations of what they promise, on the
 * TypeScript itself; test/equality carries the result over to every other target.
 */
const absent = 0xffffffff;

interface Rows {
  readonly ids: Uint32Array;
  readonly features: Int16Array;
  readonly rows: number;
}

/** The feature rows that each row of ids names, as plain numbers. */
function gathered({ ids, features, rows }: Rows, fanout: number, rowLanes: number) {
  const width = Math.ceil(fanout / 16) * 16;
  return Array.from({ length: rows }, (_, row) =>
    [...ids.subarray(row * width, (row + 1) * width)]
      .filter((id) => id !== absent)
      .map((id) => ({ id, row: [...features.subarray(id * rowLanes, (id + 1) * rowLanes)] })),
  );
}

const aggregations = [
  { fanout: 16, elementBits: 16, rowBeats: 2 },
  { fanout: 37, elementBits: 16, rowBeats: 1 },
];

describe.each(aggregations)('aggregation, fanout $fanout', (p) => {
  const rowLanes = p.rowBeats * 32;
  const size = 40;

  it('sum_aggregate: exact sums and counts', async () => {
    const { definition, run } = await goldenKernel('sum_aggregate');
    const drawn = definition.workload(p, seededRandom(5), size) as unknown as Rows;
    const sums = new Int32Array(size * rowLanes);
    const counts = new Uint32Array(size);
    run(p, { ...drawn }, { sums, counts });
    gathered(drawn, p.fanout, rowLanes).forEach((found, row) => {
      expect(counts[row]).toBe(found.length);
      for (let lane = 0; lane < rowLanes; lane++) {
        const sum = found.reduce((total, one) => total + one.row[lane], 0);
        expect(sums[row * rowLanes + lane]).toBe(sum);
      }
    });
  });

  it('max_aggregate: the largest of each lane, 0 for none', async () => {
    const { definition, run } = await goldenKernel('max_aggregate');
    const drawn = definition.workload(p, seededRandom(6), size) as unknown as Rows;
    const maxima = new Int16Array(size * rowLanes);
    run(p, { ...drawn }, { maxima });
    const rows = gathered(drawn, p.fanout, rowLanes);
    expect(rows.some((found) => found.length === 0)).toBe(true);
    rows.forEach((found, row) => {
      for (let lane = 0; lane < rowLanes; lane++) {
        const largest = found.length === 0 ? 0 : Math.max(...found.map((one) => one.row[lane]));
        expect(maxima[row * rowLanes + lane]).toBe(largest);
      }
    });
  });

  it('gcn_aggregate: Σ x / √(d · d), rounded once', async () => {
    const { definition, run } = await goldenKernel('gcn_aggregate');
    const drawn = definition.workload(p, seededRandom(7), size) as unknown as Rows & {
      scale: Uint16Array;
      rowScale: Uint16Array;
    };
    const results = new Int16Array(size * rowLanes);
    run(p, { ...drawn }, { results });
    gathered(drawn, p.fanout, rowLanes).forEach((found, row) => {
      for (let lane = 0; lane < rowLanes; lane++) {
        const sum = found.reduce(
          (total, one) => total + BigInt(one.row[lane]) * BigInt(drawn.scale[one.id]),
          0n,
        );
        const rounded = (sum * BigInt(drawn.rowScale[row]) + (1n << 29n)) >> 30n;
        const limited = rounded > 32767n ? 32767n : rounded < -32768n ? -32768n : rounded;
        expect(BigInt(results[row * rowLanes + lane])).toBe(limited);
      }
    });
  });
});

describe('weighted_sample', () => {
  it('a seed that is absent or has no neighbours gives an empty row', async () => {
    const { run } = await goldenKernel('weighted_sample');
    const samples = new Uint32Array(32);
    const extent = Uint32Array.of(0, 0);
    const empty = new Uint32Array(16);
    const seeds = Uint32Array.of(absent, 0);
    run(
      { fanout: 16 },
      { seeds, extent, colIdx: empty, alias: empty, count: 2, key: 1, hop: 1 },
      { samples },
    );
    expect(new Set(samples)).toEqual(new Set([absent]));
  });
});

describe('tile_sample', () => {
  for (const p of [
    { fanout: 16, replace: 0 },
    { fanout: 5, replace: 1 },
    { fanout: 33, replace: 0 },
  ]) {
    it(`fanout ${p.fanout}, replace ${p.replace}: as neighbor_sample, wherever the lists lie`, async () => {
      const whole = await goldenKernel('neighbor_sample');
      const tile = await goldenKernel('tile_sample');
      const width = Math.ceil(p.fanout / 16) * 16;
      for (let round = 0; round < 5; round++) {
        const random = seededRandom(round);
        const drawn = whole.definition.workload(p, random, 30) as unknown as SampleRun;
        const { seeds, count, key, hop } = drawn;
        const expected = new Uint32Array(count * width);
        whole.run(p, { ...drawn }, { samples: expected });
        // The lists of the seeds only, in their order, each behind some words that belong to nobody.
        const extent: number[] = [];
        const colIdx: number[] = [];
        for (const seed of seeds) {
          const [begin, end] =
            seed === absent ? [0, 0] : [drawn.extent[2 * seed], drawn.extent[2 * seed + 1]];
          colIdx.push(...Array(random.integer(0, 20)).fill(absent));
          extent.push(colIdx.length, colIdx.length + end - begin);
          colIdx.push(...drawn.colIdx.subarray(begin, end));
        }
        const samples = new Uint32Array(count * width);
        const lists = { extent: Uint32Array.from(extent), colIdx: Uint32Array.from(colIdx) };
        tile.run(p, { seeds, ...lists, count, key, hop }, { samples });
        expect(samples).toEqual(expected);
      }
    });
  }
});

interface SampleRun {
  readonly seeds: Uint32Array;
  readonly extent: Uint32Array;
  readonly colIdx: Uint32Array;
  readonly count: number;
  readonly key: number;
  readonly hop: number;
}

interface TemporalRun {
  readonly seeds: Uint32Array;
  readonly times: Uint32Array;
  readonly extent: Uint32Array;
  readonly edgeTime: Uint32Array;
  readonly colIdx: Uint32Array;
  readonly count: number;
  readonly key: number;
  readonly hop: number;
}

describe('temporal_sample', () => {
  for (const p of [
    { fanout: 16, replace: 0 },
    { fanout: 5, replace: 1 },
    { fanout: 33, replace: 0 },
  ]) {
    it(`fanout ${p.fanout}, replace ${p.replace}: only edges older than the seed`, async () => {
      const { definition, run } = await goldenKernel('temporal_sample');
      const width = Math.ceil(p.fanout / 16) * 16;
      let drawn = 0;
      let withheld = 0;
      for (let round = 0; round < 20; round++) {
        const workload = definition.workload(p, seededRandom(round), 30) as unknown as TemporalRun;
        const { seeds, times, extent, edgeTime, colIdx, count, key, hop } = workload;
        const samples = new Uint32Array(count * width);
        run(p, { seeds, times, extent, edgeTime, colIdx, count, key, hop }, { samples });
        for (const [row, node] of seeds.entries()) {
          const older: number[] = [];
          if (node !== absent) {
            for (let edge = extent[2 * node]; edge < extent[2 * node + 1]; edge++) {
              if (edgeTime[edge] < times[row]) older.push(colIdx[edge]);
              else withheld += 1;
            }
          }
          const hash = plainHash(key, node, hop);
          const expected = plainSample(older.length, p.fanout, p.replace, hash).map(
            (at) => older[at],
          );
          drawn += expected.length;
          const padded = [...expected, ...Array(width - expected.length).fill(absent)];
          expect([...samples.subarray(row * width, (row + 1) * width)]).toEqual(padded);
        }
      }
      expect(drawn).toBeGreaterThan(1000);
      expect(withheld).toBeGreaterThan(1000);
    });
  }
});
