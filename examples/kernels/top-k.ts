import {
  i32,
  kernel,
  type Parameters,
  type ParameterValues,
  pipeline,
  type ReadPort,
  readMemory,
  scalar,
  shiftRight,
  signed,
  u1,
  u32,
  unroll,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const lanes = 16;
const burst = 16;
const absent = 0xffffffff;

const parameters = {
  k: { default: 10, min: 1, max: 64, help: 'values to keep' },
} satisfies Parameters;

type P = ParameterValues<typeof parameters>;

function request(length: u32, values: ReadPort<i32>): void {
  const beats = shiftRight(length + lanes - 1, 4);
  for (let beat = 0; beat < beats; beat += burst) {
    pipeline();
    values.request(beat, Math.min(beats - beat, burst));
  }
}

/**
 * One value an iteration against a sorted chain of k registers: all compare at once, those that are
 * smaller move down by one, and the value goes into the gap.
 */
function select(
  p: P,
  length: u32,
  values: ReadPort<i32>,
  best: WritePort<i32>,
  position: WritePort<u32>,
): void {
  const { k } = p;
  const outputBeats = Math.ceil(k / lanes);
  // An empty register holds less than any value of 32 bits.
  const key = signed(33);
  let keys = vec(key, k, () => -(2 ** 31) - 1);
  let places = vec(u32, k, () => absent);
  let beat = vec(i32, lanes, () => 0);
  best.request(0, outputBeats);
  position.request(0, outputBeats);
  for (let i = 0; i < length; i++) {
    pipeline();
    if ((i & (lanes - 1)) === 0) beat = values.receive();
    const value = beat[i & (lanes - 1)];
    // Equal values stay ahead: the earlier one wins.
    const below = vec(u1, k, (l) => value > keys[l]);
    keys = vec(key, k, (l) => (!below[l] ? keys[l] : l > 0 && below[l - 1] ? keys[l - 1] : value));
    places = vec(u32, k, (l) =>
      !below[l] ? places[l] : l > 0 && below[l - 1] ? places[l - 1] : i,
    );
  }
  for (let part = 0; part < outputBeats; part++) {
    unroll();
    const first = part * lanes;
    best.send(vec(i32, lanes, (l) => (first + l < k ? i32.saturate(keys[first + l]) : 0)));
    position.send(vec(u32, lanes, (l) => (first + l < k ? places[first + l] : absent)));
  }
  best.response();
  position.response();
}

/**
 * top_k: the k largest of `values`, largest first, and where they stood; of equal ones the earlier
 * comes first. With fewer than k values the rest is −2^31 at position 0xFFFFFFFF.
 */
export default kernel({
  name: 'top_k',
  summary: 'the k largest values of a vector, and their positions',
  parameters,
  arguments: () => ({
    values: readMemory(i32),
    best: writeMemory(i32),
    position: writeMemory(u32),
    length: scalar(u32),
  }),
  dataflow(p, { values, best, position, length }) {
    request(length, values);
    select(p, length, values, best, position);
  },
  workload(p, random, size) {
    // Small ranges give ties; the smallest value of all is among the rest.
    const most = random.chance(0.3) ? 3 : 2 ** 31 - 1;
    const values = Int32Array.from({ length: size }, () =>
      random.chance(0.1) ? -(2 ** 31) : random.integer(-most, most),
    );
    return { values, best: p.k, position: p.k, length: size };
  },
});
