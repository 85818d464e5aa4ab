import {
  i8,
  kernel,
  type Parameters,
  type ParameterValues,
  pipeline,
  type ReadPort,
  readMemory,
  scalar,
  u3,
  u6,
  u32,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const lanes = 64;

const parameters = {
  window: { default: 3, min: 1, max: 64, help: 'rows that become one' },
  rowBeats: { default: 2, min: 1, max: 8, help: '64-byte beats of one row' },
} satisfies Parameters;

type P = ParameterValues<typeof parameters>;

function requestRows(p: P, rows: u32, matrix: ReadPort<i8>): void {
  for (let row = 0; row < rows; row++) {
    pipeline();
    matrix.request(row * p.rowBeats, p.rowBeats);
  }
}

/**
 * One beat an iteration, across rows and windows without a gap; a window ends after its last row, or
 * where the matrix does. The maxima of a row rotate: those of the beat at hand are in the lowest lanes.
 */
function pool(p: P, rows: u32, matrix: ReadPort<i8>, pooled: WritePort<i8>): void {
  const { window, rowBeats } = p;
  const rowLanes = rowBeats * lanes;
  let maxima = vec(i8, rowLanes, () => -128);
  let beatOfRow = u3(0);
  let rowOfWindow = u6(0);
  let row = u32(0);
  let output = u32(0);
  for (let beat = 0; beat < rows * rowBeats; beat++) {
    pipeline();
    const received = matrix.receive();
    const head = vec(i8, lanes, (l) => Math.max(maxima[l], received[l]));
    const ends = rowOfWindow === window - 1 || row === rows - 1;
    if (ends) {
      if (beatOfRow === 0) pooled.request(output, rowBeats);
      pooled.send(head);
    }
    maxima = vec(i8, rowLanes, (l) =>
      l < rowLanes - lanes ? maxima[l + lanes] : ends ? -128 : head[l - (rowLanes - lanes)],
    );
    if (beatOfRow === rowBeats - 1) {
      beatOfRow = u3(0);
      rowOfWindow = u6(ends ? 0 : rowOfWindow + 1);
      row = u32(row + 1);
      if (ends) output = u32(output + rowBeats);
    } else {
      beatOfRow = u3(beatOfRow + 1);
    }
  }
}

function confirm(p: P, rows: u32, pooled: WritePort<i8>): void {
  for (let row = 0; row < rows; row += p.window) {
    pipeline();
    pooled.response();
  }
}

/**
 * row_max_pool: row r of `pooled` is the element-wise maximum of rows r · window … of `matrix`; the
 * last window has the rows that are left. Shows one flat loop in place of three nested ones: that is
 * how a loop keeps its rate across the ends of rows.
 *
 * Shapes: matrix rows × rowBeats beats; pooled ⌈rows / window⌉ × rowBeats beats.
 */
export default kernel({
  name: 'row_max_pool',
  summary: 'the element-wise maximum of every few rows of a matrix',
  parameters,
  arguments: () => ({
    matrix: readMemory(i8),
    pooled: writeMemory(i8),
    rows: scalar(u32),
  }),
  dataflow(p, { matrix, pooled, rows }) {
    requestRows(p, rows, matrix);
    pool(p, rows, matrix, pooled);
    confirm(p, rows, pooled);
  },
  workload(p, random, size) {
    const rowLanes = p.rowBeats * lanes;
    const matrix = Int8Array.from({ length: size * rowLanes }, () => random.integer(-128, 127));
    return { matrix, pooled: Math.ceil(size / p.window) * rowLanes, rows: size };
  },
});
