import {
  i16,
  i32,
  i63,
  i64,
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  shiftRight,
  stream,
  u3,
  u4,
  u5,
  u32,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const burst = 16;
/** Elements of 32, of 16 and of 64 bits in one beat. */
const words = 16;
const halves = 32;
const doubles = 8;

/** Row pointers, columns and values are read from start to end. */
function request(
  rows: u32,
  nonzeros: u32,
  rowPtr: ReadPort<u32>,
  columns: ReadPort<u32>,
  values: ReadPort<i16>,
): void {
  const pointerBeats = shiftRight(rows + words, 4);
  const columnBeats = shiftRight(nonzeros + words - 1, 4);
  const valueBeats = shiftRight(nonzeros + halves - 1, 5);
  const most = Math.max(pointerBeats, columnBeats);
  for (let beat = 0; beat < most; beat += burst) {
    pipeline();
    if (beat < pointerBeats) rowPtr.request(beat, Math.min(pointerBeats - beat, burst));
    if (beat < columnBeats) columns.request(beat, Math.min(columnBeats - beat, burst));
    if (beat < valueBeats) values.request(beat, Math.min(valueBeats - beat, burst));
  }
}

/** The number of nonzeros in each row, from the differences of the row pointers. */
function measureRows(rows: u32, rowPtr: ReadPort<u32>, lengths: Stream<u32>): void {
  let beat = rowPtr.receive();
  let begin = u32(beat[0]);
  let lane = u4(1);
  for (let row = 0; row < rows; row++) {
    pipeline();
    if (lane === 0) beat = rowPtr.receive();
    const end = beat[lane];
    lengths.write(u32(end - begin));
    begin = end;
    lane = u4(lane + 1);
  }
}

/** Asks for the element of x that each nonzero meets; which lane of its beat goes along. */
function gather(nonzeros: u32, columns: ReadPort<u32>, x: ReadPort<i16>, lane: Stream<u5>): void {
  let beat = vec(u32, words, () => 0);
  for (let k = 0; k < nonzeros; k++) {
    pipeline();
    if ((k & (words - 1)) === 0) beat = columns.receive();
    const column = beat[k & (words - 1)];
    x.request(column >>> 5, 1);
    lane.write(u5(column & (halves - 1)));
  }
}

function multiply(
  nonzeros: u32,
  values: ReadPort<i16>,
  x: ReadPort<i16>,
  lane: Stream<u5>,
  products: Stream<i32>,
): void {
  let beat = vec(i16, halves, () => 0);
  for (let k = 0; k < nonzeros; k++) {
    pipeline();
    if ((k & (halves - 1)) === 0) beat = values.receive();
    products.write(i32(beat[k & (halves - 1)] * x.receive()[lane.read()]));
  }
}

/** One nonzero an iteration, across rows without a gap; a row without nonzeros takes one iteration. */
function accumulate(
  rows: u32,
  lengths: Stream<u32>,
  products: Stream<i32>,
  results: Stream<i64>,
): void {
  let left = u32(0);
  // Fewer than 2^32 products of at most 2^30: 63 bits are exact.
  let total = i63(0);
  let row = u32(0);
  while (row < rows) {
    pipeline();
    if (left === 0) left = lengths.read();
    let product = i32(0);
    if (left !== 0) product = products.read();
    const sum = i63(total + i63(product));
    const last = left <= 1;
    if (last) {
      results.write(i64(sum));
      row = u32(row + 1);
    }
    total = last ? i63(0) : sum;
    left = u32.saturate(left - 1);
  }
}

/** Packs the results into whole beats. */
function store(rows: u32, results: Stream<i64>, y: WritePort<i64>): void {
  let beat = vec(i64, doubles, () => 0);
  let slot = u3(0);
  for (let row = 0; row < rows; row++) {
    pipeline();
    const result = results.read();
    beat = vec(i64, doubles, (l) => (l === slot ? result : slot === 0 ? 0 : beat[l]));
    if (slot === doubles - 1 || row === rows - 1) {
      y.request(shiftRight(row, 3), 1);
      y.send(beat);
    }
    slot = u3(slot + 1);
  }
}

function confirm(rows: u32, y: WritePort<i64>): void {
  for (let row = 0; row < rows; row += doubles) {
    pipeline();
    y.response();
  }
}

/**
 * spmv: y = A · x for a sparse matrix of i16 in CSR form, every y exact in 64 bits. Shows a gather: the
 * processes that ask for x and that multiply are two, so 128 requests are in flight at a time.
 *
 * Shapes: rowPtr rows + 1; columns and values one a nonzero; x one a column; y one a row.
 */
export default kernel({
  name: 'spmv',
  summary: 'a sparse matrix (CSR) times a vector',
  parameters: {},
  arguments: () => ({
    rowPtr: readMemory(u32),
    columns: readMemory(u32),
    values: readMemory(i16),
    x: readMemory(i16, { outstanding: 128 }),
    y: writeMemory(i64),
    rows: scalar(u32),
    nonzeros: scalar(u32),
  }),
  dataflow(_p, { rowPtr, columns, values, x, y, rows, nonzeros }) {
    const lengths = stream(u32);
    const lane = stream(u5);
    const products = stream(i32);
    const results = stream(i64);
    request(rows, nonzeros, rowPtr, columns, values);
    measureRows(rows, rowPtr, lengths);
    gather(nonzeros, columns, x, lane);
    multiply(nonzeros, values, x, lane, products);
    accumulate(rows, lengths, products, results);
    store(rows, results, y);
    confirm(rows, y);
  },
  workload(_p, random, size) {
    const draw = (count: number) =>
      Int16Array.from({ length: count }, () => random.integer(-(2 ** 15), 2 ** 15 - 1));
    const rowPtr = new Uint32Array(size + 1);
    // A third of the rows are empty.
    for (let row = 0; row < size; row++) {
      rowPtr[row + 1] = rowPtr[row] + (random.chance(1 / 3) ? 0 : random.integer(1, 12));
    }
    const nonzeros = rowPtr[size];
    const x = draw(Math.max(1, 2 * size));
    const columns = Uint32Array.from({ length: nonzeros }, () => random.integer(0, x.length - 1));
    return { rowPtr, columns, values: draw(nonzeros), x, y: size, rows: size, nonzeros };
  },
});
