import {
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  stream,
  u4,
  u32,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const lanes = 16;
const group = 8;

function request(beats: u32, source: ReadPort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    source.request(beat, 1);
  }
}

/** Faults: 2 leaves out the last element of `left`; 4 goes on for ever, 5 for a long time. */
function fork(
  beats: u32,
  fault: u4,
  source: ReadPort<u32>,
  left: Stream<Vec<u32>>,
  right: Stream<Vec<u32>>,
): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    const values = source.receive();
    if (fault !== 2 || beat < beats - 1) left.write(values);
    right.write(values);
  }
  let turns = u32(0);
  while (fault === 4 || (fault === 5 && turns < 100_000)) {
    pipeline();
    turns = u32(turns + 1);
  }
}

/** Fault 1 takes a whole group of `left` before any of `right`, which is too shallow for that. */
function join(
  beats: u32,
  fault: u4,
  left: Stream<Vec<u32>>,
  right: Stream<Vec<u32>>,
  sums: Stream<Vec<u32>>,
): void {
  const length = u32(fault === 1 ? group : 1);
  for (let first = u32(0); first < beats; first = u32(first + length)) {
    let total = vec(u32, lanes, () => 0);
    for (let at = 0; at < length; at++) {
      const a = left.read();
      total = vec(u32, lanes, (l) => u32(total[l] + a[l]));
    }
    for (let at = 0; at < length; at++) {
      const b = right.read();
      sums.write(vec(u32, lanes, (l) => u32(total[l] + b[l])));
    }
  }
}

function announce(beats: u32, target: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    target.request(beat, 1);
  }
}

function save(beats: u32, sums: Stream<Vec<u32>>, target: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    target.send(sums.read());
  }
}

/** Fault 3 never awaits the last response. */
function confirm(beats: u32, fault: u4, target: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    if (fault !== 3 || beat < beats - 1) target.response();
  }
}

/** Sums of two copies of the source. The last digit of the workload's size in base 8 is the `fault`. */
export default kernel({
  name: 'stuck',
  summary: 'ends, unless its fault keeps it from that',
  parameters: {},
  arguments: () => ({
    source: readMemory(u32),
    target: writeMemory(u32),
    beats: scalar(u32),
    fault: scalar(u4),
  }),
  dataflow(_p, { source, target, beats, fault }) {
    const left = stream(vecOf(u32, lanes));
    const right = stream(vecOf(u32, lanes), { depth: 4 });
    const sums = stream(vecOf(u32, lanes));
    request(beats, source);
    fork(beats, fault, source, left, right);
    join(beats, fault, left, right, sums);
    announce(beats, target);
    save(beats, sums, target);
    confirm(beats, fault, target);
  },
  workload(_p, random, size) {
    const fault = size % group;
    const beats = size - fault;
    return {
      source: Uint32Array.from({ length: beats * lanes }, () => random.integer(0, 1000)),
      target: beats * lanes,
      beats,
      fault,
    };
  },
});
