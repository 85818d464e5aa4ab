import { describe, expect, it } from 'vitest';
import { goldenKernel } from './golden-run.ts';
import { plainHash, plainSample } from './plain-sample.ts';

/** neighbor_sample on the TypeScript itself, draw by draw; test/statistics has what it draws how often. */
const absent = 0xffffffff;

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
