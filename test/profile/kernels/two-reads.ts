import {
  kernel,
  type Parameters,
  type ParameterValues,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  stream,
  u8,
  u32,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const lanes = 16;
/** Beats that are asked for at once; of `values`, whose places lie anywhere, one. */
const burst = 8;
/** Beats of `values`. */
const length = 256;

const parameters = {
  depth: { default: 256, min: 1, max: 256, help: 'of the stream that runs beside the second read' },
} satisfies Parameters;
type P = ParameterValues<typeof parameters>;

function requestPlaces(beats: u32, places: ReadPort<u32>): void {
  for (let beat = 0; beat < beats; beat += burst) {
    pipeline();
    places.request(beat, Math.min(beats - beat, burst));
  }
}

/** Asks for the value that a place names, and tells `add` the place: two ways that meet again. */
function follow(
  beats: u32,
  places: ReadPort<u32>,
  values: ReadPort<u32>,
  marks: Stream<u32>,
): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    const place = places.receive();
    values.request(u8(place[0]), 1);
    marks.write(place[1]);
  }
}

function add(beats: u32, values: ReadPort<u32>, marks: Stream<u32>, sums: Stream<Vec<u32>>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    const value = values.receive();
    const mark = marks.read();
    sums.write(vec(u32, lanes, (l) => u32(value[l] + mark)));
  }
}

/** Turns each sum over `rounds` times: an iteration each. */
function turn(beats: u32, rounds: u8, sums: Stream<Vec<u32>>, results: Stream<Vec<u32>>): void {
  let left = u8(0);
  let done = u32(0);
  let now = vec(u32, lanes, () => 0);
  while (done < beats) {
    pipeline();
    if (left === 0) {
      now = sums.read();
      left = rounds;
    }
    now = vec(u32, lanes, (l) => now[(l + 1) % lanes]);
    if (left === 1) {
      results.write(now);
      done = u32(done + 1);
    }
    left = u8(left - 1);
  }
}

function announce(beats: u32, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat += burst) {
    pipeline();
    output.request(beat, Math.min(beats - beat, burst));
  }
}

function send(beats: u32, results: Stream<Vec<u32>>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    output.send(results.read());
  }
}

function confirm(beats: u32, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat += burst) {
    pipeline();
    output.response();
  }
}

export default kernel({
  name: 'two_reads',
  summary: 'a read whose address another read gives, and a stream beside it',
  parameters,
  arguments: () => ({
    places: readMemory(u32),
    values: readMemory(u32, { outstanding: 128 }),
    output: writeMemory(u32, { outstanding: 128 }),
    beats: scalar(u32),
    rounds: scalar(u8),
  }),
  dataflow(p: P, { places, values, output, beats, rounds }) {
    const marks = stream(u32, { depth: p.depth });
    const sums = stream(vecOf(u32, lanes));
    const results = stream(vecOf(u32, lanes));
    requestPlaces(beats, places);
    follow(beats, places, values, marks);
    add(beats, values, marks, sums);
    turn(beats, rounds, sums, results);
    announce(beats, output);
    send(beats, results, output);
    confirm(beats, output);
  },
  workload(_p, random, size) {
    const draw = () => random.integer(0, 2 ** 32 - 1);
    return {
      places: Uint32Array.from({ length: size * lanes }, draw),
      values: Uint32Array.from({ length: length * lanes }, draw),
      output: size * lanes,
      beats: size,
      rounds: 1,
    };
  },
});
