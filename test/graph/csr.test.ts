import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildCsr, deviceCsr } from '../../host/graph/csr.ts';
import { allRows, sortedRows } from '../../host/graph/stable-sort.ts';

describe('sortedRows', () => {
  it('orders as a comparator does, and is stable', () => {
    const value = fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.double({ noNaN: true }),
      fc.constant(-0),
    );
    const row = fc.tuple(
      value,
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.constantFrom(0, 1, 70000),
    );
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const a = Float64Array.from(rows, (r) => r[0]);
        const b = Uint32Array.from(rows, (r) => r[1]);
        const c = Uint32Array.from(rows, (r) => r[2]);
        const expected = [...rows.keys()].sort((x, y) => {
          if (c[x] !== c[y]) return c[x] - c[y];
          if (a[x] !== a[y]) return a[x] < a[y] ? -1 : 1;
          return b[x] - b[y] || x - y;
        });
        expect([...sortedRows(allRows(rows.length), c, a, b)]).toEqual(expected);
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});

describe('buildCsr', () => {
  const edges = {
    user: Uint32Array.of(0, 2, 0, 0, 2),
    item: Uint32Array.of(1, 1, 0, 2, 0),
    time: Float64Array.of(9, 4, 5, 5, 4),
  };

  it('sorts lists by time, then by neighbour, both ways and joined', () => {
    const graph = buildCsr(3, 3, edges);
    expect(graph.userToItem).toEqual({
      nodes: 3,
      rowPtr: Uint32Array.of(0, 3, 3, 5),
      colIdx: Uint32Array.of(0, 2, 1, 0, 1),
    });
    expect(graph.itemToUser).toEqual({
      nodes: 3,
      rowPtr: Uint32Array.of(0, 2, 4, 5),
      colIdx: Uint32Array.of(2, 0, 2, 0, 0),
    });
    expect(graph.joint).toEqual({
      nodes: 6,
      rowPtr: Uint32Array.of(0, 3, 3, 5, 7, 9, 10),
      colIdx: Uint32Array.of(3, 5, 4, 3, 4, 2, 0, 2, 0, 0),
    });
  });

  it('takes only the rows it is given', () => {
    const graph = buildCsr(3, 3, edges, Uint32Array.of(3, 1));
    expect(graph.userToItem.colIdx).toEqual(Uint32Array.of(2, 1));
    expect(graph.joint.rowPtr).toEqual(Uint32Array.of(0, 1, 1, 2, 2, 3, 4));
  });

  it('holds every edge once in each direction', () => {
    const edge = fc.tuple(fc.nat(6), fc.nat(4), fc.integer({ min: 0, max: 5 }));
    fc.assert(
      fc.property(fc.array(edge), (list) => {
        const graph = buildCsr(7, 5, {
          user: Uint32Array.from(list, (e) => e[0]),
          item: Uint32Array.from(list, (e) => e[1]),
          time: Float64Array.from(list, (e) => e[2]),
        });
        const { rowPtr, colIdx, nodes } = graph.joint;
        const found: string[] = [];
        for (let node = 0; node < nodes; node++) {
          for (const other of colIdx.subarray(rowPtr[node], rowPtr[node + 1])) {
            expect(node < 7).toBe(other >= 7);
            found.push(node < 7 ? `> ${node} ${other - 7}` : `< ${other} ${node - 7}`);
          }
        }
        const wanted = list.flatMap(([u, i]) => [`> ${u} ${i}`, `< ${u} ${i}`]);
        expect(found.sort()).toEqual(wanted.sort());
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it('refuses an index out of range', () => {
    expect(() => buildCsr(2, 3, edges)).toThrow(/edge 1 joins user 2/);
  });
});

describe('deviceCsr', () => {
  it('gives begin and end of each list, padded with zeros to 64 bytes', () => {
    const device = deviceCsr({
      nodes: 9,
      rowPtr: Uint32Array.of(0, 3, 3, 5, 6, 7, 8, 9, 10, 17),
      colIdx: Uint32Array.from({ length: 17 }, (_, at) => at + 1),
    });
    expect(device.extent).toHaveLength(32);
    expect([...device.extent.subarray(0, 6)]).toEqual([0, 3, 3, 3, 3, 5]);
    expect([...device.extent.subarray(16, 20)]).toEqual([10, 17, 0, 0]);
    expect(device.colIdx).toHaveLength(32);
    expect([...device.colIdx.subarray(15, 19)]).toEqual([16, 17, 0, 0]);
  });

  it('has one beat even for an empty graph', () => {
    const empty = { nodes: 0, rowPtr: new Uint32Array(1), colIdx: new Uint32Array(0) };
    expect(deviceCsr(empty).extent.byteLength).toBe(64);
    expect(deviceCsr(empty).colIdx.byteLength).toBe(64);
  });
});
